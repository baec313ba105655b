// Answers of a learner's own function, which runs in the kernel: asked for when the settings changed, one at a time.
// cnncourse/widgets/_own_answers.py is the kernel's side.

import { Questions } from "./frame.js";
import { fromWire } from "./wire.js";

const PATIENCE = 1500; // milliseconds before a missing answer is mentioned
const GRACE = 80; // milliseconds that the drawing waits for an answer, so that picture and output change together
const BUSY = "The notebook has not answered yet. If it is busy, interrupt it; if it was shut down, run the cell again.";

export class OwnAnswers {
  // `settings()` is what an answer depends on, and `keyOf` a text that is the same for the same settings; `needed` says
  // whether the function's answer is what is shown; `locked` names what a page without a notebook cannot change.
  constructor(model, { settings, keyOf, needed = () => true, locked, redraw }) {
    Object.assign(this, { model, settings, keyOf, needed, locked });
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
    return this.model.get("own") && this.needed();
  }

  // A page without a running notebook has the answer that was saved, and will never get another.
  get recorded() {
    return this.model.get("own") && !this.model.widget_manager;
  }

  // Asks if the last answer belongs to other settings, and returns whether it did.
  ask() {
    const key = this.keyOf(this.settings());
    const { settings } = this.model.get("answer") ?? {};
    if (key === this.asked || (settings && key === this.keyOf(settings))) return false;
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
    const current = Boolean(answer.settings) && this.keyOf(answer.settings) === this.keyOf(this.settings());
    if (current) this.asked = "";
    else this.ask();
    if (answer !== this.answer) [this.answer, this.output] = [answer, answer.fault ? null : fromWire(answer.output)];
    return { current, fault: current ? answer.fault : null, output: this.output };
  }

  // What the learner should know about the answer; `comparison` is what the explorer itself has to say about it.
  words(own, comparison = "") {
    if (this.recorded) return `${comparison} ${this.recordedWords}`.trim();
    return own.current || !this.late ? comparison : BUSY;
  }

  get recordedWords() {
    return `This page runs no Python, so the function cannot be asked anew: ${this.locked}. Open the notebook to change that.`;
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
