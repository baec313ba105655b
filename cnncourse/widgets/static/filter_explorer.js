// The filter explorer: a picture, a detector, and what it answers everywhere.

import { ArrayView } from "./canvas.js";
import { make, setText } from "./dom.js";
import { blurControl, cornerControls, detectorControl, gaborControls, ownControls, patchControls } from "./filter_controls.js";
import { FilterPointing } from "./filter_pointing.js";
import { filterScene } from "./filter_scene.js";
import { atMostEvery, oncePerFrame } from "./frame.js";
import { legend } from "./legend.js";
import { formatNumber } from "./numbers.js";
import { OwnAnswers } from "./own_answers.js";
import { ownPicture } from "./own_picture.js";
import { captioned, faultParts, openShell } from "./shell.js";
import { fromWire, toWire } from "./wire.js";

const FILTER_STATE = [
  ...["detector", "orientation", "frequency", "sigma", "blur", "window", "sensitivity", "corners"],
  ...["patch", "search", "count", "own_values", "own_name"],
];
const FILTER_HEARD = ["image", "note", "answer", ...FILTER_STATE];
const FILTER_LIMIT = 65536; // pixels of a dropped picture, as LIMIT in filter_explorer.py
const FILTER_KEYS = [
  ["drag", "on the picture, looking for a patch: draw a new frame; a click moves the frame there"],
  ["← ↑ → ↓", "on the picture: move the frame, or the point whose answer is read"],
  ["Shift + ← ↑ → ↓", "on the picture: make the frame narrower, lower, wider or higher"],
];

const ownKey = ({ values, image_id: imageId }) => JSON.stringify([values, imageId]);

class FilterView {
  constructor(model, el) {
    this.model = model;
    this.pointing = new FilterPointing(this);
    this.redraw = oncePerFrame(() => this.draw());
    this.save = atMostEvery(120, () => model.save_changes());
    this.answers = new OwnAnswers(model, {
      settings: () => ({ values: model.get("own_values"), image_id: model.get("image_id") }),
      keyOf: ownKey,
      needed: () => model.get("detector") === "own",
      locked: model.get("own_sliders").length ? "its sliders are locked, and the picture stays" : "the picture stays",
      redraw: () => this.changed(),
    });
    this.build(el);
    this.names = FILTER_HEARD.map((name) => `change:${name}`);
    this.changed = () => {
      this.stale = true;
      this.redraw();
    };
    for (const name of this.names) model.on(name, this.changed);
    this.changed();
  }

  build(el) {
    const { model } = this;
    this.shell = openShell(el, "Filter explorer", FILTER_KEYS);
    const change = (values) => this.change(values);
    this.picture = new ArrayView({ label: "picture", on: this.pointing.handlers() });
    this.panels = [330, 330, 190].map((maxHeight) => this.panel(maxHeight));
    this.words = make("p", { class: "cnn-arithmetic" });
    this.problem = make("p", { class: "cnn-problem", hidden: true });
    this.detector = detectorControl(model.get("detectors"), (values) => this.choose(values));
    const blur = blurControl(change);
    this.settings = {
      own: ownControls(model.get("own_sliders"), change, this.answers.recorded),
      gabor: gaborControls(change),
      edges: blur,
      laplacian: blur,
      corners: cornerControls(change),
      patch: patchControls(model.get("searches"), change),
    };
    const figures = [captioned("Picture", this.picture.element), ...this.panels.map(({ figure }) => figure)];
    this.stage = make("div", { class: "cnn-stage" }, ...figures);
    const rows = [...new Set(Object.values(this.settings))].map(({ element }) => element);
    const top = make("div", { class: "cnn-row" }, this.detector.element);
    if (!this.answers.recorded) top.append(this.pictureControl());
    this.shell.body.append(top, ...rows, this.problem, this.shell.faultBox, this.stage, this.words);
  }

  // The page names its pictures itself, so that an answer to the one before is never taken for an answer to this one.
  pictureControl() {
    const show = (picture, note) => this.change({ image: toWire(picture), image_id: `page-${performance.now()}`, note });
    const onProblem = (note) => this.change({ note });
    return ownPicture({ target: this.shell.root, limit: FILTER_LIMIT, grey: true, onPicture: show, onProblem });
  }

  panel(maxHeight) {
    const view = new ArrayView({ label: "answer", maxHeight });
    const title = make("span");
    const scale = legend();
    return { view, title, scale, figure: captioned(title, view.element, scale.element) };
  }

  choose(values) {
    this.pointing.point = null;
    this.change(values);
  }

  change(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    // A question takes the changed settings along; sending them before it would make the kernel answer twice.
    if (!this.answers.active || !this.answers.ask()) this.save();
    this.changed();
  }

  refresh() {
    this.stale = false;
    const wire = this.model.get("image");
    if (wire !== this.wire) {
      [this.wire, this.image, this.pointing.point] = [wire, fromWire(wire), null];
      this.picture.show(this.image, { kind: "grey" });
    }
    const state = Object.fromEntries(FILTER_STATE.map((name) => [name, this.model.get(name)]));
    this.own = this.answers.read();
    this.detector.show(state.detector);
    for (const { element } of Object.values(this.settings)) element.hidden = true;
    this.settings[state.detector].element.hidden = false;
    this.settings[state.detector].show(state);
    // A learner's answer on its way leaves the last one standing: nothing flickers.
    const waiting = this.own && !this.own.current && this.shown === this.image;
    if (!waiting) this.scene = filterScene(this.image, state, this.own);
    this.shown = this.own ? this.image : null; // the picture whose own answer stands
    // Letters on a wide page need all the room there is.
    this.stage.classList.toggle("cnn-broad", this.pointing.searching && this.image.width > 1.4 * this.image.height);
    this.showPanels();
    this.showWords();
  }

  showPanels() {
    this.panels.forEach(({ view, title, scale, figure }, at) => {
      const shown = this.scene.panels[at];
      figure.hidden = !shown;
      if (!shown) return;
      setText(title, shown.title);
      scale.element.hidden = Boolean(shown.plain);
      view.show(shown.array, shown);
      view.label(`${shown.title}. ${this.scene.words}`);
      scale.show(shown);
    });
  }

  showWords() {
    const { own, scene } = this;
    this.problem.hidden = !scene.problem;
    setText(this.problem, scene.problem);
    this.shell.fault(own?.fault ? faultParts(own.fault) : null);
    this.shell.note([this.model.get("note"), own ? this.answers.words(own) : ""].filter(Boolean).join(" "));
  }

  draw() {
    if (this.stale && this.answers.active && this.answers.due) return; // one drawing with the answer, not two
    if (this.stale) this.refresh();
    const { scene, image } = this;
    const { point } = this.pointing;
    this.picture.label(`picture of ${image.height} by ${image.width} pixels. ${scene.frame ? scene.words : ""}`);
    const pointed = point && !scene.frame ? [{ ...point, height: 1, width: 1 }] : [];
    this.picture.mark([...scene.marks, ...pointed]);
    let words = scene.problem || scene.words;
    if (point && scene.at) {
      const at = point.row * image.width + point.col;
      words += ` At row ${point.row}, column ${point.col}: brightness ${formatNumber(image.data[at])}, ${scene.at(at)}.`;
    }
    setText(this.words, scene.problem ? "" : words);
    this.shell.speak(words);
  }

  close() {
    for (const name of this.names) this.model.off(name, this.changed);
    for (const view of [this.picture, ...this.panels.map((panel) => panel.view)]) view.destroy();
    this.answers.close();
    this.redraw.cancel();
    this.save.cancel();
    this.shell.close();
  }
}

function render({ model, el }) {
  const view = new FilterView(model, el);
  return () => view.close();
}

export default { render };
