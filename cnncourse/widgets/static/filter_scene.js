// What the filter explorer shows for a given state: panels, marks and words. Nothing here draws.

import { rangeOf } from "./colour.js";
import { directionColours, edgeScene, laplaceScene } from "./edges.js";
import { OCTAVE } from "./filter_controls.js";
import { gaborProblem, gaborScene } from "./gabor.js";
import { cutOut, patchProblem, patchScene } from "./matching.js";
import { formatNumber } from "./numbers.js";
import { blank } from "./wire.js";

const KEY_SIDE = 41; // cells of the disc that says which colour is which direction

// The frame made small enough for the picture and moved into it.
export function frameInside([row, col, height, width], image) {
  const [tall, wide] = [Math.min(height, image.height), Math.min(width, image.width)];
  return [Math.min(Math.max(0, row), image.height - tall), Math.min(Math.max(0, col), image.width - wide), tall, wide];
}

const signed = (title, array) => ({ title, array, kind: "signed", range: rangeOf(array.data, "signed") });
const strength = (title, array) => ({ title, array, kind: "heat", range: [0, rangeOf(array.data, "signed")[1]] });
const colours = (title, array) => ({ title, array, kind: "grey", range: [0, 1], plain: true });

// An answer lies as far inside the picture as half a window, so that it lines up with what it answers to.
function inMiddle(answer, patch, image) {
  const out = blank(image.height, image.width);
  const [top, left] = [patch.height >> 1, patch.width >> 1];
  for (let row = 0; row < answer.height; row += 1) {
    const from = row * answer.width;
    out.data.set(answer.data.subarray(from, from + answer.width), (row + top) * image.width + left);
  }
  return out;
}

function meanEnergy(data) {
  let sum = 0;
  for (let at = 0; at < data.length; at += 1) sum += data[at];
  return sum / data.length;
}

const SCENES = {
  gabor(image, state) {
    const settings = { ...state, sigma: state.sigma ?? OCTAVE / state.frequency };
    const problem = gaborProblem(image, settings.sigma);
    if (problem) return { problem };
    const { kernel, answer, energy } = gaborScene(image, settings);
    const mean = meanEnergy(energy.data);
    return {
      panels: [strength("Energy: how much of it is here", energy), signed("Answer", answer), { ...signed("Filter", kernel), plain: true }],
      words:
        `Stripes at ${formatNumber(state.orientation)}°, one every ${formatNumber(1 / state.frequency, 1)} pixels. ` +
        `Mean energy ${formatNumber(mean, 4)}.`,
      at: (place) => `energy ${formatNumber(energy.data[place], 4)}, answer ${formatNumber(answer.data[place], 4)}`,
    };
  },

  edges(image, state) {
    const { right, down, magnitude, directions } = edgeScene(image, state);
    const most = rangeOf(magnitude.data, "signed")[1];
    return {
      panels: [
        strength("Magnitude", magnitude),
        colours("Direction: where it gets brighter", directions),
        colours("Key: colour of each direction", directionKey()),
      ],
      words: `Blur of ${formatNumber(state.blur)} px. The strongest edge changes by ${formatNumber(most, 3)} a pixel.`,
      at: (place) => {
        const degrees = (Math.atan2(down.data[place], right.data[place]) * 180) / Math.PI;
        const way = magnitude.data[place] > 0 ? `, brighter towards ${formatNumber(degrees, 0)}° (${compass(degrees)})` : "";
        return `magnitude ${formatNumber(magnitude.data[place], 3)}${way}`;
      },
    };
  },

  laplacian(image, state) {
    const { answer, crossings } = laplaceScene(image, state);
    const lines = { ...crossings, data: crossings.data.map((value) => 1 - value) };
    const count = crossings.data.reduce((sum, value) => sum + value, 0);
    return {
      panels: [signed("Laplacian", answer), colours("Zero crossings", lines)],
      words: `Blur of ${formatNumber(state.blur)} px. ${count.toLocaleString("en")} pixels at a zero crossing.`,
      at: (place) => `Laplacian ${formatNumber(answer.data[place], 4)}`,
    };
  },

  patch(image, state) {
    const frame = frameInside(state.patch, image);
    const problem = patchProblem(cutOut(image, frame), state.search);
    if (problem) return { problem, frame };
    const { patch, answer, places } = patchScene(image, { ...state, patch: frame });
    const scores = places.map(([row, col]) => formatNumber(answer.data[row * answer.width + col]));
    const look = state.search === "centred" ? signed : strength;
    return {
      frame,
      places,
      panels: [
        { ...look("Answer, drawn in the middle of each window", inMiddle(answer, patch, image)), ...(state.search === "likeness" && { range: [0, 1] }) },
        null,
        { title: "What is looked for", array: patch, kind: "grey", range: [0, 1], plain: true },
      ],
      words: `Frame of ${frame[2]} × ${frame[3]} at row ${frame[0]}, column ${frame[1]}. Best answers: ${scores.join(", ")}.`,
    };
  },
};

export function filterScene(image, state) {
  return { problem: "", panels: [], words: "", places: [], ...SCENES[state.detector](image, state) };
}

const WAYS = ["right", "lower right", "down", "lower left", "left", "upper left", "up", "upper right"];
const compass = (degrees) => WAYS[(Math.round(degrees / 45) + 8) % 8];

function directionKey() {
  const [right, down] = [blank(KEY_SIDE, KEY_SIDE), blank(KEY_SIDE, KEY_SIDE)];
  const middle = (KEY_SIDE - 1) / 2;
  for (let at = 0; at < KEY_SIDE * KEY_SIDE; at += 1) {
    const [x, y] = [(at % KEY_SIDE) / middle - 1, Math.floor(at / KEY_SIDE) / middle - 1];
    if (x * x + y * y <= 1) [right.data[at], down.data[at]] = [x, y];
  }
  return directionColours(right, down, 1);
}
