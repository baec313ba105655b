// The blur explorer: a photograph, the strength of a blur on a slider, and what is left of its edges.

import { bellKernel, blurPicture, edgeStrength, removedBy } from "./blur.js";
import { ArrayView } from "./canvas.js";
import { rangeOf } from "./colour.js";
import { choice, slider } from "./controls.js";
import { make, setText } from "./dom.js";
import { atMostEvery, oncePerFrame } from "./frame.js";
import { legend } from "./legend.js";
import { formatNumber } from "./numbers.js";
import { ownPicture } from "./own_picture.js";
import { captioned, openShell } from "./shell.js";
import { fromWire, toWire } from "./wire.js";

const BLUR_LIMIT = 65536; // pixels of a dropped picture, as LIMIT in blur_explorer.py
const BLUR_STEP = 0.25;
const KINDS = { blurred: "grey", edges: "grey", removed: "signed" };

class BlurView {
  constructor(model, el) {
    this.model = model;
    this.redraw = oncePerFrame(() => this.draw());
    this.save = atMostEvery(120, () => model.save_changes());
    this.build(el);
    this.names = ["image", "sigma", "show", "note"].map((name) => `change:${name}`);
    for (const name of this.names) model.on(name, this.redraw);
    this.redraw();
  }

  build(el) {
    this.shell = openShell(el, "Blur explorer");
    this.picture = new ArrayView({ label: "picture" });
    this.result = new ArrayView({ label: "result" });
    this.kernel = new ArrayView({ label: "kernel", maxCell: 12, maxHeight: 110 });
    this.scale = legend();
    this.title = make("span", {}, "");
    this.size = make("p", { class: "cnn-size" });
    const { model } = this;
    this.strength = slider({
      label: "Sigma",
      max: model.get("strongest"),
      step: BLUR_STEP,
      text: (sigma) => `${formatNumber(sigma)} px`,
      onInput: (sigma) => this.change({ sigma }),
    });
    this.strength.element.classList.add("cnn-wide");
    this.shown = choice({
      label: "Show",
      options: Object.entries(model.get("shows")),
      value: model.get("show"),
      onChange: (show) => this.change({ show }),
    });
    const file = ownPicture({
      target: this.shell.root,
      limit: BLUR_LIMIT,
      grey: true,
      onPicture: (picture, note) => this.change({ image: toWire(picture), note }),
      onProblem: (note) => this.change({ note }),
    });
    const stage = make(
      "div",
      { class: "cnn-stage" },
      captioned("Picture", this.picture.element),
      captioned(this.title, this.result.element, this.scale.element),
    );
    const controls = make("div", { class: "cnn-row" }, this.strength.element, this.shown.element, file);
    this.shell.body.append(stage, controls, captioned("Kernel: the brighter a cell, the more its pixel counts", this.kernel.element, this.size));
  }

  change(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.save();
    this.redraw();
  }

  draw() {
    const [wire, sigma, show] = ["image", "sigma", "show"].map((name) => this.model.get(name));
    if (wire !== this.wire) {
      [this.wire, this.image, this.sigma] = [wire, fromWire(wire), null];
      this.picture.show(this.image, { kind: "grey" });
      this.picture.label(`picture of ${this.image.height} by ${this.image.width} pixels`);
    }
    if (sigma !== this.sigma) this.blur(sigma);
    this.drawResult(show);
    this.strength.set(sigma);
    this.shown.set(show);
    this.shell.note(this.model.get("note"));
  }

  blur(sigma) {
    this.sigma = sigma;
    this.blurred = blurPicture(this.image, sigma);
    const bell = bellKernel(sigma);
    this.kernel.show(bell, { kind: "heat", range: [0, bell.data[(bell.data.length - 1) / 2]] });
    const side = bell.width;
    this.kernel.label(`kernel of ${side} by ${side} weights, largest in the middle`);
    const largest = bell.data[(bell.data.length - 1) / 2];
    const words = `${side} × ${side} = ${side * side} weights; the largest is ${formatNumber(largest, 4)}, their sum 1`;
    setText(this.size, words);
  }

  drawResult(show) {
    const words = this.model.get("shows")[show];
    const result = { blurred: () => this.blurred, edges: () => edgeStrength(this.blurred) }[show]?.();
    const array = result ?? removedBy(this.image, this.blurred);
    const look = { kind: KINDS[show], range: show === "edges" ? [0, strongest(array)] : rangeOf(array.data, KINDS[show]) };
    this.result.show(array, look);
    this.result.label(`${words}, sigma ${formatNumber(this.sigma)} pixels`);
    this.scale.show(look);
    setText(this.title, words[0].toUpperCase() + words.slice(1));
    this.shell.speak(`${words}, sigma ${formatNumber(this.sigma)}, values from ${formatNumber(look.range[0])} to ${formatNumber(look.range[1])}`);
  }

  close() {
    for (const name of this.names) this.model.off(name, this.redraw);
    for (const view of [this.picture, this.result, this.kernel]) view.destroy();
    this.redraw.cancel();
    this.save.cancel();
    this.shell.close();
  }
}

// Edges are shown up to their own strongest value, so that the eye compares edges and not blurs.
const strongest = ({ data }) => rangeOf(data, "signed")[1];

function render({ model, el }) {
  const view = new BlurView(model, el);
  return () => view.close();
}

export default { render };
