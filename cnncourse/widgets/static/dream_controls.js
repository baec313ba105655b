// The controls of the dream explorer: which layer and map, how many octaves, how far a step goes.

import { button, choice, slider } from "./controls.js";
import { make } from "./dom.js";

export const mapName = (layer, channel) => (channel < 0 ? "all of them" : (layer.names[channel] ?? `${channel}`));
export const strengthName = (strength) => (strength ? strength.toFixed(3) : "0");

// `drag(values)` is called while something moves, `settle()` when it is let go.
export function dreamControls({ layers, limits, drag, settle, press, save, file }) {
  const of = (name) => layers.find((layer) => layer.name === name) ?? layers[0];
  let shown = layers[0];
  let steps = {}; // the values on record, by the name of the setting; where there is a kernel, any will do
  const valueAt = (name, x) => (steps[name] ? steps[name][x] : x);
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
  const channel = settling(slider({ label: "Map", min: -1, max: 1, text: (x) => mapName(shown, valueAt("channel", x)), onInput: (x) => drag({ channel: valueAt("channel", x) }) }));
  const octaves = settling(slider({ label: "Octaves", min: 1, max: limits.octaves, text: (x) => `${valueAt("octaves", x)}`, onInput: (x) => drag({ octaves: valueAt("octaves", x) }) }));
  const strength = settling(
    slider({
      label: "Strength",
      max: limits.strength,
      step: 0.001,
      text: (x) => strengthName(valueAt("strength", x)),
      onInput: (x) => drag({ strength: valueAt("strength", x) }),
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
  const showValue = (name, control, value, alive) => {
    const known = steps[name];
    if (known) {
      control.input.step = "1";
      control.limit(0, known.length - 1);
    }
    control.set(known ? Math.max(0, known.indexOf(value)) : value);
    control.input.disabled = !alive && !(known?.length > 1);
  };
  // `recorded` are the values on record, by the name of the setting, where there is no kernel.
  const show = (state, { running, alive, recorded }) => {
    steps = recorded ?? {};
    shown = of(state.layer);
    layer.set(shown.name);
    channel.limit(-1, shown.count - 1);
    for (const [name, control] of Object.entries({ channel, octaves, strength })) showValue(name, control, state[name], alive);
    layer.input.disabled = !alive && !recorded;
    start.textContent = running ? "Cancel" : "Dream";
    start.disabled = !alive;
    file.hidden = !alive;
  };
  return { element, show };
}
