// The pixel explorer: a picture and a changed copy, under one magnifying glass.

import { ArrayView, contains, wholeCells } from "./canvas.js";
import { CHALLENGE_NAMES } from "./challenges.js";
import { button } from "./controls.js";
import { make, setText } from "./dom.js";
import { atMostEvery, oncePerFrame } from "./frame.js";
import { formatNumber } from "./numbers.js";
import { ownPicture } from "./own_picture.js";
import { arithmeticControls, challengeControls, distanceBar, lookControls } from "./pixel_controls.js";
import { cropWords, pixelScene, pixelWords, pythonWords } from "./pixel_scene.js";
import { captioned, openShell } from "./shell.js";
import { fromWire, toWire } from "./wire.js";

const AT_REST = {
  brightness: 0,
  contrast: 1,
  invert: false,
  flip: "none",
  channel: "colour",
  ...Object.fromEntries(CHALLENGE_NAMES.map((name) => [name, 0])),
};
const STATE = Object.keys(AT_REST);
const LARGEST_CELL = 46; // CSS pixels; larger cells show no more
const PIXEL_LIMIT = 160000; // pixels of a dropped picture, as LIMIT in pixel_explorer.py
const PIXEL_KEYS = [
  ["← ↑ → ↓", "on a picture: read the next pixel; with Shift, the tenth"],
  ["+ and −", "on a picture: zoom in and out"],
  ["pointer", "point to read a pixel, click to keep it, drag to move a magnified picture, double click to zoom in"],
];

class PixelView {
  constructor(model, el) {
    this.model = model;
    this.peek = null;
    this.redraw = oncePerFrame(() => this.draw());
    this.save = atMostEvery(120, () => model.save_changes());
    this.listeners = [];
    this.build(el);
    for (const name of ["image", ...STATE]) this.hear(name, () => ((this.stale = true), this.redraw()));
    for (const name of ["cursor", "note", "label"]) this.hear(name, () => this.redraw());
    this.stale = true;
    this.redraw();
  }

  hear(name, call) {
    this.listeners.push([`change:${name}`, call]);
    this.model.on(`change:${name}`, call);
  }

  build(el) {
    this.shell = openShell(el, "Pixel explorer", PIXEL_KEYS);
    const change = (values) => this.change(values);
    this.views = ["original", "changed picture"].map((label) => this.view(label));
    this.look = lookControls({ onZoom: (zoom) => this.zoomTo(zoom), onWhole: () => this.zoomTo(1), change });
    this.arithmetic = arithmeticControls(change);
    this.challenges = challengeControls(change);
    this.distance = distanceBar();
    this.reading = make("p", { class: "cnn-reading-line" });
    this.code = make("code", { class: "cnn-code" });
    const file = ownPicture({
      target: this.shell.root,
      limit: PIXEL_LIMIT,
      grey: false,
      onPicture: (picture, note) => this.change({ image: toWire(picture), note, range: [0, 1], cursor: [0, 0], label: "" }),
      onProblem: (note) => this.change({ note }),
    });
    const reset = button({ text: "Reset", onClick: () => (this.zoomTo(1), this.change(AT_REST)) });
    this.shell.body.append(
      make("div", { class: "cnn-stage" },
        captioned("Original", this.views[0].element),
        captioned("Changed", this.views[1].element)),
      this.reading,
      this.look.element,
      this.distance.element,
      make("div", { class: "cnn-groups" }, this.challenges.element, this.arithmetic.element),
      make("div", { class: "cnn-row" }, reset, file, make("span", { class: "cnn-python" }, "in Python: ", this.code)),
    );
  }

  view(label) {
    const view = new ArrayView({
      label,
      maxCell: LARGEST_CELL,
      format: (value) => formatNumber(value, 2),
      on: {
        hover: (cell) => ((this.peek = cell), this.redraw()),
        pick: (cell) => this.moved || this.change({ cursor: [cell.row, cell.col] }),
        drag: (cell, from) => this.pan(cell, from),
        move: (rows, cols, event) => this.step(rows, cols, event.shiftKey ? 10 : 1),
      },
    });
    view.canvas.addEventListener("pointerdown", () => (this.moved = false));
    view.canvas.addEventListener("dblclick", () => this.zoomTo(this.zoom * 2));
    view.canvas.addEventListener("keydown", (event) => {
      const factor = { "+": 2, "=": 2, "-": 0.5 }[event.key];
      if (!factor || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      this.zoomTo(this.zoom * factor);
    });
    // Two fingers on a touch pad arrive as a wheel with Ctrl; a plain wheel goes on scrolling the page.
    view.canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.zoomTo(this.zoom * 2 ** (-event.deltaY / 100));
    }, { passive: false });
    return view;
  }

  get cursor() {
    const [row, col] = this.model.get("cursor");
    const { height, width } = this.image;
    return { row: Math.min(Math.max(0, row), height - 1), col: Math.min(Math.max(0, col), width - 1) };
  }

  // So far that a whole number of pixels fills the width, and none is larger than is of use.
  get mostZoom() {
    const { height, width } = this.image;
    const most = Math.max(1, Math.min(LARGEST_CELL / (this.views[0].base || LARGEST_CELL), height));
    return width / Math.ceil(width / most - 1e-9);
  }

  get seen() {
    const { zoom } = this.camera;
    return { rows: wholeCells(this.image.height, zoom), cols: wholeCells(this.image.width, zoom) };
  }

  // What is asked for is kept, so that each step of the slider counts; what is shown fits a whole number of pixels.
  // Zooming keeps the chosen pixel where the eye is: in the middle.
  zoomTo(zoom) {
    const { width } = this.image;
    this.zoom = Math.min(this.mostZoom, Math.max(1, zoom));
    this.camera.zoom = width / Math.max(1, Math.round(width / this.zoom));
    this.centre(this.cursor);
  }

  centre({ row, col }) {
    const { rows, cols } = this.seen;
    this.moveTo(row - Math.floor(rows / 2), col - Math.floor(cols / 2));
  }

  moveTo(row, col) {
    const { rows, cols } = this.seen;
    this.camera.top = Math.min(Math.max(0, row), this.image.height - rows);
    this.camera.left = Math.min(Math.max(0, col), this.image.width - cols);
    this.redraw();
  }

  pan(cell, from) {
    if (!cell || this.camera.zoom <= 1) return;
    if (cell.row === from.row && cell.col === from.col) return;
    this.moved = true;
    this.moveTo(this.camera.top + from.row - cell.row, this.camera.left + from.col - cell.col);
  }

  step(rows, cols, by) {
    this.peek = null;
    const { row, col } = this.cursor;
    this.change({ cursor: [row + rows * by, col + cols * by] });
    this.model.set("cursor", [this.cursor.row, this.cursor.col]);
    const { top, left } = this.camera;
    if (!contains({ row: top, col: left, height: this.seen.rows, width: this.seen.cols }, this.cursor)) this.centre(this.cursor);
  }

  change(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.save();
    this.redraw();
  }

  refresh() {
    this.stale = false;
    const wire = this.model.get("image");
    if (wire !== this.wire) {
      [this.wire, this.image, this.zoom] = [wire, fromWire(wire), 1];
      this.camera = { zoom: 1, top: 0, left: 0 };
    }
    this.state = Object.fromEntries(STATE.map((name) => [name, this.model.get(name)]));
    this.scene = pixelScene(this.image, this.state);
    const range = this.model.get("range");
    const kind = range[0] < 0 ? "signed" : this.image.height * this.image.width > 1600 ? "grey" : "slate";
    const look = { kind, range, decimals: 2 };
    const original = [wire, this.state.channel, ...range]; // mostly the same from one step of a slider to the next
    if (!this.shown?.every((part, i) => part === original[i])) this.views[0].show(this.scene.original, look);
    this.shown = original;
    this.views[1].show(this.scene.changed, look);
    this.arithmetic.show(this.state);
    this.challenges.show(this.state);
    this.distance.show(this.scene.distance, this.model.get("label"));
    setText(this.code, pythonWords(this.state, this.image.channels === 3));
  }

  draw() {
    if (this.stale) this.refresh();
    const cell = this.peek ?? this.cursor;
    for (const view of this.views) {
      Object.assign(view.camera, this.camera);
      view.mark([{ ...cell, height: 1, width: 1 }]);
    }
    const colour = this.image.channels === 3;
    this.look.show(this.state, { factor: this.zoom, most: this.mostZoom, colour });
    this.shell.note(this.model.get("note"));
    this.say(cell);
  }

  say(cell) {
    const { original, changed, distance } = this.scene;
    const before = pixelWords(original, cell, this.state.channel);
    const after = pixelWords(changed, cell, this.state.channel);
    const crop = cropWords(this.camera, this.seen);
    const words = `image[${cell.row}, ${cell.col}] = ${before}${before === after ? "" : ` → ${after}`}`;
    setText(this.reading, crop ? `${words} · you see ${crop}` : words);
    const size = `${this.image.height} rows by ${this.image.width} columns`;
    this.views[0].label(`original, ${size}; ${words}`);
    this.views[1].label(`changed picture, ${size}; pixel distance to the original ${formatNumber(distance, 3)}`);
    this.shell.speak(`${words}. Pixel distance to the original: ${formatNumber(distance, 3)}.`);
  }

  close() {
    for (const [event, call] of this.listeners) this.model.off(event, call);
    for (const view of this.views) view.destroy();
    this.redraw.cancel();
    this.save.cancel();
    this.shell.close();
  }
}

function render({ model, el }) {
  const view = new PixelView(model, el);
  return () => view.close();
}

export default { render };
