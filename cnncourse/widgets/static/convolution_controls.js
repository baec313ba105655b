// The controls of the convolution explorer: walking, settings, the kernel. They write to the model and nowhere else.

import { button, choice, numberField, slider, toggle } from "./controls.js";
import { make } from "./dom.js";
import { KernelGrid, resizedKernel } from "./kernel_grid.js";
import { ownPicture } from "./own_picture.js";
import { fromRows, toRows, toWire } from "./wire.js";

const MODE_WORDS = [
  ["zeros", "zeros"],
  ["constant", "constant"],
  ["reflect", "reflect (mirror)"],
  ["replicate", "replicate (edge)"],
];
const SIZES = [1, 2, 3, 4, 5, 6, 7].map((size) => [String(size), String(size)]);
const OWN = "own";
const CONVOLUTION_LIMIT = 65536; // pixels of a dropped picture, as LIMIT in convolution_explorer.py

export const CONVOLUTION_KEYS = [
  ["← ↑ → ↓", "on either picture: move the window"],
  ["Shift + ← ↑ → ↓", "on the picture: point at one input cell and see the outputs it takes part in"],
  ["Escape", "stop pointing"],
  ["pointer", "over an output cell: its inputs; over an input cell: its outputs; drag the window to move it"],
];

const sameRows = (a, b) => JSON.stringify(a) === JSON.stringify(b);

export function walkControls(walk) {
  const play = button({ text: "Play", onClick: walk.playOrPause, look: "cnn-primary" });
  const place = slider({ label: "Place", min: 1, max: 1, value: 1, onInput: (at) => walk.goTo(at - 1) });
  const reveal = toggle({ label: "fill in the output as the window walks", value: true, onChange: walk.setReveal });
  place.element.classList.add("cnn-wide");
  const element = make(
    "div",
    { class: "cnn-row cnn-walk", role: "group", "aria-label": "walk" },
    play,
    button({ text: "Step", onClick: walk.step }),
    button({ text: "Reset", onClick: walk.reset }),
    place.element,
    reveal.element,
  );
  const show = ({ count, at, playing, shown }) => {
    play.textContent = playing ? "Pause" : "Play";
    place.limit(1, Math.max(1, count));
    place.set(at + 1);
    place.element.querySelector("output").textContent = `${at + 1} of ${count}`;
    place.input.setAttribute("aria-valuetext", `place ${at + 1} of ${count}`);
    reveal.set(shown);
  };
  return { element, show };
}

export function settingControls(change) {
  const stride = slider({ label: "Stride", min: 1, max: 5, onInput: (value) => change({ stride: value }) });
  const padding = slider({ label: "Padding", min: 0, max: 5, onInput: (value) => change({ padding: value }) });
  const mode = choice({ label: "Mode", options: MODE_WORDS, value: "zeros", onChange: (value) => change({ mode: value }) });
  const value = numberField({ label: "Constant", value: 0, onChange: (number) => change({ value: number }) });
  const element = make("div", { class: "cnn-row" }, stride.element, padding.element, mode.element, value.element);
  const show = (state, takes) => {
    stride.limit(1, Math.max(5, state.stride));
    padding.limit(0, Math.max(5, state.padding));
    stride.input.disabled = !takes.includes("stride");
    stride.set(state.stride);
    padding.set(state.padding);
    mode.set(state.mode);
    value.set(state.value);
    value.element.hidden = state.mode !== "constant";
  };
  return { element, show };
}

export function kernelControls(change) {
  const grid = new KernelGrid((kernel) => change({ kernel: toRows(kernel) }));
  let presets = {};
  let rows = [[1]];
  const named = choice({
    label: "Kernel",
    options: [[OWN, "your own"]],
    value: OWN,
    onChange: (name) => name !== OWN && change({ kernel: presets[name] }),
  });
  const resize = (height, width) => change({ kernel: toRows(resizedKernel(fromRows(rows), height, width)) });
  const high = choice({ label: "Rows", options: SIZES, value: "3", onChange: (n) => resize(Number(n), rows[0].length) });
  const wide = choice({ label: "Columns", options: SIZES, value: "3", onChange: (n) => resize(rows.length, Number(n)) });
  // "Rows" and "Columns" stand on one line as a size; each list keeps its own name for those who listen.
  high.input.setAttribute("aria-label", "kernel rows");
  wide.input.setAttribute("aria-label", "kernel columns");
  high.element.querySelector("label").textContent = "Size";
  const times = make("span", { "aria-hidden": "true" }, "×");
  high.element.append(times, wide.input);
  const element = make("div", { class: "cnn-row" }, named.element, high.element);
  const offer = (kernels) => {
    presets = kernels;
    named.fill([...Object.keys(kernels).map((name) => [name, name]), [OWN, "your own"]]);
  };
  const show = (kernel) => {
    if (kernel === rows) return; // most changes are of other settings
    rows = kernel;
    named.set(Object.keys(presets).find((name) => sameRows(presets[name], kernel)) ?? OWN);
    // A kernel made in Python may be larger than the lists offer.
    for (const [list, size] of [[high, kernel.length], [wide, kernel[0].length]]) {
      list.fill(size > 7 ? [...SIZES, [String(size), String(size)]] : SIZES);
      list.set(String(size));
    }
    grid.show(fromRows(kernel));
  };
  return { element, grid: grid.element, offer, show };
}

// The page names its pictures itself, so that an answer to the one before is never taken for an answer to this one.
export function pictureControl(target, change) {
  const fresh = () => ({ image_id: `page-${performance.now()}`, position: [0, 0], reveal: false });
  return ownPicture({
    target,
    limit: CONVOLUTION_LIMIT,
    grey: true,
    onPicture: (picture, note) => change({ image: toWire(picture), note, ...fresh() }),
    onProblem: (note) => change({ note }),
  });
}
