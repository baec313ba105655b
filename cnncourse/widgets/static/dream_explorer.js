// The dream explorer: a photograph, and what a layer of a network makes of it; small while a slider moves, then whole.

import { ArrayView } from "./canvas.js";
import { make, setText } from "./dom.js";
import { dreamControls } from "./dream_controls.js";
import { saveDream } from "./dream_png.js";
import { nearestRecord, unpackRecord } from "./dream_record.js";
import { STEP_OF, dreamTitle, dreamWords } from "./dream_words.js";
import { Questions, atMostEvery, oncePerFrame } from "./frame.js";
import { ownPicture } from "./own_picture.js";
import { captioned, faultParts, openShell } from "./shell.js";
import { fromWire, toWire } from "./wire.js";

const DREAM_STATE = ["image", "layers", "layer", "channel", "octaves", "strength", "network", "result", "shown", "fault", "recorded", "note"];
const DREAM_SETTINGS = ["layer", "channel", "octaves", "strength"];
const DREAM_PAUSE = 350; // milliseconds without a change before the whole picture is dreamt
const DREAM_PATIENCE = 2500; // milliseconds before a missing answer is mentioned
const DREAM_BUSY = "The notebook has not answered yet. A cell may be running: interrupt it, or wait until it is through.";
const DREAM_ALONE = "This page runs no Python, so no new dream can be had here: open the notebook for that.";

class DreamView {
  constructor(model, el) {
    this.model = model;
    this.alive = Boolean(model.widget_manager);
    this.late = false;
    this.asked = "";
    this.wishes = null; // what the sliders say while the kernel has not heard of it
    this.redraw = oncePerFrame(() => this.draw());
    this.save = atMostEvery(120, () => model.save_changes());
    this.previews = new Questions((question) => this.send("preview", question, question.id));
    this.build(el);
    this.names = DREAM_STATE.map((name) => `change:${name}`);
    for (const name of this.names) model.on(name, this.redraw);
    // Heard at once and not when drawn: two answers may come between two drawings.
    this.heard = () => this.hear(model.get("shown"));
    model.on("change:shown", this.heard);
    this.heard();
    this.redraw();
  }

  build(el) {
    this.shell = openShell(el, "Dream explorer");
    this.picture = new ArrayView({ label: "picture", maxHeight: 420, maxCell: Infinity, smooth: true, format: () => "" });
    this.dream = new ArrayView({ label: "dream", maxHeight: 420, maxCell: Infinity, smooth: true, format: () => "" });
    this.title = make("span");
    this.words = make("p", { class: "cnn-reading-line cnn-dream-words" });
    this.bar = make("progress", { class: "cnn-dream-bar", max: "1", "aria-label": "progress of the dream" });
    const file = ownPicture({
      target: this.shell.root,
      limit: this.model.get("limits").pixels,
      grey: false,
      onPicture: (picture, note) => this.take(picture, note),
      onProblem: (note) => this.change({ note }),
    });
    this.controls = dreamControls({
      layers: this.model.get("layers"),
      limits: this.model.get("limits"),
      drag: (values) => this.drag(values),
      settle: () => this.settle(),
      press: () => this.press(),
      save: () => this.keep(),
      file,
    });
    const stage = make(
      "div",
      { class: "cnn-stage cnn-dream-stage" },
      captioned("Picture", this.picture.element),
      captioned(this.title, this.dream.element, this.bar),
    );
    this.shell.body.append(stage, this.words, this.shell.faultBox, this.controls.element);
  }

  // --- asking the kernel ----------------------------------------------------------------------------------------------

  settings() {
    return { ...Object.fromEntries(DREAM_SETTINGS.map((name) => [name, this.model.get(name)])), ...this.wishes };
  }

  send(wish, { layer, channel, octaves, strength }, id) {
    this.asked = id;
    this.model.send({ do: wish, settings: { layer, channel, octaves, strength }, id });
    clearTimeout(this.timer);
    this.late = false;
    this.timer = setTimeout(() => ((this.late = true), this.redraw()), DREAM_PATIENCE);
  }

  change(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.save();
    this.redraw();
  }

  drag(values) {
    clearTimeout(this.soon);
    if (!this.alive) return this.change(values);
    this.wishes = { ...this.settings(), ...values };
    this.previews.put(this.wishes);
    return this.redraw();
  }

  settle() {
    clearTimeout(this.soon);
    if (this.alive) this.soon = setTimeout(() => this.start(), DREAM_PAUSE);
  }

  start() {
    clearTimeout(this.soon);
    this.previews.newest = null; // a preview that came after the dream would end it
    this.send("dream", this.settings(), `dream-${Math.random().toString(36).slice(2, 8)}`);
  }

  press() {
    if (this.running) this.send("cancel", this.settings(), this.model.get("shown").id); // it may have begun before this page was opened
    else this.start();
  }

  take(picture, note) {
    this.change({ image: toWire(picture), note });
    if (!this.alive) return;
    this.model.save_changes(); // the picture goes first
    this.drag({});
    this.settle();
  }

  hear({ id, kind }) {
    this.previews.answered(id); // may ask the next
    if (id === this.asked) {
      this.wishes = null; // the kernel has caught up with the sliders
      clearTimeout(this.timer);
      this.late = false;
    }
    this.running = this.alive && kind === "dreaming";
  }

  async keep() {
    const { array, recipe } = this.current;
    const map = recipe.channel < 0 || recipe.channel === null ? "all" : recipe.channel;
    await saveDream(array, recipe, `dream-${recipe.layer}-${map}.png`);
  }

  // --- drawing --------------------------------------------------------------------------------------------------------

  draw() {
    const state = Object.fromEntries(DREAM_STATE.map((name) => [name, this.model.get(name)]));
    if (state.image !== this.wire) [this.wire, this.whole] = [state.image, fromWire(state.image)];
    this.picture.show(this.whole, { kind: "grey", range: [0, 1] });
    this.picture.label(`picture of ${this.whole.height} by ${this.whole.width} pixels`);
    if (!this.alive) this.unpackAll(state.recorded);
    const record = this.alive ? null : nearestRecord(state.recorded, state);
    if (record?.found) this.playRecord(record.found, state);
    else this.showResult(state);
    const found = record?.found;
    const played = found ? { channel: found.channel, octaves: found.octaves, strength: found.strength } : {};
    this.controls.show({ ...state, ...this.wishes, ...played }, { running: this.running, alive: this.alive, recorded: found ? record.steps : null });
    this.shell.fault(state.fault.message ? faultParts(state.fault) : null);
    this.shell.note(this.noteWords(state, record));
  }

  showResult(state) {
    if (state.result !== this.drawn) [this.drawn, this.array] = [state.result, fromWire(state.result)];
    this.display(this.array, state.shown.recipe, dreamTitle(state.shown, this.array), dreamWords(state, state.shown));
    this.bar.classList.toggle("cnn-quiet", !this.running);
    if (!this.running) return;
    this.bar.value = state.shown.share ?? 0;
    this.bar.setAttribute("aria-valuetext", `${Math.round(100 * this.bar.value)} %${timeLeft(state.shown)}`);
  }

  // All records are unpacked once, so that a slider changes the picture in the same frame.
  unpackAll(recorded) {
    if (recorded === this.records) return;
    this.records = recorded;
    this.unpacked = new Map();
    for (const one of recorded) {
      unpackRecord(one).then((array) => {
        if (this.closed) return;
        this.unpacked.set(one, array);
        this.redraw();
      });
    }
  }

  playRecord(found, state) {
    this.bar.classList.add("cnn-quiet");
    const array = this.unpacked.get(found);
    if (!array) return; // in a moment
    const { data: _, ...recipe } = found;
    const words = dreamWords(state, { kind: "recorded", settings: recipe });
    this.display(array, { network: state.network, ...recipe }, `Dream on record, ${array.height} × ${array.width} pixels`, words);
  }

  display(array, recipe, title, words) {
    this.current = { array, recipe };
    this.dream.show(array, { kind: "grey", range: [0, 1] });
    this.dream.label(`${title}. ${words}`);
    setText(this.title, title);
    setText(this.words, words);
    this.shell.speak(`${title.replace(STEP_OF, "")}. ${words}`); // octaves are announced, not every step
  }

  noteWords({ note, recorded }, record) {
    const rest = this.late ? DREAM_BUSY : "";
    if (this.alive) return [note, rest].filter(Boolean).join(" ");
    const walk = record?.found ? ` The controls walk through ${recorded.length} dreams on record.` : "";
    return `${note} ${DREAM_ALONE}${walk}`.trim();
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.soon);
    for (const name of this.names) this.model.off(name, this.redraw);
    this.model.off("change:shown", this.heard);
    for (const view of [this.picture, this.dream]) view.destroy();
    this.redraw.cancel();
    this.save.cancel();
    this.shell.close();
  }
}

function render({ model, el }) {
  const view = new DreamView(model, el);
  return () => view.close();
}

export default { render };
