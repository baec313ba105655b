// The controls of the pixel explorer, in three groups: where to look, arithmetic, and the six challenges.

import { CHALLENGE_NAMES } from "./challenges.js";
import { button, choice, slider, toggle } from "./controls.js";
import { make } from "./dom.js";
import { formatNumber } from "./numbers.js";

const FLIPS = [["none", "none"], ["left-right", "left to right"], ["up-down", "upside down"]];
const CHANNELS = [["colour", "all three"], ["red", "red"], ["green", "green"], ["blue", "blue"], ["grey", "grey"]];

function group(title, ...children) {
  return make("fieldset", { class: "cnn-group" }, make("legend", {}, title), ...children);
}

export function lookControls({ onZoom, onWhole, change }) {
  // The slider counts doublings, so that each step looks like the one before.
  const zoom = slider({ label: "Zoom", min: 0, max: 5, step: 0.1, text: (x) => `${formatNumber(2 ** x, 1)} ×`, onInput: (x) => onZoom(2 ** x) });
  const channel = choice({ label: "Channel", options: CHANNELS, value: "colour", onChange: (value) => change({ channel: value }) });
  zoom.element.classList.add("cnn-wide");
  const element = make("div", { class: "cnn-row" }, zoom.element, button({ text: "Whole picture", onClick: onWhole }), channel.element);
  const show = (state, { factor, most, colour }) => {
    zoom.limit(0, Math.max(0, Math.round(Math.log2(most) * 10) / 10));
    zoom.set(Math.log2(factor));
    channel.set(state.channel);
    channel.element.hidden = !colour;
  };
  return { element, show };
}

export function arithmeticControls(change) {
  const brightness = slider({ label: "Brightness", min: -1, max: 1, step: 0.05, text: (x) => formatNumber(x), onInput: (x) => change({ brightness: x }) });
  const contrast = slider({ label: "Contrast", min: 0, max: 3, step: 0.1, text: (x) => `${formatNumber(x)} ×`, onInput: (x) => change({ contrast: x }) });
  const invert = toggle({ label: "negative", value: false, onChange: (on) => change({ invert: on }) });
  const flip = choice({ label: "Flip", options: FLIPS, value: "none", onChange: (value) => change({ flip: value }) });
  const row = make("div", { class: "cnn-row" }, flip.element, invert.element);
  const element = group("Arithmetic", brightness.element, contrast.element, row);
  const show = (state) => {
    brightness.set(state.brightness);
    contrast.set(state.contrast);
    invert.set(state.invert);
    flip.set(state.flip);
  };
  return { element, show };
}

export function challengeControls(change) {
  const sliders = Object.fromEntries(
    CHALLENGE_NAMES.map((name) => [
      name,
      slider({
        label: name[0].toUpperCase() + name.slice(1),
        min: 0,
        max: 1,
        step: 0.02,
        text: (x) => `${Math.round(100 * x)} %`,
        onInput: (x) => change({ [name]: x }),
      }),
    ]),
  );
  const grid = make("div", { class: "cnn-six" }, ...Object.values(sliders).map((one) => one.element));
  const show = (state) => CHALLENGE_NAMES.forEach((name) => sliders[name].set(state[name]));
  return { element: group("Six challenges: the pixels move, the name stays", grid), show };
}

export function distanceBar() {
  const bar = make("meter", { min: "0", max: "1", "aria-label": "pixel distance to the original" });
  const number = make("strong");
  const label = make("span", { class: "cnn-aside-inline" });
  const element = make("p", { class: "cnn-distance" }, "Pixel distance to the original ", bar, number, label);
  const show = (distance, name) => {
    bar.value = Number.isNaN(distance) ? 0 : distance;
    number.textContent = formatNumber(distance, 3);
    label.textContent = name ? `still “${name}”` : "";
  };
  return { element, show };
}
