// The table of the layers: a row each, chosen by a radio button, with what it gives, learns, computes and sees.

import { keepKeys } from "./controls.js";
import { make, setText, uniqueId } from "./dom.js";
import { layerNumber, layerShape, layerTitle } from "./layer_rules.js";

const LAYER_COLUMNS = ["gives", "parameters", "multiply-adds", "sees"];

function layerCell(name) {
  const value = make("span", { class: "cnn-layer-value" });
  const bar = make("span", { class: "cnn-layer-bar", "aria-hidden": "true" });
  const cell = make("td", { "data-label": name }, value, bar);
  const show = (text, share = 0) => {
    setText(value, text);
    bar.style.setProperty("--cnn-share", `${100 * share}%`);
  };
  return { cell, show };
}

function layerRow(place, group, onPick) {
  const input = make("input", { type: "radio", name: group, value: String(place) });
  input.addEventListener("change", () => onPick(place));
  keepKeys(input);
  const words = make("span");
  const cells = LAYER_COLUMNS.map(layerCell);
  const problem = make("td", { class: "cnn-layer-problem", hidden: true });
  problem.colSpan = LAYER_COLUMNS.length;
  const head = make("th", { scope: "row" }, make("label", {}, input, make("span", { class: "cnn-layer-place" }, String(place + 1)), " ", words));
  const element = make("tr", {}, head, ...cells.map(({ cell }) => cell), problem);
  const show = (layer, row, total, state) => {
    element.dataset.state = state;
    setText(words, layerTitle(layer));
    setText(problem, state === "refused" ? `${row.problem}.` : "nothing arrives here");
    problem.hidden = state === "well";
    for (const { cell } of cells) cell.hidden = state !== "well";
    if (state !== "well") return;
    cells[0].show(layerShape(row.shape));
    cells[1].show(layerNumber(row.parameters), row.parameters / (total.parameters || 1));
    cells[2].show(layerNumber(row.multiplyAdds), row.multiplyAdds / (total.multiplyAdds || 1));
    cells[3].show(layerShape(row.sees));
  };
  return { element, input, show };
}

// A network that breaks is counted up to there, and its last row says so.
function layerSumTitle({ rows, refused }) {
  if (!refused) return "all layers";
  if (!rows.length) return "nothing before the break";
  return rows.length === 1 ? "layer 1, up to the break" : `layers 1 to ${rows.length}, up to the break`;
}

export function layerTable(onPick) {
  const group = uniqueId("layers");
  const body = make("tbody");
  const sums = LAYER_COLUMNS.map(layerCell);
  const heads = ["layer", ...LAYER_COLUMNS].map((name) => make("th", { scope: "col" }, name));
  const whole = make("th", { scope: "row" });
  const element = make(
    "table",
    { class: "cnn-layers" },
    make("caption", { class: "cnn-unseen" }, "The layers in order; the buttons below change the chosen one"),
    make("thead", {}, make("tr", {}, ...heads)),
    body,
    make("tfoot", {}, make("tr", {}, whole, ...sums.map(({ cell }) => cell))),
  );
  let rows = [];
  const show = (layers, counted, selected) => {
    while (rows.length > layers.length) rows.pop().element.remove();
    while (rows.length < layers.length) {
      rows.push(layerRow(rows.length, group, onPick));
      body.append(rows.at(-1).element);
    }
    rows.forEach((row, place) => {
      const broken = counted.rows.length;
      const state = place < broken ? "well" : place === broken ? "refused" : "waiting";
      row.show(layers[place], counted.rows[place] ?? counted.refused, counted, state);
      row.input.checked = place === selected;
      row.element.classList.toggle("cnn-picked", place === selected);
    });
    setText(whole, layerSumTitle(counted));
    const last = counted.rows.at(-1);
    sums[0].show(counted.refused || !last ? "" : layerShape(last.shape));
    sums[1].show(layerNumber(counted.parameters));
    sums[2].show(layerNumber(counted.multiplyAdds));
    sums[3].show(counted.refused || !last ? "" : layerShape(last.sees));
  };
  const focus = (place) => rows[place]?.input.focus();
  return { element, show, focus };
}
