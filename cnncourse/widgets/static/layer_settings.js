// The settings of the chosen layer: those that its kind has, and buttons to move and remove it.

import { button, choice, slider, toggle } from "./controls.js";
import { make, setText } from "./dom.js";
import { LAYER_FIELDS, layerNumber, layerWorking } from "./layer_rules.js";

const LAYER_REACH = { filters: 128, units: 256, kernel: 15, stride: 8, padding: 7 }; // as far as a slider goes by itself

function layerSlider(name, [least], change) {
  const label = name[0].toUpperCase() + name.slice(1);
  const control = slider({ label, min: least, max: LAYER_REACH[name], text: layerNumber, onInput: (value) => change({ [name]: value }) });
  const show = (layer) => {
    control.limit(least, Math.max(LAYER_REACH[name], layer[name]));
    control.set(layer[name]);
  };
  return { element: control.element, show };
}

function layerList(name, options, change) {
  const label = { how: "Keep", function: "Function" }[name];
  const words = (option) => ({ max: "the largest (max)", average: "the average" })[option] ?? option;
  const pairs = options.map((option) => [option, words(option)]);
  const control = choice({ label, options: pairs, value: options[0], onChange: (value) => change({ [name]: value }) });
  return { element: control.element, show: (layer) => control.set(layer[name]) };
}

function layerBias(change) {
  const control = toggle({ label: "bias", value: true, onChange: (bias) => change({ bias }) });
  return { element: control.element, show: (layer) => control.set(layer.bias) };
}

function layerControl(name, limits, change) {
  if (name === "bias") return layerBias(change);
  return typeof limits[name][0] === "string" ? layerList(name, limits[name], change) : layerSlider(name, limits[name], change);
}

export function layerSettings({ limits, change, move, remove }) {
  const title = make("legend");
  const fields = make("div", { class: "cnn-layer-fields" });
  const up = button({ text: "↑ Earlier", label: "Move the layer one place earlier", onClick: () => move(-1) });
  const down = button({ text: "↓ Later", label: "Move the layer one place later", onClick: () => move(1) });
  const away = button({ text: "Remove", label: "Remove the layer", onClick: remove });
  const buttons = make("div", { class: "cnn-row" }, up, down, away);
  const working = make("div", { class: "cnn-layer-working" });
  const element = make("fieldset", { class: "cnn-group cnn-layer-settings" }, title, fields, working, buttons);
  let [kind, controls] = [null, []];
  const show = (layers, selected, { picture, rows }) => {
    const layer = layers[selected];
    element.hidden = !layer;
    if (!layer) return;
    if (layer.kind !== kind) {
      kind = layer.kind;
      controls = LAYER_FIELDS[kind].map((name) => layerControl(name, limits, change));
      const nothing = make("p", { class: "cnn-aside" }, "All maps in one row of numbers; there is nothing to set.");
      fields.replaceChildren(...(controls.length ? controls.map((one) => one.element) : [nothing]));
    }
    setText(title, `Layer ${selected + 1}: ${kind}`);
    for (const control of controls) control.show(layer);
    const lines = rows[selected] ? layerWorking(layer, rows[selected - 1]?.shape ?? picture, rows[selected]) : [];
    working.replaceChildren(...lines.map((line) => make("p", {}, line)));
    working.hidden = !lines.length;
    up.disabled = selected === 0;
    down.disabled = selected === layers.length - 1;
  };
  return { element, show };
}
