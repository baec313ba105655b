// The output with its legend, its size, and the words in its place where it cannot be.

import { outputAs, agreementWords, placeWithin, sizeWords } from "./convolution_scene.js";
import { legend } from "./legend.js";
import { make, setText } from "./dom.js";
import { captioned } from "./shell.js";

export class OutputPanel {
  constructor(view, faultBox) {
    this.view = view;
    this.scale = legend();
    this.size = make("p", { class: "cnn-size" });
    this.problem = make("p", { class: "cnn-problem", hidden: true });
    this.element = captioned("Output", view.element, this.problem, faultBox, this.scale.element, this.size);
  }

  explain(scene) {
    this.problem.hidden = !scene.problem;
    setText(this.problem, scene.problem);
    if (!scene.problem) return setText(this.size, `Output size: ${sizeWords(scene)}`);
    this.view.show(null);
    this.hide(true);
    this.shown = null;
  }

  hide(hidden) {
    this.view.element.hidden = hidden;
    this.scale.element.hidden = hidden;
  }

  // `own` is a learner's answer, or null where the page's own output is shown.
  show(scene, own, { position, reveal, at }) {
    // A learner's answer on its way leaves the last picture standing: nothing flickers.
    if (own && !own.current && this.shown) return;
    const array = own ? (own.current ? own.output : null) : scene.output;
    const [row, col] = placeWithin(position, scene.shape);
    const filled = row * scene.shape.width + col;
    const shown = [array, reveal, reveal && filled, reveal && at];
    if (this.shown?.every((part, i) => part === shown[i])) return;
    this.shown = shown;
    this.hide(!array);
    if (!array) return;
    const look = outputAs(array, scene);
    this.view.show(array, { ...look, shown: reveal ? (cell) => cell <= filled || cell === at : null });
    this.scale.show(look);
  }

  // Where a learner's answer differs; on a photograph the words say enough.
  wrongMarks(scene, own) {
    if (!own?.current || !own.output || scene.photo) return [];
    const { width } = scene.shape;
    const { wrong } = agreementWords(own.output, scene.output);
    return wrong.map((at) => ({ row: Math.floor(at / width), col: at % width, height: 1, width: 1, look: "wrong" }));
  }
}
