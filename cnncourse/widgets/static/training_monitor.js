// The training monitor: curves that grow while a network learns in the kernel, and the buttons that steer it.

import { slider, toggle } from "./controls.js";
import { make, setText } from "./dom.js";
import { atMostEvery, oncePerFrame, Questions } from "./frame.js";
import { captioned, faultParts, openShell } from "./shell.js";
import { TrainingChart } from "./training_chart.js";
import { stepWords, trainingControls } from "./training_controls.js";
import { CURVE, rowNearest, rowWords, trainingCurves } from "./training_curves.js";
import { trainingRuns } from "./training_runs.js";

const TRAINING_STATE = ["runs", "chosen", "live", "still", "now", "log"];
const TRAINING_SPEAKS = 6000; // milliseconds between two reports to those who listen
const TRAINING_PATIENCE = 2000; // milliseconds before a missing answer is mentioned
const TRAINING_BUSY = "The notebook has not answered yet. A cell may be running: interrupt it, or wait until it is through.";
const TRAINING_RECORDED = "This page runs no Python, so nothing can be trained here; recorded curves can be read. Open the notebook to train.";

class TrainingView {
  constructor(model, el) {
    this.model = model;
    this.alive = Boolean(model.widget_manager);
    this.epoch = null; // where the curves are read; null follows the newest step
    this.picked = null; // the run that a page without a kernel shows strong
    this.wishes = null;
    this.presses = 0;
    this.redraw = oncePerFrame(() => this.draw());
    this.report = atMostEvery(TRAINING_SPEAKS, (words) => this.shell.speak(words));
    this.settings = new Questions((question) => this.send("set", question, question.id));
    this.build(el);
    this.names = TRAINING_STATE.map((name) => `change:${name}`);
    for (const name of this.names) model.on(name, this.redraw);
    this.redraw();
  }

  build(el) {
    this.shell = openShell(el, "Training monitor");
    this.shell.root.classList.add("cnn-training");
    const onPoint = (epoch) => this.readAt(epoch);
    this.charts = [
      new TrainingChart({ column: "loss", title: "loss", onPoint }),
      new TrainingChart({ column: "accuracy", title: "accuracy, %", scale: 100, onPoint }),
    ];
    const [loss, accuracy] = this.charts;
    const stage = make(
      "div",
      { class: "cnn-stage" },
      captioned("Loss: mean of log(1 / p(label))", loss.element),
      captioned("Accuracy: share of right answers", accuracy.element),
    );
    this.words = make("p", { class: "cnn-training-words" });
    this.reading = make("p", { class: "cnn-reading-line" });
    this.place = slider({ label: "Read at", max: 1, text: (place) => this.placeWords(place), onInput: (place) => this.readRow(place) });
    this.place.element.classList.add("cnn-wide");
    this.log = toggle({ label: "Loss in powers of ten", value: false, onChange: (log) => (this.model.set("log", log), this.redraw()) });
    this.controls = trainingControls({ press: (wish) => this.press(wish), set: (wishes) => this.set(wishes) });
    this.table = trainingRuns({ choose: (place) => this.choose(place), remove: (number) => this.press("remove", number) });
    this.shell.body.append(
      stage,
      this.buildLegend(),
      make("div", { class: "cnn-row" }, this.place.element, this.log.element),
      this.reading,
      this.words,
      this.shell.faultBox,
      this.controls.element,
      this.table.element,
    );
  }

  buildLegend() {
    const key = (look, words) => make("span", { class: "cnn-training-key" }, make("span", { class: look, "aria-hidden": "true" }), words);
    this.smoothed = make("span");
    return make(
      "p",
      { class: "cnn-training-legend" },
      key("cnn-key-smooth", this.smoothed),
      key("cnn-key-raw", "single batches"),
      key("cnn-key-point", "held-out pictures, after an epoch"),
    );
  }

  // --- asking the kernel ----------------------------------------------------------------------------------------------

  send(wish, value, id) {
    this.model.send({ do: wish, value, id });
    clearTimeout(this.timer);
    this.late = false;
    if (this.alive) this.timer = setTimeout(() => ((this.late = true), this.redraw()), TRAINING_PATIENCE);
  }

  press(wish, value = null) {
    this.presses += 1;
    this.pressed = `press-${this.presses}-${Math.random().toString(36).slice(2, 8)}`;
    this.send(wish, value, this.pressed);
  }

  // The newest settings are shown until the kernel has them: a slider must not jump back under the hand.
  set(wishes) {
    this.wishes = wishes;
    this.settings.put(wishes);
    this.redraw();
  }

  choose(place) {
    this.epoch = null;
    if (this.alive) this.press("choose", this.model.get("runs")[place].number);
    else this.picked = place;
    this.redraw();
  }

  hear({ set, press }) {
    if (this.settings.answered(set) && this.settings.waitingFor === null) this.wishes = null;
    if (press === this.pressed) this.pressed = null;
    if (this.wishes === null && !this.pressed) {
      clearTimeout(this.timer);
      this.late = false;
    }
  }

  // --- reading --------------------------------------------------------------------------------------------------------

  get rows() {
    return this.curves[this.strong].rows;
  }

  readAt(epoch) {
    if (this.rows.length) this.readRow(rowNearest(this.rows, epoch));
  }

  readRow(place) {
    this.epoch = place >= this.rows.length - 1 ? null : this.rows[place][CURVE.epoch];
    this.redraw();
  }

  placeWords(place) {
    const row = this.curves && this.rows[place];
    return row ? `epoch ${row[CURVE.epoch].toFixed(2)}` : "–";
  }

  // --- drawing --------------------------------------------------------------------------------------------------------

  draw() {
    const state = Object.fromEntries(TRAINING_STATE.map((name) => [name, this.model.get(name)]));
    this.hear(state.now.heard);
    this.curves = trainingCurves(state);
    this.strong = Math.min(this.picked ?? state.chosen, this.curves.length - 1);
    this.drawCharts(state);
    this.drawReading(state);
    const { now } = state;
    const run = state.runs[this.strong];
    setText(this.words, run.words);
    this.words.classList.toggle("cnn-problem", run.state === "diverged" || run.state === "failed");
    setText(this.smoothed, `smoothed over about ${run.horizon} steps`);
    this.shell.fault(now.fault.kind ? faultParts(now.fault) : null);
    const hint = this.alive ? now.problem || (this.late ? TRAINING_BUSY : now.hint) : TRAINING_RECORDED;
    this.controls.show({ now, run, asked: this.wishes ?? { rate: now.rate, batch: now.batch }, hint, alive: this.alive });
    const [canChoose, canRemove] = this.alive ? [now.can.choose, now.can.remove] : [true, false];
    this.table.show({ runs: state.runs, chosen: this.strong, canChoose, canRemove });
    this.log.set(state.log);
    this.speak(run);
  }

  drawCharts({ now, log, runs }) {
    const [top, lowest, highest] = now.scale;
    const epochs = Math.max(...runs.map((run) => run.epochs));
    const common = { curves: this.curves, strong: this.strong, epochs };
    this.charts[0].show({ ...common, low: log ? lowest : 0, high: log ? highest : top, log });
    this.charts[1].show({ ...common, low: 0, high: 100, log: false });
  }

  drawReading({ runs }) {
    const { rows } = this;
    const place = this.epoch === null ? rows.length - 1 : rowNearest(rows, this.epoch);
    const run = runs[this.strong];
    const words = rows.length ? rowWords(rows[place], run.points) : "";
    setText(this.reading, words);
    this.place.limit(0, Math.max(0, rows.length - 1));
    this.place.set(Math.max(0, place));
    const at = this.epoch === null ? null : rows[place][CURVE.epoch];
    this.charts[0].markAt(at, `loss over epochs, run ${run.number}. ${words || run.words}`);
    this.charts[1].markAt(at, `accuracy over epochs, run ${run.number}. ${words || run.words}`);
  }

  // A change of state is told at once, progress now and then.
  speak(run) {
    const words = `${run.words} ${stepWords(run)}.`;
    if (run.state !== this.told) this.shell.speak(words);
    else if (run.state === "training") this.report(words);
    this.told = run.state;
  }

  close() {
    clearTimeout(this.timer);
    for (const name of this.names) this.model.off(name, this.redraw);
    for (const chart of this.charts) chart.destroy();
    this.redraw.cancel();
    this.report.cancel();
    this.shell.close();
  }
}

function render({ model, el }) {
  const view = new TrainingView(model, el);
  return () => view.close();
}

export default { render };
