// What the filter explorer shows for a given state: panels, marks and words. Nothing here draws.

import { rangeOf } from "./colour.js";
import { cornerScene } from "./corners.js";
import { directionColours, edgeScene, laplaceScene } from "./edges.js";
import { OCTAVE } from "./filter_controls.js";
import { gaborProblem, gaborScene, scaled } from "./gabor.js";
import { cutOut, patchProblem, patchScene } from "./matching.js";
import { formatNumber } from "./numbers.js";
import { blank } from "./wire.js";

const KEY_SIDE = 41; // cells of the disc that says which colour is which direction
const FULL_CORNER = 0.1; // of the strongest response: its colour is full from there on, so that weak corners show
const NO_CORNER = 0.001; // of the strongest response: less is neither corner nor edge

// The frame made small enough for the picture and moved into it.
export function frameInside([row, col, height, width], image) {
  const [tall, wide] = [Math.min(height, image.height), Math.min(width, image.width)];
  return [Math.min(Math.max(0, row), image.height - tall), Math.min(Math.max(0, col), image.width - wide), tall, wide];
}

const signed = (title, array) => ({ title, array, kind: "signed", range: rangeOf(array.data, "signed") });
const strength = (title, array) => ({ title, array, kind: "heat", range: [0, rangeOf(array.data, "signed")[1]] });
const colours = (title, array) => ({ title, array, kind: "grey", range: [0, 1], plain: true });

// Outlines stand a pixel outside, so that they do not cover what they frame.
const around = ([row, col, height, width], look) => ({ row: row - 1, col: col - 1, height: height + 2, width: width + 2, look });

// An answer lies as far inside the picture as half a window, so that it lines up with what it answers to.
function inMiddle(answer, image, outside = 0) {
  const out = blank(image.height, image.width);
  out.data.fill(outside);
  const [top, left] = [(image.height - answer.height + 1) >> 1, (image.width - answer.width + 1) >> 1];
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

  corners(image, state) {
    const { response, small, large, places } = cornerScene(image, state);
    const most = rangeOf(response.data, "signed")[1];
    const full = 1e6 * FULL_CORNER * most;
    const first = places.length ? ` The strongest stands at row ${places[0][0]}, column ${places[0][1]}.` : "";
    return {
      marks: places.map(([row, col]) => around([row - 2, col - 2, 5, 5], "found")),
      panels: [
        { ...signed("Response, in millionths: blue at corners, orange on edges", scaled(response, 1e6)), range: [-full, full] },
        strength("Larger eigenvalue, in thousandths: how much changes", scaled(large, 1e3)),
        strength("Smaller one: how much changes across that", scaled(small, 1e3)),
      ],
      words: `${places.length} ${places.length === 1 ? "corner" : "corners"} marked.${first}`,
      at: (place) => {
        const sizes = [large, small].map(({ data }) => formatNumber(1e3 * data[place]));
        const answer = response.data[place];
        const what = Math.abs(answer) <= NO_CORNER * most ? "neither edge nor corner" : answer > 0 ? "a corner" : "an edge";
        return `eigenvalues ${sizes.join(" and ")}, response ${formatNumber(1e6 * answer)}: ${what}`;
      },
    };
  },

  patch(image, state) {
    const frame = frameInside(state.patch, image);
    const problem = patchProblem(cutOut(image, frame), state.search);
    if (problem) return { problem, frame, marks: [around(frame, "window")] };
    const { patch, answer, places } = patchScene(image, { ...state, patch: frame });
    const scores = places.map(([row, col]) => formatNumber(answer.data[row * answer.width + col]));
    const look = state.search === "centred" ? signed : strength;
    return {
      frame,
      marks: [...places.map(([row, col]) => around([row, col, ...frame.slice(2)], "trace")), around(frame, "window")],
      panels: [
        { ...look("Answer, drawn in the middle of each window", inMiddle(answer, image)), ...(state.search === "likeness" && { range: [0, 1] }) },
        null,
        { title: "What is looked for", array: patch, kind: "grey", range: [0, 1], plain: true },
      ],
      words: `Frame of ${frame[2]} × ${frame[3]} at row ${frame[0]}, column ${frame[1]}. Best answers: ${scores.join(", ")}.`,
    };
  },
};

// `own` is the learner's function as OwnAnswers.read() returns it, and null while another detector is looked through.
export function filterScene(image, state, own) {
  const scene = own ? ownScene(image, own, state.own_name) : SCENES[state.detector](image, state);
  return { problem: "", panels: [], words: "", marks: [], ...scene };
}

function ownScene(image, { current, output }, name) {
  if (!current || !output) return {};
  // A window that stays inside loses a few rows and columns; an answer half as large has other reasons to be smaller.
  const slid = 2 * output.height > image.height && 2 * output.width > image.width;
  const array = slid ? inMiddle(output, image, NaN) : output;
  const [low, high] = ownRange(output.data);
  const title = `What ${name} answers`;
  const look = low < 0 ? signed(title, array) : high > 1 ? strength(title, array) : { title, array, kind: "grey", range: [0, 1] };
  const size = slid ? "" : ` It has ${output.height} × ${output.width} values.`;
  return {
    panels: [look],
    words: low > high ? "No answer is a number." : `Answers from ${formatNumber(low, 4)} to ${formatNumber(high, 4)}.${size}`,
    at: slid ? (place) => `answer ${formatNumber(array.data[place], 4)}` : null,
  };
}

function ownRange(data) {
  let [low, high] = [Infinity, -Infinity];
  for (let at = 0; at < data.length; at += 1) {
    if (data[at] < low) low = data[at];
    if (data[at] > high) high = data[at];
  }
  return [low, high];
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
