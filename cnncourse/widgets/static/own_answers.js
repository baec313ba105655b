// Answers of a learner's own function, which runs in the kernel: asked for when the settings changed, one at a time.

import { agreementWords, settingsKey } from "./convolution_scene.js";
import { Questions } from "./frame.js";
import { fromWire } from "./wire.js";

const PATIENCE = 1500; // milliseconds before a missing answer is mentioned
const GRACE = 80; // milliseconds that the drawing waits for an answer, so that picture and output change together
const BUSY = "The notebook has not answered yet. If it is busy, interrupt it; if it was shut down, run the cell again.";
const RECORDED =
  "This page runs no Python, so the function cannot be asked anew: kernel, stride and padding are locked. " +
  "Open the notebook to change them.";

export class OwnAnswers {
  constructor(model, settings, redraw) {
    this.model = model;
    this.settings = settings;
    this.asked = "";
    this.late = false;
    this.hasty = false;
    this.timers = [];
    this.questions = new Questions((question) => {
      model.set("question", question);
      model.save_changes();
      this.forget();
      this.hasty = true;
      const soon = setTimeout(() => ((this.hasty = false), redraw()), GRACE);
      this.timers = [soon, setTimeout(() => ((this.late = true), redraw()), PATIENCE)];
    });
  }

  get active() {
    return this.model.get("own");
  }

  // A page without a running notebook has the answer that was saved, and will never get another.
  get recorded() {
    return this.active && !this.model.widget_manager;
  }

  // Asks if the last answer belongs to other settings, and returns whether it did.
  ask() {
    const key = settingsKey(this.settings());
    const { settings } = this.model.get("answer") ?? {};
    if (key === this.asked || (settings && key === settingsKey(settings))) return false;
    this.asked = key;
    this.questions.put(this.settings());
    return true;
  }

  // The newest answer, and whether it is one to the settings shown; null where the page itself computes.
  read() {
    if (!this.active) return null;
    const answer = this.model.get("answer") ?? {};
    if (this.questions.answered(answer.id) || this.questions.waitingFor === null) {
      this.forget();
      this.late = false;
    }
    const current = Boolean(answer.settings) && settingsKey(answer.settings) === settingsKey(this.settings());
    if (current) this.asked = "";
    else this.ask();
    if (answer !== this.answer) [this.answer, this.output] = [answer, answer.fault ? null : fromWire(answer.output)];
    return { current, fault: current ? answer.fault : null, output: this.output };
  }

  words(own, reference) {
    const agreement = own.current && own.output ? agreementWords(own.output, reference).words : "";
    if (this.recorded) return `${agreement} ${RECORDED}`.trim();
    return own.current || !this.late ? agreement : BUSY;
  }

  // Whether an answer is expected any moment.
  get due() {
    const { waitingFor } = this.questions;
    return this.hasty && waitingFor !== null && this.model.get("answer")?.id !== waitingFor;
  }

  forget() {
    for (const timer of this.timers) clearTimeout(timer);
  }

  close() {
    this.forget();
  }
}
