// The explorer of boxes: two to move and stretch, and a heap of detections to thin out.

import { boxHeapWords, boxOverlap, boxPairWords, thinHeap, twoDecimals } from "./box_heap.js";
import { BoxPair } from "./box_pair.js";
import { drawSvg } from "./chart.js";
import { choice, slider } from "./controls.js";
import { make, setText } from "./dom.js";
import { atMostEvery, oncePerFrame } from "./frame.js";
import { captioned, openShell } from "./shell.js";
import { fromWire } from "./wire.js";

const BOX_STATE = ["image", "boxes", "scores", "names", "pair", "threshold", "least"];
const BOX_HELP = [
  ["← ↑ → ↓", "on the paper: move the chosen box; with Shift, move its lower right corner"],
  ["pointer", "on the paper: drag a box, or its lower right corner"],
];

class BoxView {
  constructor(model, el) {
    this.model = model;
    this.chosen = 0;
    this.redraw = oncePerFrame(() => this.draw());
    this.save = atMostEvery(120, () => model.save_changes());
    this.build(el);
    this.events = BOX_STATE.map((name) => `change:${name}`);
    for (const name of this.events) model.on(name, this.redraw);
    this.redraw();
  }

  build(el) {
    this.shell = openShell(el, "Explorer of boxes", BOX_HELP);
    const choose = (which) => {
      this.chosen = which;
      this.redraw();
    };
    this.paper = new BoxPair(this.model.get("paper"), { choose, change: (which, box) => this.move(which, box) });
    this.box = choice({ label: "Arrow keys move", options: [["0", "box A"], ["1", "box B"]], value: "0", onChange: (at) => choose(Number(at)) });
    this.sum = make("p", { class: "cnn-reading-line" });
    const pair = captioned("Two boxes: drag them", this.paper.element, this.sum);
    this.picture = drawSvg("image", { class: "cnn-box-picture" });
    this.frames = drawSvg("g", {});
    this.heap = drawSvg("svg", { role: "img", class: "cnn-box-heap", preserveAspectRatio: "xMinYMin" });
    this.heap.append(this.picture, this.frames);
    this.told = make("p", { class: "cnn-reading-line" });
    const key = make("p", { class: "cnn-size" }, "Unbroken with a score: kept. Broken: dropped.");
    this.found = captioned("A heap of detections", this.heap, key, this.told);
    const share = (label, name) => slider({ label, max: 1, step: 0.05, text: (value) => value.toFixed(2), onInput: (value) => this.change(name, value) });
    this.sliders = { threshold: share("Drop above an IoU of", "threshold"), least: share("Scores from", "least") };
    this.bar = make("div", { class: "cnn-row" }, this.sliders.threshold.element, this.sliders.least.element);
    const row = make("div", { class: "cnn-row" }, this.box.element);
    this.stage = make("div", { class: "cnn-stage" }, make("div", { class: "cnn-box-side" }, pair, row), make("div", { class: "cnn-box-side" }, this.found, this.bar));
    this.shell.body.append(this.stage);
  }

  move(which, box) {
    this.change("pair", this.model.get("pair").map((old, at) => (at === which ? box : old)));
  }

  change(name, value) {
    this.model.set(name, value);
    this.save();
    this.redraw();
  }

  draw() {
    const pair = this.model.get("pair");
    const words = boxPairWords(boxOverlap(...pair));
    const letter = this.chosen ? "B" : "A";
    this.paper.show(pair, this.chosen, `squared paper with two boxes; arrow keys move box ${letter}, with Shift its corner. ${words}`);
    this.box.set(String(this.chosen));
    setText(this.sum, words);
    const heap = Object.fromEntries(["boxes", "scores", "names"].map((name) => [name, this.model.get(name)]));
    const there = Boolean(this.model.get("image")) && heap.boxes.length > 0;
    this.found.hidden = !there;
    this.bar.hidden = !there;
    this.stage.classList.toggle("cnn-broad", !there);
    this.shell.speak(there ? `${words} ${this.drawHeap(heap)}` : words);
  }

  drawHeap(heap) {
    this.paint();
    const found = thinHeap(heap, this.model.get("threshold"), this.model.get("least"));
    for (const [name, control] of Object.entries(this.sliders)) control.set(this.model.get(name));
    const kept = new Set(found.kept);
    this.frames.replaceChildren(...[...found.dropped, ...[...found.kept].reverse()].flatMap((at) => this.frame(heap, at, kept.has(at))));
    const words = boxHeapWords(found, heap);
    setText(this.told, words);
    this.heap.setAttribute("aria-label", `picture with boxes. ${words}`);
    return words;
  }

  // The picture becomes a data URL once, not with every move of a slider.
  paint() {
    const wire = this.model.get("image");
    if (wire === this.wire) return;
    this.wire = wire;
    const { height, width, data } = fromWire(wire);
    const canvas = make("canvas");
    Object.assign(canvas, { height, width });
    const pixels = new ImageData(width, height);
    data.forEach((value, at) => pixels.data.set([value * 255, value * 255, value * 255, 255], at * 4));
    canvas.getContext("2d").putImageData(pixels, 0, 0);
    this.heap.setAttribute("viewBox", `0 0 ${width} ${height}`);
    for (const [name, value] of Object.entries({ href: canvas.toDataURL(), width, height })) this.picture.setAttribute(name, value);
    this.letters = Math.max(width, height) / 20;
  }

  frame({ boxes, scores, names }, at, kept) {
    const [x, y, right, bottom] = boxes[at];
    const sides = { x, y, width: right - x, height: bottom - y };
    const shapes = ["cnn-box-halo", kept ? "cnn-box-kept" : "cnn-box-dropped"].map((look) => drawSvg("rect", { ...sides, class: look }));
    if (!kept) return shapes;
    const above = y > this.letters * 1.2 ? y - this.letters * 0.25 : y + this.letters;
    const text = drawSvg("text", { x, y: above, class: "cnn-box-score", "font-size": this.letters });
    setText(text, `${names[at]} ${twoDecimals(scores[at])}`);
    return [...shapes, text];
  }

  close() {
    for (const name of this.events) this.model.off(name, this.redraw);
    this.redraw.cancel();
    this.save.cancel();
    this.shell.close();
  }
}

function render({ model, el }) {
  const view = new BoxView(model, el);
  return () => view.close();
}

export default { render };
