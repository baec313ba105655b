// The controls of the dream explorer: which layer and map, how many octaves, how far a step goes.

import { button, choice, slider } from "./controls.js";
import { make } from "./dom.js";

export const mapName = (layer, channel) => (channel < 0 ? "all of them" : (layer.names[channel] ?? `${channel}`));
export const strengthName = (strength) => (strength ? strength.toFixed(3) : "0");

// `drag(values)` is called while something moves, `settle()` when it is let go.
export function dreamControls({ layers, limits, drag, settle, press, save, file }) {
  const of = (name) => layers.find((layer) => layer.name === name) ?? layers[0];
  let shown = layers[0];
  let steps = null; // the strengths on record; where there is a kernel, any will do
  const settling = (control, wide = true) => {
    control.input.addEventListener("change", settle);
    if (wide) control.element.classList.add("cnn-wide");
    return control;
  };
  const layer = settling(
    choice({
      label: "Layer",
      options: layers.map(({ name, title }) => [name, title]),
      value: shown.name,
      onChange: (name) => drag({ layer: name, channel: -1 }),
    }),
    false,
  );
  const channel = settling(slider({ label: "Map", min: -1, max: 1, text: (x) => mapName(shown, x), onInput: (x) => drag({ channel: x }) }));
  const octaves = settling(slider({ label: "Octaves", min: 1, max: limits.octaves, text: String, onInput: (x) => drag({ octaves: x }) }));
  const strength = settling(
    slider({
      label: "Strength",
      max: limits.strength,
      step: 0.001,
      text: (x) => strengthName(steps ? steps[x] : x),
      onInput: (x) => drag({ strength: steps ? steps[x] : x }),
    }),
  );
  const start = button({ text: "Dream", onClick: press, look: "cnn-primary" });
  const keep = button({ text: "Save as PNG", onClick: save });
  const element = make(
    "div",
    { class: "cnn-dream-controls" },
    make("div", { class: "cnn-row" }, layer.element, channel.element),
    make("div", { class: "cnn-row" }, octaves.element, strength.element),
    make("div", { class: "cnn-row" }, start, keep, file),
  );
  const showStrength = (value, strengths) => {
    steps = strengths?.length ? strengths : null;
    if (steps) {
      strength.input.step = "1";
      strength.limit(0, steps.length - 1);
    }
    strength.set(steps ? Math.max(0, steps.indexOf(value)) : value);
  };
  // `strengths` are those on record where there is no kernel.
  const show = (state, { running, alive, strengths }) => {
    shown = of(state.layer);
    layer.set(shown.name);
    channel.limit(-1, shown.count - 1);
    channel.set(state.channel);
    octaves.set(state.octaves);
    showStrength(state.strength, strengths);
    for (const control of [channel, octaves]) control.input.disabled = !alive;
    layer.input.disabled = !alive && !steps;
    strength.input.disabled = !alive && !(steps?.length > 1);
    start.textContent = running ? "Cancel" : "Dream";
    start.disabled = !alive;
    file.hidden = !alive;
  };
  return { element, show };
}
