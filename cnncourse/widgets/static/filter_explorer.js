// The filter explorer: a picture, a detector, and what it answers everywhere.

import { ArrayView } from "./canvas.js";
import { make, setText } from "./dom.js";
import { blurControl, detectorControl, gaborControls, patchControls } from "./filter_controls.js";
import { filterScene, frameInside } from "./filter_scene.js";
import { atMostEvery, oncePerFrame } from "./frame.js";
import { legend } from "./legend.js";
import { formatNumber } from "./numbers.js";
import { ownPicture } from "./own_picture.js";
import { captioned, openShell } from "./shell.js";
import { fromWire, toWire } from "./wire.js";

const FILTER_STATE = ["detector", "orientation", "frequency", "sigma", "blur", "patch", "search", "count"];
const FILTER_LIMIT = 65536; // pixels of a dropped picture, as LIMIT in filter_explorer.py
const SHORTEST = 3; // pixels: sides of a frame drawn with the pointer
const LONGEST = 48;
const FILTER_KEYS = [
  ["drag", "on the picture, looking for a patch: draw a new frame; a click moves the frame there"],
  ["← ↑ → ↓", "on the picture: move the frame, or the point whose answer is read"],
  ["Shift + ← ↑ → ↓", "on the picture: make the frame narrower, lower, wider or higher"],
];

class FilterView {
  constructor(model, el) {
    this.model = model;
    this.point = null;
    this.redraw = oncePerFrame(() => this.draw());
    this.save = atMostEvery(120, () => model.save_changes());
    this.build(el);
    this.names = ["image", "note", ...FILTER_STATE].map((name) => `change:${name}`);
    this.changed = () => {
      this.stale = true;
      this.redraw();
    };
    for (const name of this.names) model.on(name, this.changed);
    this.changed();
  }

  build(el) {
    this.shell = openShell(el, "Filter explorer", FILTER_KEYS);
    const change = (values) => this.change(values);
    this.picture = new ArrayView({ label: "picture", on: this.handlers() });
    this.panels = [330, 330, 190].map((maxHeight) => this.panel(maxHeight));
    this.words = make("p", { class: "cnn-arithmetic" });
    this.problem = make("p", { class: "cnn-problem", hidden: true });
    this.detector = detectorControl(this.model.get("detectors"), change);
    const blur = blurControl(change);
    this.settings = {
      gabor: gaborControls(change),
      edges: blur,
      laplacian: blur,
      patch: patchControls(this.model.get("searches"), change),
    };
    const file = ownPicture({
      target: this.shell.root,
      limit: FILTER_LIMIT,
      grey: true,
      onPicture: (picture, note) => this.change({ image: toWire(picture), note }),
      onProblem: (note) => this.change({ note }),
    });
    const figures = [captioned("Picture", this.picture.element), ...this.panels.map(({ figure }) => figure)];
    this.stage = make("div", { class: "cnn-stage" }, ...figures);
    const rows = [...new Set(Object.values(this.settings))].map(({ element }) => element);
    const top = make("div", { class: "cnn-row" }, this.detector.element, file);
    this.shell.body.append(top, ...rows, this.problem, this.stage, this.words);
  }

  panel(maxHeight) {
    const view = new ArrayView({ label: "answer", maxHeight });
    const title = make("span");
    const scale = legend();
    return { view, title, scale, figure: captioned(title, view.element, scale.element) };
  }

  handlers() {
    return {
      hover: (cell) => this.searching || this.look(cell),
      drag: (cell, from) => this.searching && cell && this.drawFrame(cell, from),
      pick: (cell) => this.click(cell),
      move: (rows, cols, event) => (this.searching ? this.moveFrame(rows, cols, event.shiftKey) : this.movePoint(rows, cols)),
    };
  }

  get searching() {
    return this.model.get("detector") === "patch";
  }

  look(cell) {
    this.point = cell;
    this.redraw();
  }

  drawFrame(cell, from) {
    if (cell.row === from.row && cell.col === from.col) return;
    this.drawn = from;
    const side = (a, b, room) => Math.min(LONGEST, room, Math.max(SHORTEST, Math.abs(a - b) + 1));
    const [height, width] = [side(cell.row, from.row, this.image.height), side(cell.col, from.col, this.image.width)];
    // The frame grows from where the pointer went down, towards the pointer.
    const row = cell.row < from.row ? from.row - height + 1 : from.row;
    const col = cell.col < from.col ? from.col - width + 1 : from.col;
    this.setFrame([row, col, height, width]);
  }

  // A click ends each drag too; only one without a drag moves the frame.
  click(cell) {
    if (!this.searching) return this.look(cell);
    const dragged = this.drawn;
    this.drawn = null;
    if (dragged) return undefined;
    const [, , height, width] = this.model.get("patch");
    return this.setFrame([cell.row - Math.floor(height / 2), cell.col - Math.floor(width / 2), height, width]);
  }

  moveFrame(rows, cols, resize) {
    const [row, col, height, width] = frameInside(this.model.get("patch"), this.image);
    if (!resize) return this.setFrame([row + rows, col + cols, height, width]);
    const side = (value, room) => Math.min(LONGEST, room, Math.max(1, value));
    return this.setFrame([row, col, side(height + rows, this.image.height), side(width + cols, this.image.width)]);
  }

  movePoint(rows, cols) {
    const { height, width } = this.image;
    const { row, col } = this.point ?? { row: Math.floor(height / 2), col: Math.floor(width / 2) };
    const within = (at, size) => Math.min(size - 1, Math.max(0, at));
    this.look({ row: within(row + rows, height), col: within(col + cols, width) });
  }

  setFrame(frame) {
    this.change({ patch: frameInside(frame, this.image) });
  }

  change(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.save();
    this.changed();
  }

  refresh() {
    this.stale = false;
    const wire = this.model.get("image");
    if (wire !== this.wire) {
      [this.wire, this.image, this.point] = [wire, fromWire(wire), null];
      this.picture.show(this.image, { kind: "grey" });
    }
    const state = Object.fromEntries(FILTER_STATE.map((name) => [name, this.model.get(name)]));
    this.scene = filterScene(this.image, state);
    this.detector.show(state.detector);
    for (const { element } of Object.values(this.settings)) element.hidden = true;
    this.settings[state.detector].element.hidden = false;
    this.settings[state.detector].show(state);
    // Letters on a wide page need all the room there is.
    this.stage.classList.toggle("cnn-broad", this.searching && this.image.width > 1.4 * this.image.height);
    this.problem.hidden = !this.scene.problem;
    setText(this.problem, this.scene.problem);
    this.showPanels();
    this.shell.note(this.model.get("note"));
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

  draw() {
    if (this.stale) this.refresh();
    const { scene, image, point } = this;
    const { height, width } = image;
    this.picture.label(`picture of ${height} by ${width} pixels. ${scene.frame ? scene.words : ""}`);
    this.picture.mark(this.marks());
    let words = scene.problem || scene.words;
    if (point && scene.at) {
      const at = point.row * width + point.col;
      words += ` At row ${point.row}, column ${point.col}: brightness ${formatNumber(image.data[at])}, ${scene.at(at)}.`;
    }
    setText(this.words, scene.problem ? "" : words);
    this.shell.speak(words);
  }

  marks() {
    const { scene, point } = this;
    if (!scene.frame) return point ? [{ ...point, height: 1, width: 1 }] : [];
    const [row, col, height, width] = scene.frame;
    // Outlines stand a pixel outside, so that they do not cover what they frame.
    const around = (r, c, look) => ({ row: r - 1, col: c - 1, height: height + 2, width: width + 2, look });
    return [...scene.places.map(([r, c]) => around(r, c, "trace")), around(row, col, "window")];
  }

  close() {
    for (const name of this.names) this.model.off(name, this.changed);
    for (const view of [this.picture, ...this.panels.map((panel) => panel.view)]) view.destroy();
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
