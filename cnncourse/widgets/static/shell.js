// What every explorer has around its picture: a frame, words for those who listen, a place for faults and notes.

import { make, setText } from "./dom.js";
import { atMostEvery } from "./frame.js";

const SPEAK_EVERY = 1200; // milliseconds between two announcements: a dragged slider must not flood a screen reader

export function openShell(el, name, keys = []) {
  const spoken = make("div", { class: "cnn-unseen", "aria-live": "polite", role: "status" });
  const fault = make("div", { class: "cnn-fault", role: "alert", hidden: true });
  const note = make("p", { class: "cnn-note", hidden: true });
  const body = make("div", { class: "cnn-body" });
  const help = keys.length ? keyHelp(keys) : null;
  const root = make("div", { class: "cnn-explorer", role: "region", "aria-label": name }, body, fault, note, help, spoken);
  el.replaceChildren(root);
  const speak = atMostEvery(SPEAK_EVERY, (text) => setText(spoken, text));
  return {
    root,
    body,
    faultBox: fault, // stands at the end; an explorer may put it where its result would be
    speak,
    note: (text) => fill(note, text ? [text] : []),
    fault: (parts) => fill(fault, parts ?? []),
    close: () => speak.cancel(),
  };
}

function fill(element, parts) {
  element.hidden = parts.length === 0;
  // A fault that is still the same is not announced anew with every step of a slider.
  const text = parts.map((part) => part.textContent ?? part).join("");
  if (element.textContent !== text) element.replaceChildren(...parts);
}

function keyHelp(keys) {
  const rows = keys.flatMap(([key, what]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, what)]);
  return make("details", { class: "cnn-keys" }, make("summary", {}, "Keys and pointer"), make("dl", {}, ...rows));
}

// A fault in a learner's function: what went wrong, where, and the line itself.
export function faultParts({ kind, message, line, source, name }) {
  const where = line ? `${name ?? "your function"}, line ${line}` : (name ?? "your function");
  const parts = [make("strong", {}, `${where}: `), make("span", {}, kind ? `${kind}: ${message}` : message)];
  if (source) parts.push(make("pre", {}, make("code", {}, source)));
  return parts;
}

export function captioned(title, view, ...more) {
  const figure = make("figure", { class: "cnn-figure" }, make("figcaption", {}, title), view, ...more);
  return figure;
}
