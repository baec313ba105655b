// Native controls with their labels. Each returns its element and a way to set it without telling anyone.

import { make, setText, uniqueId } from "./dom.js";

function labelled(label, control, ...more) {
  control.id = control.id || uniqueId("control");
  return make("div", { class: "cnn-control" }, make("label", { for: control.id }, label), control, ...more);
}

// In a notebook single keys are commands; a key meant for a control must not travel on to it.
export function keepKeys(element) {
  element.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey && event.key !== "Escape") event.stopPropagation();
  });
}

export function slider({ label, min = 0, max, step = 1, value, text = String, onInput }) {
  const input = make("input", { type: "range", min: String(min), max: String(max), step: String(step) });
  const shown = make("output", { class: "cnn-reading", "aria-hidden": "true" });
  const say = () => {
    const words = text(Number(input.value));
    setText(shown, words);
    input.setAttribute("aria-valuetext", words);
  };
  const set = (next) => {
    input.value = String(next);
    say();
  };
  input.addEventListener("input", () => {
    say();
    onInput(Number(input.value));
  });
  keepKeys(input);
  const element = labelled(label, input, shown);
  set(value ?? min);
  const limit = (least, most) => {
    if (input.min !== String(least)) input.min = String(least);
    if (input.max !== String(most)) input.max = String(most);
    input.disabled = least === most;
  };
  return { element, input, set, limit };
}

export function choice({ label, options, value, onChange }) {
  const input = make("select");
  const fill = (entries) => input.replaceChildren(...entries.map(([key, words]) => make("option", { value: key }, words)));
  const set = (next) => {
    input.value = next;
  };
  fill(options);
  input.addEventListener("change", () => onChange(input.value));
  keepKeys(input);
  set(value);
  return { element: labelled(label, input), input, set, fill };
}

export function numberField({ label, min, max, step = "any", value, onChange }) {
  const input = make("input", { type: "number", step: String(step) });
  if (min !== undefined) input.min = String(min);
  if (max !== undefined) input.max = String(max);
  input.addEventListener("input", () => {
    if (input.value !== "" && input.validity.valid) onChange(Number(input.value));
  });
  keepKeys(input);
  const set = (next) => {
    if (document.activeElement !== input || Number(input.value) !== next) input.value = String(next);
  };
  set(value);
  return { element: labelled(label, input), input, set };
}

export function button({ text, label, onClick, look = "" }) {
  const attributes = { type: "button", class: `cnn-button ${look}`, onclick: onClick };
  if (label) attributes["aria-label"] = label;
  const element = make("button", attributes, text);
  keepKeys(element);
  return element;
}

export function toggle({ label, value, onChange }) {
  const input = make("input", { type: "checkbox" });
  input.checked = value;
  input.addEventListener("change", () => onChange(input.checked));
  keepKeys(input);
  const element = make("label", { class: "cnn-toggle" }, input, make("span", {}, label));
  return { element, input, set: (next) => (input.checked = next) };
}
