// The convolution explorer: a window walks over a picture; its products, their sum, and the output cell they fill.

import { ArrayView } from "./canvas.js";
import { CONVOLUTION_KEYS, kernelControls, pictureControl, settingControls, walkControls } from "./convolution_controls.js";
import {
  agreementWords,
  convolutionScene,
  lookAt,
  placeWithin,
  placeWords,
  reachWords,
  reachedFrom,
  settingsKey,
  windowBlock,
} from "./convolution_scene.js";
import { OutputPanel } from "./convolution_output.js";
import { Pointing } from "./convolution_pointing.js";
import { Working } from "./convolution_sums.js";
import { make } from "./dom.js";
import { atMostEvery, oncePerFrame } from "./frame.js";
import { formatNumber } from "./numbers.js";
import { OwnAnswers } from "./own_answers.js";
import { captioned, faultParts, openShell } from "./shell.js";
import { Walk } from "./walk.js";
import { fromRows, fromWire } from "./wire.js";

const SETTINGS = ["image", "kernel", "stride", "padding", "mode", "value", "answer"];

class ConvolutionView {
  constructor(model, el) {
    this.model = model;
    this.pointing = new Pointing(this);
    this.redraw = oncePerFrame(() => this.draw());
    this.save = atMostEvery(120, () => model.save_changes());
    this.answers = new OwnAnswers(model, {
      settings: () => this.state(),
      keyOf: settingsKey,
      locked: "kernel, stride and padding are locked",
      redraw: this.redraw,
    });
    this.build(el);
    this.listeners = [];
    for (const name of SETTINGS) this.hear(`change:${name}`, () => this.settingsChanged());
    for (const name of ["position", "reveal", "note"]) this.hear(`change:${name}`, () => this.redraw());
    this.settingsChanged();
  }

  hear(event, call) {
    this.listeners.push([event, call]);
    this.model.on(event, call);
  }

  build(el) {
    this.shell = openShell(el, "Convolution explorer", CONVOLUTION_KEYS);
    const change = (values) => this.change(values);
    this.input = new ArrayView({ label: "picture", on: this.pointing.inputHandlers() });
    this.output = new ArrayView({ label: "output", on: this.pointing.outputHandlers() });
    this.panel = new OutputPanel(this.output, this.shell.faultBox);
    this.walking = new Walk({
      where: () => ({ at: this.at, count: this.scene.count }),
      goTo: (at) => this.goTo(at),
      changed: () => this.pointing.look(null),
    });
    this.walk = walkControls({
      playOrPause: () => this.walking.playOrPause(),
      step: () => (this.pause(), this.walking.advance()),
      reset: () => (this.pause(), this.goTo(0)),
      goTo: (at) => (this.pause(), this.goTo(at)),
      setReveal: (reveal) => this.change({ reveal }),
    });
    this.settings = settingControls(change);
    this.kernel = kernelControls(change);
    this.kernel.offer(this.model.get("presets"));
    const stage = make("div", { class: "cnn-stage" }, captioned("Picture", this.input.element), this.panel.element);
    this.working = new Working(this.kernel.grid);
    if (!this.answers.recorded) this.settings.element.append(pictureControl(this.shell.root, change));
    const settings = make("div", { class: "cnn-settings" }, this.kernel.element, this.settings.element);
    this.shell.body.append(
      stage,
      this.walk.element,
      make("div", { class: "cnn-lower" }, this.working.element, settings),
    );
  }

  goTo(at) {
    const { width } = this.scene.shape ?? { width: 1 };
    this.moveTo([Math.floor(at / width), at % width]);
  }

  moveTo(position) {
    this.change({ position });
  }

  pause() {
    this.walking.pause();
  }

  get position() {
    return this.model.get("position");
  }

  get at() {
    if (this.scene.problem) return 0;
    return this.place[0] * this.scene.shape.width + this.place[1];
  }

  change(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    // A question takes the changed settings along; sending them before it would make the kernel answer twice.
    if (!this.answers.active || !this.answers.ask()) this.save();
    this.redraw();
  }

  state() {
    const names = ["kernel", "stride", "padding", "mode", "value", "image_id"];
    return Object.fromEntries(names.map((name) => [name, this.model.get(name)]));
  }

  settingsChanged() {
    this.stale = true;
    this.redraw();
  }

  refresh() {
    this.stale = false;
    const state = this.state();
    this.own = this.answers.read();
    const wire = this.model.get("image");
    const key = settingsKey(state);
    if (wire === this.wire && key === this.sceneKey) return; // an answer came: all else stays
    this.sceneKey = key;
    if (wire !== this.wire) [this.wire, this.image] = [wire, fromWire(wire)];
    this.scene = convolutionScene(this.image, fromRows(state.kernel), state);
    this.kernel.show(state.kernel);
    this.settings.show(state, this.model.get("takes"));
    if (this.answers.recorded) this.lock();
    this.pointing.peek = null;
    const broken = Boolean(this.scene.problem);
    this.shell.root.classList.toggle("cnn-broken", broken);
    this.panel.explain(this.scene);
    const { image, padded, kind, range, inner = null } = this.scene;
    if (broken) this.input.mark([]); // the window has no place
    if (image) this.input.show(padded ?? image, { kind, range, inner });
    if (broken) return;
    this.input.label(`picture, ${this.scene.image.height} by ${this.scene.image.width}, with the window on it`);
  }

  // Nothing may be changed whose consequence could not be shown; walking over the recorded answer stays.
  lock() {
    for (const part of [this.kernel.element, this.kernel.grid, this.settings.element]) {
      for (const control of part.querySelectorAll("input, select")) control.disabled = true;
    }
  }

  draw() {
    if (this.stale && this.answers.due) return; // one drawing with the answer, not one before it and one after
    if (this.stale) this.refresh();
    const { scene } = this;
    this.walkAndNotes();
    if (scene.problem) {
      this.shell.speak(scene.problem);
      return;
    }
    this.place = placeWithin(this.pointing.peek?.place ?? this.position, scene.shape);
    const window = lookAt(scene, this.place);
    const seen = { position: this.position, reveal: this.model.get("reveal"), at: this.at };
    this.panel.show(scene, this.own, seen);
    this.drawMarks();
    this.say(window);
    this.walk.show({ count: scene.count, at: this.at, playing: this.walking.playing, shown: this.model.get("reveal") });
  }

  walkAndNotes() {
    if (this.scene.problem) this.walk.show({ count: 0, at: -1, playing: false, shown: this.model.get("reveal") });
    const { own } = this;
    this.shell.fault(own?.fault && !this.scene.problem ? faultParts(own.fault) : null);
    const note = [this.model.get("note")];
    if (own && !this.scene.problem) {
      const comparison = own.current && own.output ? agreementWords(own.output, this.scene.output).words : "";
      note.push(this.answers.words(own, comparison));
    }
    this.shell.note(note.filter(Boolean).join(" "));
  }

  drawMarks() {
    const { scene } = this;
    const { peek } = this.pointing;
    const here = windowBlock(scene, this.place);
    const outputCell = { row: this.place[0], col: this.place[1], height: 1, width: 1 };
    if (!peek?.cell) {
      this.input.mark([here]);
      this.output.mark([...this.panel.wrongMarks(scene, this.own), outputCell]);
      return;
    }
    const block = reachedFrom(scene, peek.cell);
    this.input.mark([here, { ...peek.cell, height: 1, width: 1, look: "trace" }]);
    this.output.mark(block.height * block.width ? [outputCell, { ...block, look: "trace" }] : [outputCell]);
  }

  say(window) {
    const { scene, place } = this;
    const { peek } = this.pointing;
    const aside = peek?.cell ? reachWords(scene, peek.cell, reachedFrom(scene, peek.cell)) : "";
    this.working.show(scene, place, window, aside);
    const { height, width } = scene.shape;
    const at = `output[${place[0]}, ${place[1]}]`;
    this.output.label(`output, ${height} by ${width}; ${at} = ${formatNumber(window.sum)}`);
    this.shell.speak(aside || placeWords(scene, place, window));
  }

  close() {
    this.pause();
    for (const [event, call] of this.listeners) this.model.off(event, call);
    for (const part of [this.working, this.answers]) part.close();
    for (const view of [this.input, this.output]) view.destroy();
    this.redraw.cancel();
    this.save.cancel();
    this.shell.close();
  }
}

function render({ model, el }) {
  const view = new ConvolutionView(model, el);
  view.shell.root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") view.pointing.look(null);
  });
  return () => view.close();
}

export default { render };
