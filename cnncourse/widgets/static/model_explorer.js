// The explorer of networks: what accuracy costs, all of torchvision's networks in one picture, the learner's among them.

import { make, setText } from "./dom.js";
import { atMostEvery, oncePerFrame } from "./frame.js";
import { ModelChart } from "./model_chart.js";
import { modelControls } from "./model_controls.js";
import { modelPoints, modelTold, modelValue, modelWords } from "./model_points.js";
import { captioned, faultParts, openShell } from "./shell.js";

const MODEL_STATE = ["networks", "own", "x", "y", "bubble", "recipe", "hidden", "chosen", "log", "frontier", "moves", "fault", "note"];
const MODEL_KEYS = [
  ["← →", "on the picture: to the next network by cost"],
  ["↑ ↓", "to the next one by accuracy"],
  ["Home, End", "to the first and the last"],
  ["pointer", "point at a bubble"],
];
const MODEL_COLUMNS = ["network", "family", "year", "parameters, millions", "multiply-adds, billions", "file, MiB", "top-1, %", "top-5, %"];

const cellText = (value, digits) => (typeof value === "number" ? value.toFixed(digits) : "–");

class ModelView {
  constructor(model, el) {
    this.model = model;
    this.redraw = oncePerFrame(() => this.draw());
    this.save = atMostEvery(120, () => model.save_changes());
    this.build(el);
    this.names = MODEL_STATE.map((name) => `change:${name}`);
    for (const name of this.names) model.on(name, this.redraw);
    this.redraw();
  }

  build(el) {
    this.shell = openShell(el, "Explorer of networks", MODEL_KEYS);
    this.shell.root.classList.add("cnn-model");
    this.words = { families: this.model.get("families"), offers: this.model.get("offers") };
    this.chart = new ModelChart({ onChoose: (chosen) => chosen !== this.model.get("chosen") && this.change({ chosen }) });
    this.controls = modelControls({ ...this.words, change: (values) => this.change(values), hide: (family, on) => this.hide(family, on) });
    this.reading = make("p", { class: "cnn-reading-line cnn-model-reading" });
    this.body = make("tbody");
    this.table = make("details", { class: "cnn-keys", ontoggle: this.redraw }, make("summary", {}, "All that is shown as a table"), this.tableElement());
    this.shell.body.append(captioned("What they reach, and what it costs", this.chart.element, this.reading), this.controls.element, this.table);
  }

  tableElement() {
    const head = MODEL_COLUMNS.map((title) => make("th", { scope: "col" }, title));
    const table = make("table", {}, make("thead", {}, make("tr", {}, ...head)), this.body);
    return make("div", { class: "cnn-model-table", tabindex: "0", role: "region", "aria-label": "Table of networks" }, table);
  }

  hide(family, on) {
    const others = this.model.get("hidden").filter((one) => one !== family);
    this.change({ hidden: on ? others : [...others, family] });
  }

  change(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.save();
    this.redraw();
  }

  draw() {
    const state = Object.fromEntries(MODEL_STATE.map((name) => [name, this.model.get(name)]));
    const points = modelPoints(state.networks, state.own, state);
    const { offers } = this.words;
    const whole = state.x === "year";
    const titles = { xTitle: offers.x[state.x], yTitle: offers.y[state.y] };
    this.chart.show({ ...state, ...titles, points, whole, log: state.log && !whole, alike: state.bubble === "none" });
    this.controls.show(state, points);
    this.shell.note(state.note);
    this.shell.fault(state.fault ? faultParts({ message: state.fault, name: "Your network" }) : null);
    if (this.table.open) this.fillTable(points);
    this.say(state, points);
  }

  say(state, points) {
    const missing = state.own.filter((one) => modelValue(one, state.x) === null || modelValue(one, state.y) === null).map(({ title }) => title);
    const words = modelWords(points, state, { ...this.words, missing });
    const chosen = points.find(({ record }) => record.title === state.chosen);
    setText(this.reading, chosen ? modelTold(chosen, points, state.x, this.words) : words);
    this.chart.label(words);
    this.shell.speak(chosen ? modelTold(chosen, points, state.x, this.words) : words);
  }

  fillTable(points) {
    this.body.replaceChildren(...points.map(({ record }) => {
      const family = this.words.families[record.family] ?? "your own";
      const numbers = [cellText(record.parameters / 1e6, 1), cellText(record.multiply_adds, 3), cellText(record.file_size, 1), cellText(record.top1, 1), cellText(record.top5, 1)];
      const cells = [family, String(record.year ?? "–"), ...numbers].map((text) => make("td", {}, text));
      return make("tr", {}, make("th", { scope: "row" }, record.title), ...cells);
    }));
  }

  close() {
    for (const name of this.names) this.model.off(name, this.redraw);
    this.redraw.cancel();
    this.save.cancel();
    this.chart.destroy();
    this.shell.close();
  }
}

export default {
  render({ model, el }) {
    const view = new ModelView(model, el);
    return () => view.close();
  },
};
