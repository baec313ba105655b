// The learning explorer: a kernel on its way to a target, its error, and a learning rate that can be too large.

import { ArrayView } from "./canvas.js";
import { LineChart } from "./chart.js";
import { button, choice, slider } from "./controls.js";
import { make, setText } from "./dom.js";
import { atMostEvery, oncePerFrame } from "./frame.js";
import { farthestWeight, learnWeights } from "./learning.js";
import { formatNumber } from "./numbers.js";
import { captioned, openShell } from "./shell.js";
import { fromRows } from "./wire.js";

const LEARNING_STATE = ["kernel", "moments", "picture", "rate", "step", "steps"];
const LEARNING_PACE = 60; // milliseconds a step while playing
const POWERS = [-8, 4]; // of ten: the error's scale stays the same, so that rates can be compared

const small = (value) => (value > 0 && value < 0.001 ? value.toExponential(0).replace("-", "−") : formatNumber(value, 3));

class LearningView {
  constructor(model, el) {
    this.model = model;
    this.timer = 0;
    this.redraw = oncePerFrame(() => this.draw());
    this.save = atMostEvery(120, () => model.save_changes());
    this.build(el);
    this.names = LEARNING_STATE.map((name) => `change:${name}`);
    for (const name of this.names) model.on(name, this.redraw);
    this.redraw();
  }

  build(el) {
    const { model } = this;
    this.shell = openShell(el, "Learning explorer");
    this.now = new ArrayView({ label: "kernel", maxHeight: 170 });
    this.target = new ArrayView({ label: "target", maxHeight: 170 });
    [this.error, this.weights] = [new LineChart(), new LineChart()];
    this.title = make("span");
    this.words = make("p", { class: "cnn-arithmetic" });
    this.play = button({ text: "Play", onClick: () => (this.timer ? this.pause() : this.start()), look: "cnn-primary" });
    const reset = button({ text: "Reset", onClick: () => (this.pause(), this.change({ step: 0 })) });
    this.step = slider({ label: "Step", max: 1, onInput: (step) => (this.pause(), this.change({ step })) });
    this.step.element.classList.add("cnn-wide");
    this.rate = slider({ label: "Learning rate", max: 1, step: 0.001, text: (x) => formatNumber(x, 3), onInput: (rate) => this.change({ rate }) });
    this.rate.element.classList.add("cnn-wide");
    const pictures = model.get("names").map((name) => [name, name]);
    this.picture = choice({ label: "Learns from", options: pictures, value: model.get("picture"), onChange: (name) => this.learnFrom(name) });
    this.picture.element.hidden = pictures.length < 2;
    const stage = make(
      "div",
      { class: "cnn-stage" },
      captioned(this.title, this.now.element),
      captioned("Target: never shown to the kernel", this.target.element),
      captioned("Error after each step", this.error.element),
      captioned("Weights after each step", this.weights.element),
    );
    const walk = make("div", { class: "cnn-row" }, this.play, reset, this.step.element);
    this.shell.body.append(stage, this.words, walk, make("div", { class: "cnn-row" }, this.rate.element, this.picture.element));
  }

  // Each picture bears another rate; the new one is as near to running away as the old one was.
  learnFrom(picture) {
    const limits = this.model.get("limits");
    const share = this.model.get("rate") / limits[this.model.get("picture")];
    this.change({ picture, rate: share * limits[picture] });
  }

  start() {
    const tick = () => {
      const step = this.model.get("step") + 1;
      if (step > this.model.get("steps")) return this.pause();
      this.timer = setTimeout(tick, LEARNING_PACE);
      return this.change({ step });
    };
    if (this.model.get("step") >= this.model.get("steps")) this.change({ step: 0 });
    this.timer = setTimeout(tick, LEARNING_PACE);
    this.redraw();
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.redraw();
  }

  change(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.save();
    this.redraw();
  }

  learn(state) {
    const key = JSON.stringify([state.kernel, state.picture, state.rate, state.steps]);
    if (key === this.key) return;
    this.key = key;
    this.way = learnWeights(state.kernel, state.moments[state.picture], state.rate, state.steps);
    this.most = state.kernel.flat().reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) || 1;
    this.target.show(fromRows(state.kernel), { kind: "signed", range: [-this.most, this.most] });
    const [low, high] = POWERS;
    this.error.show({ lines: [this.way.losses], low, high, ticks: [-8, -4, 0, 4], log: true });
    const lines = state.kernel.flat().map((_, at) => this.way.kernels.map((weights) => weights[at]));
    const reach = 1.5 * this.most;
    this.weights.show({ lines, low: -reach, high: reach, ticks: [-this.most, 0, this.most] });
  }

  draw() {
    const state = Object.fromEntries(LEARNING_STATE.map((name) => [name, this.model.get(name)]));
    this.learn(state);
    const step = Math.min(state.step, state.steps);
    const weights = this.way.kernels[step];
    const width = state.kernel[0].length;
    const data = Float64Array.from(weights);
    this.now.show({ height: state.kernel.length, width, data }, { kind: "signed", range: [-this.most, this.most], decimals: 2 });
    setText(this.title, `Kernel at step ${step}`);
    const limit = this.model.get("limits")[state.picture];
    const words =
      `Step ${step} of ${state.steps}: error ${small(this.way.losses[step])}, ` +
      `farthest weight ${small(farthestWeight(weights, state.kernel))} off. ` +
      (state.rate > limit ? `This rate is above ${formatNumber(limit, 3)}: each step overshoots by more than it came from.` : "");
    setText(this.words, words);
    this.now.label(`kernel at step ${step}: ${weights.map((weight) => formatNumber(weight)).join(", ")}`);
    this.target.label(`target: ${state.kernel.flat().map((weight) => formatNumber(weight)).join(", ")}`);
    this.error.markAt(step, `error over steps, on a scale of powers of ten; ${words}`);
    this.weights.markAt(step, `the weights over steps; ${words}`);
    this.showControls(state, step, limit);
    this.shell.speak(words);
  }

  showControls(state, step, limit) {
    this.play.textContent = this.timer ? "Pause" : "Play";
    this.step.limit(0, state.steps);
    this.step.set(step);
    // The browser moves a value into the range, so the range comes first.
    const most = Math.max(limit * this.model.get("too_far"), state.rate);
    this.rate.input.step = String(10 ** Math.floor(Math.log10(most / 100)));
    this.rate.limit(0, most);
    this.rate.set(state.rate);
    this.picture.set(state.picture);
  }

  close() {
    clearTimeout(this.timer);
    for (const name of this.names) this.model.off(name, this.redraw);
    for (const view of [this.now, this.target]) view.destroy();
    this.redraw.cancel();
    this.save.cancel();
    this.shell.close();
  }
}

function render({ model, el }) {
  const view = new LearningView(model, el);
  return () => view.close();
}

export default { render };
