// The explorer of networks: what the axes and bubbles show, which weights, which families, and a list of names.

import { drawSvg } from "./chart.js";
import { choice, toggle } from "./controls.js";
import { make } from "./dom.js";
import { MODEL_OWN } from "./model_points.js";
import { modelShape } from "./model_chart.js";

const MODEL_CHOICES = [["x", "Across"], ["y", "Upwards"], ["bubble", "Bubbles"], ["recipe", "Weights"]];
const MODEL_SWITCHES = [["log", "powers of ten"], ["frontier", "frontier"], ["moves", "lines from the first recipe"]];

function familyToggle(family, title, change) {
  const one = toggle({ label: title, value: true, onChange: (on) => change(family, on) });
  const mark = drawSvg("svg", { class: "cnn-model-sign", viewBox: "-10 -10 20 20", "aria-hidden": "true" });
  mark.append(drawSvg("path", { class: `cnn-model-bubble cnn-family-${family}`, d: modelShape(family, 6) }));
  one.element.insertBefore(mark, one.element.lastChild);
  return one;
}

// `change(values)` sets settings; `hide(family, on)` switches one.
export function modelControls({ offers, families, change, hide }) {
  const choices = Object.fromEntries(MODEL_CHOICES.map(([name, label]) => {
    const options = Object.entries(offers[name]);
    return [name, choice({ label, options, value: options[0][0], onChange: (value) => change({ [name]: value }) })];
  }));
  const switches = Object.fromEntries(MODEL_SWITCHES.map(([name, label]) => [name, toggle({ label, value: false, onChange: (value) => change({ [name]: value }) })]));
  const names = choice({ label: "Network", options: [["", "none"]], value: "", onChange: (chosen) => change({ chosen }) });
  const all = { ...families, [MODEL_OWN]: "your own" };
  const signs = Object.fromEntries(Object.entries(all).map(([family, title]) => [family, familyToggle(family, title, hide)]));
  const group = make("fieldset", { class: "cnn-group" }, make("legend", {}, "Families"), make("div", { class: "cnn-row" }, ...Object.values(signs).map(({ element }) => element)));
  const row = (...parts) => make("div", { class: "cnn-row" }, ...parts.map(({ element }) => element));
  const { x, y, bubble, recipe } = choices;
  const element = make("div", { class: "cnn-model-controls" }, row(x, y, bubble), row(recipe, names), row(...Object.values(switches)), group);
  let listed = "";
  return {
    element,
    show: (state, points) => {
      for (const [name, one] of Object.entries(choices)) one.set(state[name]);
      for (const [name, one] of Object.entries(switches)) one.set(state[name]);
      switches.log.input.disabled = state.x === "year";
      for (const [family, one] of Object.entries(signs)) one.set(!state.hidden.includes(family));
      signs[MODEL_OWN].element.hidden = state.own.length === 0;
      const titles = points.map(({ record }) => record.title).sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
      if (titles.join() !== listed) names.fill([["", "none"], ...titles.map((title) => [title, title])]);
      listed = titles.join();
      names.set(titles.includes(state.chosen) ? state.chosen : "");
    },
  };
}
