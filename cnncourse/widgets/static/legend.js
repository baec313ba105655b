// A strip with the colours of a map and the values at its ends.

import { MAPS } from "./colour.js";
import { make, setText } from "./dom.js";
import { formatNumber } from "./numbers.js";

const STOPS = 9;

function gradient(kind) {
  const table = MAPS[kind];
  const colours = Array.from({ length: STOPS }, (_, i) => {
    const at = Math.round((i / (STOPS - 1)) * 255) * 3;
    return `rgb(${table[at]} ${table[at + 1]} ${table[at + 2]})`;
  });
  return `linear-gradient(to right, ${colours.join(", ")})`;
}

export function legend() {
  const [low, strip, high] = ["cnn-end", "cnn-strip", "cnn-end"].map((name) => make("span", { class: name }));
  const element = make("div", { class: "cnn-legend", "aria-hidden": "true" }, low, strip, high);
  const show = ({ kind, range }) => {
    setText(low, formatNumber(range[0]));
    setText(high, formatNumber(range[1]));
    if (strip.dataset.kind !== kind) strip.style.background = gradient(kind);
    strip.dataset.kind = kind;
  };
  return { element, show };
}
