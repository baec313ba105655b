// Walking by itself over numbered places: play, pause, step.

const EASY_TO_FOLLOW = 49; // places; so few are walked slowly
const LEAPS = 250; // at most so many on a long walk, so that none takes longer than half a minute

export class Walk {
  // `where` returns { at, count }; `goTo` moves to a place; `changed` is called when playing begins or ends.
  constructor({ where, goTo, changed }) {
    Object.assign(this, { where, goTo, changed });
    this.timer = 0;
  }

  get playing() {
    return this.timer !== 0;
  }

  // Returns whether there was a place to go to.
  advance(by = 1) {
    const { at, count } = this.where();
    if (at >= count - 1) return false;
    this.goTo(Math.min(count - 1, at + by));
    return true;
  }

  play() {
    const { at, count } = this.where();
    if (!count) return;
    if (at >= count - 1) this.goTo(0);
    const [leap, pace] = [Math.ceil(count / LEAPS), count <= EASY_TO_FOLLOW ? 600 : 120];
    const tick = () => {
      this.timer = setTimeout(tick, pace);
      if (!this.advance(leap)) this.pause();
    };
    this.timer = setTimeout(tick, pace);
    this.changed();
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.changed();
  }

  playOrPause() {
    if (this.playing) this.pause();
    else this.play();
  }
}
