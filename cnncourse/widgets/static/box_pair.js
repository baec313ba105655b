// Two boxes on squared paper, to be moved and stretched with pointer or keys; drawn as SVG.

import { boxStep } from "./box_heap.js";
import { drawSvg } from "./chart.js";

const BOX_KEYS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const BOX_CORNER = 1.25; // squares from the lower right corner within which one takes hold of it

export class BoxPair {
  // `on` holds change(which, box) and choose(which).
  constructor(paper, on) {
    this.paper = paper;
    this.on = on;
    const [columns, rows] = paper;
    this.element = drawSvg("svg", { viewBox: `-0.2 -0.2 ${columns + 0.4} ${rows + 0.4}`, role: "application", tabindex: 0, class: "cnn-box-paper" });
    const lines = [...Array(columns + 1).keys()].map((x) => `M${x} 0V${rows}`);
    for (let y = 0; y <= rows; y += 1) lines.push(`M0 ${y}H${columns}`);
    this.shapes = ["first", "second"].map((name) => drawSvg("rect", { class: `cnn-box-${name}` }));
    this.letters = ["A", "B"].map((letter) => Object.assign(drawSvg("text", { class: "cnn-box-letter" }), { textContent: letter }));
    this.handles = this.shapes.map(() => drawSvg("rect", { class: "cnn-box-handle", width: 0.6, height: 0.6 }));
    this.element.append(drawSvg("path", { d: lines.join(""), class: "cnn-box-lines" }), ...this.shapes, ...this.letters, ...this.handles);
    this.listen();
  }

  show(pair, chosen, words) {
    this.pair = pair;
    this.chosen = chosen;
    pair.forEach(([left, top, right, bottom], at) => {
      const sides = { x: left, y: top, width: right - left, height: bottom - top };
      for (const [name, value] of Object.entries(sides)) this.shapes[at].setAttribute(name, value);
      this.shapes[at].classList.toggle("cnn-box-chosen", at === chosen);
      this.letters[at].setAttribute("x", at ? right - 0.55 : left + 0.35);
      this.letters[at].setAttribute("y", top + 0.85);
      this.handles[at].setAttribute("x", right - 0.3);
      this.handles[at].setAttribute("y", bottom - 0.3);
    });
    this.element.setAttribute("aria-label", words);
  }

  squareAt(event) {
    const place = this.element.createSVGPoint();
    [place.x, place.y] = [event.clientX, event.clientY];
    const { x, y } = place.matrixTransform(this.element.getScreenCTM().inverse());
    return [x, y];
  }

  // Which box lies under the pointer, the chosen one first, and whether its corner is meant.
  grabbed([x, y]) {
    const order = this.chosen ? [1, 0] : [0, 1];
    const near = order.find((at) => Math.hypot(x - this.pair[at][2], y - this.pair[at][3]) < BOX_CORNER);
    if (near !== undefined) return { which: near, stretch: true };
    const under = order.find((at) => {
      const [left, top, right, bottom] = this.pair[at];
      return x >= left && x <= right && y >= top && y <= bottom;
    });
    return under === undefined ? null : { which: under, stretch: false };
  }

  listen() {
    let hold = null;
    const { element, on } = this;
    element.addEventListener("pointerdown", (event) => {
      const from = this.squareAt(event);
      const found = this.grabbed(from);
      if (!found) return;
      hold = { ...found, from, box: this.pair[found.which] };
      element.setPointerCapture(event.pointerId);
      on.choose(found.which);
    });
    element.addEventListener("pointermove", (event) => {
      if (!hold) return;
      const [x, y] = this.squareAt(event);
      const by = [Math.round(x - hold.from[0]), Math.round(y - hold.from[1])];
      on.change(hold.which, boxStep(hold.box, by, hold.stretch, this.paper));
    });
    for (const end of ["pointerup", "pointercancel"]) element.addEventListener(end, () => (hold = null));
    element.addEventListener("keydown", (event) => {
      const step = BOX_KEYS[event.key];
      if (!step || event.altKey || event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      event.stopPropagation(); // the notebook would otherwise move to another cell
      on.change(this.chosen, boxStep(this.pair[this.chosen], step, event.shiftKey, this.paper));
    });
  }
}
