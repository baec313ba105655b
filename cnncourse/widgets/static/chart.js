// A small chart of lines over steps, with a marker at one of them; drawn as SVG, so that it follows the page's colours.

import { setText } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const [CHART_WIDE, CHART_HIGH, CHART_LEFT, CHART_RIGHT, CHART_BELOW] = [360, 190, 52, 16, 24];

export function drawSvg(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

const tickText = (value, log) => (log ? `10${superscript(value)}` : String(Math.round(value * 100) / 100).replace("-", "−"));
export const superscript = (power) => [...String(power)].map((sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign] ?? "⁻").join("");

export class LineChart {
  constructor() {
    this.element = drawSvg("svg", { viewBox: `0 0 ${CHART_WIDE} ${CHART_HIGH}`, role: "img", class: "cnn-chart" });
    this.frame = drawSvg("path", { class: "cnn-chart-frame" });
    this.lines = drawSvg("g", { class: "cnn-chart-lines" });
    this.marker = drawSvg("line", { class: "cnn-chart-marker", y1: 6, y2: CHART_HIGH - CHART_BELOW });
    this.texts = drawSvg("g", { class: "cnn-chart-text" });
    this.element.append(this.frame, this.lines, this.marker, this.texts);
  }

  x(step) {
    return CHART_LEFT + (step / this.last) * (CHART_WIDE - CHART_LEFT - CHART_RIGHT);
  }

  y(value) {
    const share = (Math.min(this.high, Math.max(this.low, value)) - this.low) / (this.high - this.low);
    return CHART_HIGH - CHART_BELOW - share * (CHART_HIGH - CHART_BELOW - 8);
  }

  // `ticks` are values (or powers of ten with `log`) that get a line and a number.
  show({ lines, low, high, ticks, log = false }) {
    Object.assign(this, { low, high, last: Math.max(1, lines[0].length - 1) });
    const position = log ? (value) => this.y(value > 0 ? Math.log10(value) : low) : (value) => this.y(value);
    while (this.lines.childElementCount < lines.length) this.lines.append(drawSvg("polyline", {}));
    while (this.lines.childElementCount > lines.length) this.lines.lastChild.remove();
    lines.forEach((line, at) => {
      const points = line.map((value, step) => `${this.x(step).toFixed(1)},${position(value).toFixed(1)}`);
      this.lines.children[at].setAttribute("points", points.join(" "));
    });
    this.frame.setAttribute("d", ticks.map((tick) => `M${CHART_LEFT} ${this.y(tick)}H${CHART_WIDE - CHART_RIGHT}`).join(""));
    this.label(ticks, log);
  }

  label(ticks, log) {
    const words = ticks.map((tick) => [CHART_LEFT - 6, this.y(tick) + 4, tickText(tick, log), "end"]);
    for (const step of [0, Math.round(this.last / 2), this.last]) words.push([this.x(step), CHART_HIGH - 6, String(step), "middle"]);
    while (this.texts.childElementCount < words.length) this.texts.append(drawSvg("text", {}));
    while (this.texts.childElementCount > words.length) this.texts.lastChild.remove();
    words.forEach(([x, y, text, anchor], at) => {
      const element = this.texts.children[at];
      element.setAttribute("x", x);
      element.setAttribute("y", y);
      element.setAttribute("text-anchor", anchor);
      setText(element, text);
    });
  }

  markAt(step, words) {
    const x = this.x(step);
    this.marker.setAttribute("x1", x);
    this.marker.setAttribute("x2", x);
    if (this.element.getAttribute("aria-label") !== words) this.element.setAttribute("aria-label", words);
  }
}
