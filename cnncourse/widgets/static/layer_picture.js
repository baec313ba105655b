// The network as boxes to scale: faces share one scale, the number of maps another, rows of numbers a third.

import { make } from "./dom.js";
import { layerShape } from "./layer_rules.js";

const LAYER_SVG = "http://www.w3.org/2000/svg";
const LAYER_FACE = 76; // CSS pixels of the largest map's side
const LAYER_DEPTH = 46; // CSS pixels of the largest number of maps
const LAYER_SLANT = [0.72, 0.5];
const LAYER_SHEETS = 16; // up to so many maps can be counted in the drawing

function layerSvg(tag, attributes, ...children) {
  const element = document.createElementNS(LAYER_SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

function layerScales(shapes) {
  const maps = shapes.filter((shape) => shape.length === 3);
  return {
    side: Math.max(1, ...maps.flatMap((shape) => shape.slice(1))),
    deepest: Math.max(1, ...maps.map((shape) => shape[0])),
    longest: Math.max(1, ...shapes.filter((shape) => shape.length === 1).map((shape) => shape[0])),
  };
}

function layerSizes(shape, { side, deepest, longest }) {
  if (shape.length === 1) return { width: 5, height: Math.max(4, (LAYER_FACE * shape[0]) / longest), depth: 5 };
  const [height, width] = shape.slice(1).map((n) => Math.max(3, (LAYER_FACE * n) / side));
  return { width, height, depth: Math.max(2, (LAYER_DEPTH * shape[0]) / deepest) };
}

function layerBox(shape, scales) {
  const { width, height, depth } = layerSizes(shape, scales);
  const [back, up] = LAYER_SLANT.map((share) => share * depth);
  const path = (points, part) => layerSvg("polygon", { points: points.map((p) => p.join(",")).join(" "), class: `cnn-box-${part}` });
  const top = up + 1;
  const box = layerSvg(
    "svg",
    { width: width + back + 2, height: height + up + 2, class: "cnn-box", "aria-hidden": "true" },
    path([[1, top], [1 + back, 1], [1 + back + width, 1], [1 + width, top]], "top"),
    path([[1 + width, top], [1 + width + back, 1], [1 + width + back, 1 + height], [1 + width, top + height]], "side"),
    path([[1, top], [1 + width, top], [1 + width, top + height], [1, top + height]], "face"),
  );
  const sheets = shape.length === 3 && shape[0] <= LAYER_SHEETS ? shape[0] : 1;
  for (let sheet = 1; sheet < sheets; sheet += 1) {
    const [right, rise] = [(back * sheet) / sheets, (up * sheet) / sheets];
    const points = [[1 + right, top - rise], [1 + right + width, top - rise], [1 + right + width, top - rise + height]];
    box.append(layerSvg("polyline", { points: points.map((p) => p.join(",")).join(" "), class: "cnn-box-sheet" }));
  }
  return box;
}

// An activation changes no shape, so it stands below the box of the layer before it.
function layerStages(picture, rows) {
  const stages = [{ shape: picture, names: ["input"], places: [] }];
  rows.forEach((row, place) => {
    const name = `${place + 1} ${row.kind}`;
    if (row.kind !== "activation") stages.push({ shape: row.shape, names: [name], places: [place] });
    else {
      stages.at(-1).names.push(name);
      stages.at(-1).places.push(place);
    }
  });
  return stages;
}

// `onPick(place)` is a convenience of the pointer; the table's radio buttons do the same from the keyboard.
export function layerPicture(onPick) {
  const element = make("ol", { class: "cnn-boxes" });
  const show = (picture, rows, selected) => {
    const scales = layerScales([picture, ...rows.map((row) => row.shape)]);
    const item = ({ shape, names, places }) => {
      const picked = places.includes(selected) ? " cnn-picked" : "";
      const below = make("div", { class: "cnn-box-names" }, ...names.map((name) => make("small", {}, name)));
      const words = [make("span", {}, layerShape(shape)), below];
      const stage = make("li", { class: `cnn-box-stage${picked}` }, layerBox(shape, scales), ...words);
      if (places.length) stage.addEventListener("click", () => onPick(places[0]));
      return stage;
    };
    element.replaceChildren(...layerStages(picture, rows).map(item));
  };
  return { element, show };
}
