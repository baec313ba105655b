// The controls of the shift explorer: how far, which filter, which blocks, compared with what.

import { button, choice, slider } from "./controls.js";
import { make } from "./dom.js";
import { formatNumber } from "./numbers.js";
import { LARGEST_SHIFT } from "./shift.js";

export const SHIFT_COMPARISONS = [
  ["stays", "unshifted answer: does it stay?"],
  ["moves", "answer moved along: does it move along?"],
];

export function shiftControls({ kernels, change, move, file }) {
  const along = (label, onInput) => {
    const control = slider({
      label,
      min: -LARGEST_SHIFT,
      max: LARGEST_SHIFT,
      text: (x) => `${formatNumber(x)} px`,
      onInput,
    });
    control.element.classList.add("cnn-wide");
    return control;
  };
  const right = along("Right", (x) => move({ right: x }));
  const down = along("Down", (x) => move({ down: x }));
  const size = slider({ label: "Blocks", min: 2, max: 8, text: (x) => `${x} × ${x}`, onInput: (x) => change({ size: x }) });
  const kernel = choice({
    label: "Filter",
    options: kernels.map((name) => [name, name]),
    value: kernels[0],
    onChange: (name) => change({ kernel: name }),
  });
  const compare = choice({
    label: "Compare with",
    options: SHIFT_COMPARISONS,
    value: "stays",
    onChange: (value) => change({ compare: value }),
  });
  compare.element.classList.add("cnn-shift-compare");
  const back = button({ text: "Back to 0", label: "back to shift 0", onClick: () => change({ shift: [0, 0] }) });
  const element = make(
    "div",
    { class: "cnn-shift-controls" },
    make("div", { class: "cnn-row" }, right.element, down.element, back),
    make("div", { class: "cnn-row" }, compare.element, size.element, kernel.element, file),
  );
  const show = (state) => {
    down.set(state.shift[0]);
    right.set(state.shift[1]);
    size.set(state.size);
    kernel.set(state.kernel);
    compare.set(state.compare);
  };
  return { element, show };
}
