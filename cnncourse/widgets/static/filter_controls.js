// The controls of the filter explorer: what to look for, and the settings of each detector. They write to the model.

import { choice, slider, toggle } from "./controls.js";
import { make } from "./dom.js";
import { formatNumber } from "./numbers.js";

export const OCTAVE = 0.56; // width of a Gabor filter times its frequency, when it follows; as in cnncourse/kernels.py

const pixels = (value) => `${formatNumber(value)} px`;

export function detectorControl(options, change) {
  const detector = choice({
    label: "Look for",
    options,
    value: options[0][0],
    onChange: (value) => change({ detector: value }),
  });
  return { element: detector.element, show: detector.set };
}

export function gaborControls(change) {
  const angle = slider({
    label: "Orientation",
    max: 175,
    step: 5,
    text: (value) => `${value}°`,
    onInput: (orientation) => change({ orientation }),
  });
  const frequency = slider({
    label: "Frequency",
    min: 0.03,
    max: 0.5,
    step: 0.01,
    text: (value) => `${formatNumber(value)}, one stripe in ${formatNumber(1 / value, 1)} px`,
    onInput: (value) => change({ frequency: value }),
  });
  const width = slider({
    label: "Width",
    min: 0.5,
    max: 20,
    step: 0.1,
    text: pixels,
    onInput: (sigma) => change({ sigma }),
  });
  const follow = toggle({
    label: "width follows the frequency",
    value: true,
    onChange: (on) => change({ sigma: on ? null : Number(width.input.value) }),
  });
  const row = make("div", { class: "cnn-row" }, angle.element, frequency.element, width.element, follow.element);
  const show = (state) => {
    angle.set(state.orientation);
    frequency.set(state.frequency);
    width.set(state.sigma ?? OCTAVE / state.frequency);
    width.input.disabled = state.sigma === null;
    follow.set(state.sigma === null);
  };
  return { element: row, show };
}

export function blurControl(change) {
  const blur = slider({ label: "Blur", max: 8, step: 0.25, text: pixels, onInput: (value) => change({ blur: value }) });
  blur.element.classList.add("cnn-wide");
  return { element: make("div", { class: "cnn-row" }, blur.element), show: (state) => blur.set(state.blur) };
}

export function cornerControls(change) {
  const window = slider({ label: "Window", min: 0.5, max: 6, step: 0.1, text: pixels, onInput: (value) => change({ window: value }) });
  const sensitivity = slider({ label: "Sensitivity k", min: 0.01, max: 0.24, step: 0.01, text: formatNumber, onInput: (value) => change({ sensitivity: value }) });
  const count = slider({ label: "Corners", min: 1, max: 100, onInput: (corners) => change({ corners }) });
  const show = (state) => {
    window.set(state.window);
    sensitivity.set(state.sensitivity);
    count.limit(1, Math.max(100, state.corners));
    count.set(state.corners);
  };
  return { element: make("div", { class: "cnn-row" }, window.element, sensitivity.element, count.element), show };
}

// A slider for each number that the learner's own function takes; locked where nobody can ask it anew.
export function ownControls(sliders, change, locked) {
  let values = sliders.map(({ value }) => value);
  const controls = sliders.map(({ name, least, most, step }, place) =>
    slider({
      label: name,
      min: least,
      max: most,
      step,
      text: (value) => formatNumber(value, 3),
      onInput: (value) => change({ own_values: values.map((old, at) => (at === place ? value : old)) }),
    }),
  );
  const show = (state) => {
    values = state.own_values;
    controls.forEach((control, place) => {
      const { least, most } = sliders[place];
      control.limit(Math.min(least, values[place]), Math.max(most, values[place]));
      control.set(values[place]);
      control.input.disabled = locked;
    });
  };
  return { element: make("div", { class: "cnn-row" }, ...controls.map(({ element }) => element)), show };
}

export function patchControls(options, change) {
  const search = choice({
    label: "Search",
    options,
    value: options[0][0],
    onChange: (value) => change({ search: value }),
  });
  const count = slider({ label: "Marks", min: 1, max: 20, onInput: (value) => change({ count: value }) });
  const show = (state) => {
    search.set(state.search);
    count.limit(1, Math.max(20, state.count));
    count.set(state.count);
  };
  return { element: make("div", { class: "cnn-row" }, search.element, count.element), show };
}
