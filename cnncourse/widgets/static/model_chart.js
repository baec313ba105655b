// Networks as bubbles in a plane: a shape and a colour a family, the frontier as steps. Drawn as SVG in pixels of the
// page, so that its words keep their size; each network keeps its element, which glides to its new place.

import { drawSvg } from "./chart.js";
import { make } from "./dom.js";

const [MODEL_LEFT, MODEL_RIGHT, MODEL_TOP, MODEL_BELOW] = [56, 18, 14, 46];
const [MODEL_LEAST, MODEL_MOST] = [300, 460]; // pixels high
const [BUBBLE_LEAST, BUBBLE_MOST, BUBBLE_ALIKE] = [4, 22, 6.5]; // radius in pixels
const MODEL_REACH = 26; // pixels from a bubble's rim at which it still hears the pointer
const LETTER_WIDE = 6.6; // of the labels, about
const MODEL_STEPS = { ArrowLeft: ["x", -1], ArrowRight: ["x", 1], ArrowDown: ["y", -1], ArrowUp: ["y", 1] };

const corners = (count, turn, inner = 1) =>
  Array.from({ length: count }, (_, at) => {
    const angle = (2 * Math.PI * at) / count + turn;
    const far = at % 2 ? inner : 1;
    return [far * Math.sin(angle), -far * Math.cos(angle)];
  });
const CROSS = [[-1, -0.35], [-0.35, -0.35], [-0.35, -1], [0.35, -1], [0.35, -0.35], [1, -0.35], [1, 0.35], [0.35, 0.35], [0.35, 1], [-0.35, 1], [-0.35, 0.35], [-1, 0.35]];
const eighthTurned = (points) => points.map(([x, y]) => [(x - y) * Math.SQRT1_2, (x + y) * Math.SQRT1_2]);
const MODEL_SHAPES = {
  inception: corners(4, Math.PI / 4),
  residual: corners(3, 0),
  small: corners(4, 0),
  efficient: corners(3, Math.PI),
  regnet: CROSS,
  convnext: eighthTurned(CROSS),
  transformer: corners(6, 0),
  own: corners(10, 0, 0.45),
};

export function modelShape(family, radius) {
  const points = MODEL_SHAPES[family];
  if (!points) return `M${-radius} 0a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
  const far = radius * (family === "own" ? 1.5 : 1.12);
  return `M${points.map(([x, y]) => `${(x * far).toFixed(1)} ${(y * far).toFixed(1)}`).join("L")}Z`;
}

// Round numbers between two values; with `log`, powers of ten and, where these are few, twice and five times them.
export function modelTicks(low, high, { log, most }) {
  if (log) {
    const powers = Array.from({ length: 20 }, (_, at) => 10 ** (at - 8));
    const within = (values) => values.filter((value) => value >= low && value <= high);
    const coarse = within(powers);
    return coarse.length > (most > 4 ? 3 : 1) ? coarse : within(powers.flatMap((value) => [value, 2 * value, 5 * value]));
  }
  const power = 10 ** Math.floor(Math.log10((high - low) / most));
  const step = power * [1, 2, 5, 10].find((times) => (high - low) / (times * power) <= most);
  const from = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - from + 1 }, (_, at) => Number(((from + at) * step).toPrecision(10)));
}

function modelRange(values, { log, whole }) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (log) return [least / 1.5, most * 1.5];
  if (whole) return [least - 0.7, most + 0.7];
  const room = Math.max(1, (most - least) * 0.06);
  return [least - room, most + room];
}

export class ModelChart {
  // `onChoose(title)` hears what is pointed at or walked to.
  constructor({ onChoose }) {
    Object.assign(this, { onChoose, asked: null, elements: new Map() });
    this.svg = drawSvg("svg", { role: "application", tabindex: 0, class: "cnn-model-chart" });
    const group = (name) => drawSvg("g", { class: name });
    this.frame = drawSvg("path", { class: "cnn-chart-frame" });
    this.texts = group("cnn-chart-text");
    this.steps = drawSvg("path", { class: "cnn-model-edge" });
    this.ways = drawSvg("path", { class: "cnn-model-moves" });
    this.bubbles = group("cnn-model-bubbles");
    this.ring = drawSvg("circle", { class: "cnn-model-ring" });
    this.labels = group("cnn-model-labels");
    this.svg.append(this.frame, this.texts, this.steps, this.ways, this.bubbles, this.ring, this.labels);
    this.element = make("div", { class: "cnn-model-view" }, this.svg);
    this.sizes = new ResizeObserver(() => this.element.clientWidth !== this.wide && this.redraw());
    this.sizes.observe(this.element);
    for (const event of ["pointermove", "pointerdown"]) this.svg.addEventListener(event, (one) => this.point(one));
    this.svg.addEventListener("keydown", (event) => this.walk(event));
  }

  destroy() {
    this.sizes.disconnect();
  }

  point(event) {
    if (!this.asked) return;
    const box = this.svg.getBoundingClientRect();
    // A page at 200 % or a slide may show the drawing enlarged: hence the ratio.
    const ratio = this.wide / box.width;
    const [x, y] = [(event.clientX - box.left) * ratio, (event.clientY - box.top) * ratio];
    const far = (place) => Math.hypot(place.x - x, place.y - y);
    const nearest = this.places.reduce((best, place) => (!best || far(place) < far(best) ? place : best), null);
    if (nearest && far(nearest) < nearest.radius + MODEL_REACH) this.onChoose(nearest.point.record.title);
  }

  walk(event) {
    if (event.altKey || event.metaKey || event.ctrlKey || !this.asked?.points.length) return;
    const [axis, by] = MODEL_STEPS[event.key] ?? [];
    if (!axis && event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    event.stopPropagation(); // the notebook would otherwise move to another cell
    const order = [...this.asked.points].sort((one, other) => (axis === "y" ? one.y - other.y || one.x - other.x : one.x - other.x || one.y - other.y));
    const at = order.findIndex(({ record }) => record.title === this.asked.chosen);
    const last = order.length - 1;
    const next = { Home: 0, End: last }[event.key] ?? (at < 0 ? 0 : Math.min(last, Math.max(0, at + by)));
    this.onChoose(order[next].record.title);
  }

  x(value) {
    const [low, high] = this.across;
    const share = this.asked.log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    return MODEL_LEFT + share * (this.wide - MODEL_LEFT - MODEL_RIGHT);
  }

  y(value) {
    const [low, high] = this.upwards;
    return this.high - MODEL_BELOW - ((value - low) / (high - low)) * (this.high - MODEL_BELOW - MODEL_TOP);
  }

  // `asked`: points, titles of the axes, log, whole (the axis counts in whole numbers), alike, frontier, moves, chosen.
  show(asked) {
    this.asked = asked;
    this.redraw();
  }

  redraw() {
    this.wide = this.element.clientWidth;
    if (!this.asked || !this.wide) return;
    const { points, log, whole, moves } = this.asked;
    this.high = Math.round(Math.min(MODEL_MOST, Math.max(MODEL_LEAST, this.wide * 0.62)));
    for (const [name, value] of Object.entries({ width: this.wide, height: this.high, viewBox: `0 0 ${this.wide} ${this.high}` })) {
      this.svg.setAttribute(name, value);
    }
    const before = moves ? points.filter(({ first }) => first).map(({ first }) => first) : [];
    this.across = modelRange(points.length ? [...points.map(({ x }) => x), ...before.map(([x]) => x)] : [1, 10], { log, whole });
    this.upwards = modelRange(points.length ? [...points.map(({ y }) => y), ...before.map(([, y]) => y)] : [0, 100], {});
    this.drawFrame();
    this.drawBubbles();
    this.drawLines();
    this.drawLabels();
  }

  drawFrame() {
    const { log, whole, xTitle, yTitle } = this.asked;
    const [left, right, bottom] = [MODEL_LEFT, this.wide - MODEL_RIGHT, this.high - MODEL_BELOW];
    const across = modelTicks(...this.across, { log, most: this.wide < 420 ? 4 : 8 }).filter((tick) => !whole || tick % 1 === 0);
    const upwards = modelTicks(...this.upwards, { most: 8 });
    const lines = [...upwards.map((tick) => `M${left} ${this.y(tick).toFixed(1)}H${right}`), ...across.map((tick) => `M${this.x(tick).toFixed(1)} ${MODEL_TOP}V${bottom}`)];
    this.frame.setAttribute("d", lines.join(""));
    const words = [
      ...upwards.map((tick) => [left - 8, this.y(tick) + 4, String(tick), "end"]),
      ...across.map((tick) => [this.x(tick), bottom + 18, String(Number(tick.toPrecision(6))), "middle"]),
      [(left + right) / 2, this.high - 8, xTitle, "middle"],
      [15, (MODEL_TOP + bottom) / 2, yTitle, "middle", `rotate(-90 15 ${(MODEL_TOP + bottom) / 2})`],
    ];
    this.texts.replaceChildren(...words.map(([x, y, text, anchor, turn = ""]) => {
      const element = drawSvg("text", { x, y, "text-anchor": anchor, transform: turn });
      element.textContent = text;
      return element;
    }));
  }

  drawBubbles() {
    const { points, alike } = this.asked;
    const most = Math.max(...points.map(({ bubble }) => bubble), 1e-9);
    const widest = Math.min(BUBBLE_MOST, this.wide / 26); // a phone has less room
    const radius = ({ bubble }) => (alike ? BUBBLE_ALIKE : BUBBLE_LEAST + (widest - BUBBLE_LEAST) * Math.sqrt(bubble / most));
    this.places = points.map((point) => ({ point, x: this.x(point.x), y: this.y(point.y), radius: radius(point) }));
    const old = new Set(this.elements.keys());
    for (const { point, x, y, radius: wide } of [...this.places].sort((one, other) => other.radius - one.radius)) {
      const { title, family } = point.record;
      if (!this.elements.has(title)) this.elements.set(title, drawSvg("path", {}));
      const element = this.elements.get(title);
      element.setAttribute("class", `cnn-model-bubble cnn-family-${family}`);
      element.setAttribute("d", modelShape(family, wide));
      element.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
      this.bubbles.append(element); // large ones first, so that small ones lie on top
      old.delete(title);
    }
    for (const title of old) {
      this.elements.get(title).remove();
      this.elements.delete(title);
    }
  }

  drawLines() {
    const { points, frontier, moves } = this.asked;
    const edge = frontier ? points.filter((point) => point.edge) : [];
    const steps = edge.map(({ x, y }, at) => `${at ? `H${this.x(x).toFixed(1)}V` : `M${this.x(x).toFixed(1)} `}${this.y(y).toFixed(1)}`);
    this.steps.setAttribute("d", steps.join(""));
    const ways = moves ? points.filter(({ first }) => first) : [];
    this.ways.setAttribute("d", ways.map(({ x, y, first }) => `M${this.x(first[0]).toFixed(1)} ${this.y(first[1]).toFixed(1)}L${this.x(x).toFixed(1)} ${this.y(y).toFixed(1)}`).join(""));
  }

  // The chosen one, the learner's own and those on the frontier have their names beside them, where there is room.
  drawLabels() {
    const { chosen, frontier } = this.asked;
    const rank = ({ point }) => (point.record.title === chosen ? 0 : point.record.family === "own" ? 1 : 2);
    const edge = frontier ? this.places.filter((place) => place.point.edge && rank(place) === 2) : [];
    const every = Math.ceil(edge.length / Math.max(3, Math.floor(this.wide / 75))); // a phone has room for few
    const some = edge.filter((place, at) => (edge.length - 1 - at) % every === 0);
    const named = [...this.places.filter((place) => rank(place) < 2), ...some].sort((one, other) => rank(one) - rank(other));
    const taken = [];
    const labels = [];
    for (const place of named) {
      const box = this.labelBox(place, taken, rank(place) === 0);
      if (!box) continue;
      taken.push(box);
      const text = drawSvg("text", { x: box.x.toFixed(1), y: (box.y + 12).toFixed(1), class: rank(place) ? "cnn-model-label" : "cnn-model-label cnn-model-chosen" });
      text.textContent = place.point.record.title;
      labels.push(text);
    }
    this.labels.replaceChildren(...labels);
    const at = this.places.find(({ point }) => point.record.title === chosen);
    this.ring.toggleAttribute("hidden", !at);
    this.ring.setAttribute("class", at ? "cnn-model-ring" : "cnn-model-ring cnn-model-none");
    if (at) for (const [name, value] of Object.entries({ cx: at.x.toFixed(1), cy: at.y.toFixed(1), r: (at.radius + 5).toFixed(1) })) this.ring.setAttribute(name, value);
  }

  labelBox({ point, x, y, radius }, taken, must) {
    const width = point.record.title.length * LETTER_WIDE;
    const [left, above] = [x - radius * 0.7 - 4 - width, y - radius * 0.7 - 16]; // where the frontier leaves most room
    const sides = [[left, above], [x + radius + 7, y - 8], [x - width / 2, y - radius - 22], [x - width / 2, y + radius + 6]];
    const boxes = sides.map(([from, top]) => ({ x: Math.max(MODEL_LEFT, Math.min(this.wide - width - 2, from)), y: Math.max(2, top), width, height: 16 }));
    const free = (box) => taken.every((other) => box.x > other.x + other.width || other.x > box.x + box.width || box.y > other.y + other.height || other.y > box.y + box.height);
    return boxes.find(free) ?? (must ? boxes[0] : null);
  }

  label(words) {
    if (this.svg.getAttribute("aria-label") !== words) this.svg.setAttribute("aria-label", words);
  }
}
