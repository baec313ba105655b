// A chart of trainings over their epochs: the chosen one strong with its raw values, the others pale. Drawn as SVG in
// pixels of the page, so that its words keep their size on every screen.

import { drawSvg, superscript } from "./chart.js";
import { make, setText, uniqueId } from "./dom.js";
import { CURVE, niceTicks, threeFigures } from "./training_curves.js";

const [TRAINING_LEFT, TRAINING_RIGHT, TRAINING_TOP, TRAINING_BELOW] = [56, 22, 10, 42];
const [TRAINING_LEAST, TRAINING_MOST] = [190, 260]; // pixels high
const LABEL_APART = 17;

export class TrainingChart {
  // `column` is "loss" or "accuracy"; `title` stands along the axis; `onPoint(epoch)` hears the pointer.
  constructor({ column, title, scale = 1, onPoint }) {
    Object.assign(this, { column, scale, title, onPoint, asked: null, at: null });
    this.svg = drawSvg("svg", { role: "img", class: "cnn-training-chart" });
    const clip = uniqueId("clip");
    this.window = drawSvg("rect", {});
    const clipPath = drawSvg("clipPath", { id: clip });
    clipPath.append(this.window);
    const group = (name, more = {}) => drawSvg("g", { class: name, ...more });
    this.frame = drawSvg("path", { class: "cnn-chart-frame" });
    this.texts = group("cnn-chart-text");
    this.lines = group("cnn-training-lines", { "clip-path": `url(#${clip})` });
    this.marks = group("cnn-training-marks");
    this.marker = drawSvg("line", { class: "cnn-chart-marker" });
    this.svg.append(clipPath, this.frame, this.texts, this.lines, this.marks, this.marker);
    this.element = make("div", { class: "cnn-training-view" }, this.svg);
    this.sizes = new ResizeObserver(() => this.element.clientWidth !== this.wide && this.redraw());
    this.sizes.observe(this.element);
    this.svg.addEventListener("pointermove", (event) => this.point(event));
    this.svg.addEventListener("pointerdown", (event) => this.point(event));
  }

  destroy() {
    this.sizes.disconnect();
  }

  point(event) {
    if (!this.asked) return;
    const x = event.clientX - this.svg.getBoundingClientRect().left;
    const share = (x - TRAINING_LEFT) / (this.wide - TRAINING_LEFT - TRAINING_RIGHT);
    if (share >= -0.02 && share <= 1.02) this.onPoint(share * this.asked.epochs);
  }

  x(epoch) {
    return TRAINING_LEFT + (epoch / this.asked.epochs) * (this.wide - TRAINING_LEFT - TRAINING_RIGHT);
  }

  y(value) {
    const { low, high, log } = this.asked;
    const place = log ? Math.log10(Math.max(value, 1e-12)) : value * this.scale;
    const share = Math.min(1.2, Math.max(-0.2, (place - low) / (high - low))); // far outside is outside
    return this.high - TRAINING_BELOW - share * (this.high - TRAINING_BELOW - TRAINING_TOP);
  }

  // `curves` from `trainingCurves`; `strong` is the place of the chosen one; `low` and `high` are powers of ten with `log`.
  show(asked) {
    this.asked = asked;
    this.redraw();
  }

  redraw() {
    this.wide = this.element.clientWidth;
    if (!this.asked || !this.wide) return;
    this.high = Math.round(Math.min(TRAINING_MOST, Math.max(TRAINING_LEAST, this.wide * 0.56)));
    for (const [name, value] of Object.entries({ width: this.wide, height: this.high, viewBox: `0 0 ${this.wide} ${this.high}` })) {
      this.svg.setAttribute(name, value);
    }
    const area = { x: TRAINING_LEFT, y: TRAINING_TOP, width: Math.max(1, this.wide - TRAINING_LEFT - TRAINING_RIGHT), height: this.high - TRAINING_TOP - TRAINING_BELOW };
    for (const [name, value] of Object.entries(area)) this.window.setAttribute(name, value);
    this.drawAxes();
    this.drawLines();
    this.markAt(this.at, this.words);
  }

  drawAxes() {
    const { low, high, log, epochs } = this.asked;
    const [left, right, bottom] = [TRAINING_LEFT, this.wide - TRAINING_RIGHT, this.high - TRAINING_BELOW];
    const ticks = log ? Array.from({ length: high - low + 1 }, (_, at) => low + at) : niceTicks(high);
    const level = (tick) => this.y(log ? 10 ** tick : tick / this.scale);
    const across = niceTicks(epochs, this.wide < 320 ? 4 : 6);
    this.frame.setAttribute("d", ticks.map((tick) => `M${left} ${level(tick).toFixed(1)}H${right}`).join("") + across.map((tick) => `M${this.x(tick).toFixed(1)} ${bottom}v5`).join(""));
    const words = [
      ...ticks.map((tick) => [left - 8, level(tick) + 4, log ? `10${superscript(tick)}` : threeFigures(tick), "end"]),
      ...across.map((tick) => [this.x(tick), bottom + 19, threeFigures(tick), "middle"]),
      [(left + right) / 2, this.high - 6, "epoch", "middle"],
      [14, (TRAINING_TOP + bottom) / 2, this.title, "middle"],
    ];
    fillGroup(this.texts, "text", words.length);
    words.forEach(([x, y, text, anchor], place) => {
      const element = this.texts.children[place];
      const turned = place === words.length - 1 ? `rotate(-90 ${x} ${y})` : "";
      for (const [name, value] of Object.entries({ x, y, "text-anchor": anchor, transform: turned })) element.setAttribute(name, value);
      setText(element, text);
    });
  }

  drawLines() {
    const { curves, strong } = this.asked;
    // The chosen run comes last, and so lies on top.
    const order = [...curves.keys()].filter((place) => place !== strong);
    fillGroup(this.lines, "polyline", curves.length + 1);
    [...order, strong].forEach((place, at) => {
      const kind = place === strong ? "cnn-run-strong" : "cnn-run-pale";
      this.put(this.lines.children[at + (place === strong ? 1 : 0)], curves[place], `${kind} ${runColour(curves[place])}`, [CURVE[this.column]]);
    });
    const ends = [CURVE[`${this.column}Low`], CURVE[`${this.column}High`]];
    this.put(this.lines.children[order.length], curves[strong], `cnn-run-raw ${runColour(curves[strong])}`, ends);
    this.drawMarks(curves, strong);
  }

  put(element, curve, look, columns) {
    const points = curve.rows.flatMap((row) => columns.filter((column) => row[column] === row[column]).map((column) => `${this.x(row[CURVE.epoch]).toFixed(1)},${this.y(row[column]).toFixed(1)}`));
    element.setAttribute("points", points.join(" "));
    element.setAttribute("class", look);
  }

  // Points for what was held out, and the number of each run at the end of its curve.
  drawMarks(curves, strong) {
    const marks = [];
    curves.forEach((curve, place) => {
      if (this.column === "accuracy") {
        for (const [epoch, value] of curve.run.points) {
          const look = `cnn-run-point ${place === strong ? "cnn-run-strong" : "cnn-run-pale"} ${runColour(curve)}`;
          marks.push(drawSvg("circle", { class: look, cx: this.x(epoch), cy: this.y(value), r: place === strong ? 4.5 : 3.5 }));
        }
      }
    });
    if (curves.length > 1) marks.push(...this.numbers(curves));
    this.marks.replaceChildren(...marks);
  }

  numbers(curves) {
    const ends = curves.filter(({ rows }) => rows.length).map((curve) => {
      const row = curve.rows.at(-1);
      const [top, bottom] = [TRAINING_TOP + 8, this.high - TRAINING_BELOW - 8];
      const y = Math.min(bottom, Math.max(top, this.y(row[CURVE[this.column]])));
      return { curve, x: Math.min(this.wide - 10, this.x(row[CURVE.epoch]) + 11), y };
    });
    ends.sort((one, other) => one.y - other.y);
    ends.forEach((end, place) => {
      const above = ends.slice(0, place).filter((one) => Math.abs(one.x - end.x) < LABEL_APART);
      for (const one of above) end.y = Math.max(end.y, one.y + LABEL_APART);
    });
    return ends.flatMap(({ curve, x, y }) => {
      const disc = drawSvg("circle", { class: `cnn-run-disc ${runColour(curve)}`, cx: x, cy: y, r: 7.5 });
      const text = drawSvg("text", { class: "cnn-run-number", x, y: y + 3.8, "text-anchor": "middle" });
      text.textContent = curve.run.number;
      return [disc, text];
    });
  }

  markAt(epoch, words) {
    Object.assign(this, { at: epoch, words });
    if (!this.asked || !this.wide) return;
    this.marker.toggleAttribute("hidden", epoch === null);
    if (epoch !== null) {
      const x = this.x(epoch).toFixed(1);
      const ends = { x1: x, x2: x, y1: TRAINING_TOP, y2: this.high - TRAINING_BELOW };
      for (const [name, value] of Object.entries(ends)) this.marker.setAttribute(name, value);
    }
    if (this.svg.getAttribute("aria-label") !== words) this.svg.setAttribute("aria-label", words);
  }
}

export const runColour = ({ run }) => `cnn-run-${((run.number - 1) % 6) + 1}`;

function fillGroup(group, tag, count) {
  while (group.childElementCount < count) group.append(drawSvg(tag, {}));
  while (group.childElementCount > count) group.lastChild.remove();
}
