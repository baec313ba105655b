// When things happen: drawing at most once a frame, speaking once in a while, asking the kernel one thing at a time.

// Draws as soon as the code that changes things is through, so that one change is seen in the very next frame of the
// screen. Changes that come faster than frames wait for the next one: then many of them cost one drawing.
export function oncePerFrame(draw) {
  let [frame, asked, drawn, closed] = [0, false, false, false];
  const run = () => {
    if (!asked || closed) return;
    [asked, drawn] = [false, true];
    draw();
  };
  const nextFrame = () => {
    frame ||= requestAnimationFrame(() => {
      [frame, drawn] = [0, false];
      if (asked) nextFrame(); // still under pressure: what comes next waits again
      run();
    });
  };
  const request = () => {
    asked = true;
    nextFrame();
    if (!drawn) queueMicrotask(run);
  };
  request.cancel = () => {
    closed = true;
    cancelAnimationFrame(frame);
  };
  return request;
}

// Calls with the newest arguments, at most once in `pause` milliseconds; the last call is never lost.
export function atMostEvery(pause, call) {
  let timer = 0;
  let last = -Infinity;
  let newest = [];
  const run = () => {
    timer = 0;
    last = performance.now();
    call(...newest);
  };
  const request = (...values) => {
    newest = values;
    if (!timer) timer = setTimeout(run, Math.max(0, last + pause - performance.now()));
  };
  request.cancel = () => clearTimeout(timer);
  return request;
}

// Questions to the kernel: one under way at most; of those that come meanwhile only the newest is kept. So a slider
// dragged faster than the kernel answers never builds up a queue.
export class Questions {
  constructor(ask) {
    this.ask = ask;
    this.waitingFor = null;
    this.newest = null;
    this.count = 0;
  }

  put(question) {
    this.newest = question;
    if (this.waitingFor === null) this.next();
  }

  // Returns whether this was the answer waited for.
  answered(id) {
    if (id !== this.waitingFor) return false;
    this.waitingFor = null;
    if (this.newest !== null) this.next();
    return true;
  }

  next() {
    this.count += 1;
    this.waitingFor = `${this.count}-${Math.random().toString(36).slice(2, 8)}`;
    const question = this.newest;
    this.newest = null;
    this.ask({ ...question, id: this.waitingFor });
  }
}
