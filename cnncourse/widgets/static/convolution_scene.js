// What the convolution explorer shows for a given state: arrays, blocks to outline, words. Nothing here draws.

import { rangeOf } from "./colour.js";
import { correlatePadded, outputShape, outputsOf, padImage, settingProblem, windowAt } from "./convolve.js";
import { formatNumber, writtenSum } from "./numbers.js";

const SMALL = 1600; // cells; a larger picture is a photograph, whose numbers nobody reads

export function settingsKey({ kernel, stride, padding, mode, value, image_id: imageId }) {
  return JSON.stringify([kernel, stride, padding, mode, mode === "constant" ? value : 0, imageId]);
}

// All that depends on picture, kernel and settings but not on where the window stands.
export function convolutionScene(image, kernel, settings) {
  const problem = settingProblem(image, kernel, settings);
  const photo = Boolean(image) && image.height * image.width > SMALL;
  if (problem) return { problem, image, kernel, settings, count: 0, ...(image && picturedAs(image, photo)) };
  const padded = padImage(image, settings.padding, settings.mode, settings.value);
  const shape = outputShape(padded, kernel, settings.stride);
  const { padding } = settings;
  return {
    problem: "",
    image,
    kernel,
    settings,
    padded,
    photo,
    shape,
    inner: padding ? { row: padding, col: padding, height: image.height, width: image.width } : null,
    output: correlatePadded(padded, kernel, settings.stride),
    count: shape.height * shape.width,
    ...picturedAs(image, photo),
  };
}

function picturedAs(image, photo) {
  const range = rangeOf(image.data, "slate");
  if (range[0] < 0) return { kind: "signed", range: rangeOf(image.data, "signed") };
  return { kind: photo ? "grey" : "slate", range };
}

// A kernel whose weights cancel answers with a sign, shown in two colours around white; others give another picture.
export function outputAs(output, scene) {
  const weight = scene.kernel.data.reduce((sum, value) => sum + value, 0);
  const [low, high] = rangeOf(output.data, "slate");
  if (weight < 1e-9 || scene.kind === "signed" || (low < 0 && !scene.photo)) {
    return { kind: "signed", range: rangeOf(output.data, "signed") };
  }
  const white = scene.range[1] * Math.max(1, weight);
  return { kind: scene.kind, range: [0, scene.photo ? white : Math.max(high, scene.range[1])] };
}

export function placeWithin([row, col], { height, width }) {
  return [Math.min(Math.max(0, row), height - 1), Math.min(Math.max(0, col), width - 1)];
}

export function lookAt(scene, place) {
  return windowAt(scene.padded, scene.kernel, scene.settings.stride, place);
}

export function windowBlock(scene, [row, col]) {
  const { stride } = scene.settings;
  return { row: row * stride, col: col * stride, height: scene.kernel.height, width: scene.kernel.width };
}

export function reachedFrom(scene, cell) {
  return outputsOf(cell, scene.kernel, scene.settings.stride, scene.shape);
}

const counted = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;

export function reachWords(scene, cell, block) {
  const { padding } = scene.settings;
  const [row, col] = [cell.row - padding, cell.col - padding];
  const inside = row >= 0 && col >= 0 && row < scene.image.height && col < scene.image.width;
  const value = formatNumber(scene.padded.data[cell.row * scene.padded.width + cell.col]);
  const name = inside ? `image[${row}, ${col}] = ${value}` : `A padded ${value}`;
  const count = block.height * block.width;
  return count ? `${name} takes part in ${counted(count, "output")}.` : `${name} takes part in no output.`;
}

export function placeWords(scene, [row, col], { under, sum }) {
  const { terms, total } = writtenSum(under, scene.kernel, sum, 12);
  const at = row * scene.shape.width + col + 1;
  return `Place ${at} of ${scene.count}. ${terms.join(" + ")} = ${total}, which is output[${row}, ${col}].`;
}

export function sizeWords(scene) {
  const { image, kernel, settings, shape } = scene;
  const along = (size, length, out) => `⌊(${size} + 2·${settings.padding} − ${length}) / ${settings.stride}⌋ + 1 → ${out}`;
  const rows = along(image.height, kernel.height, shape.height);
  const same = image.height === image.width && kernel.height === kernel.width;
  return same ? `each side ${rows}` : `rows ${rows}, columns ${along(image.width, kernel.width, shape.width)}`;
}

// How a learner's answer compares with the page's own; NaN equals NaN here.
export function compareOutputs(own, reference) {
  const wrong = [];
  let worst = 0;
  for (let at = 0; at < reference.data.length; at += 1) {
    const [a, b] = [own.data[at], reference.data[at]];
    if (Number.isNaN(a) && Number.isNaN(b)) continue;
    const apart = Math.abs(a - b);
    if (apart <= 1e-4 * Math.max(1, Math.abs(b))) continue;
    wrong.push(at);
    if (!(apart <= worst)) worst = apart;
  }
  return { wrong, worst };
}

export function agreementWords(own, reference) {
  const { wrong, worst } = compareOutputs(own, reference);
  const count = reference.data.length;
  if (!wrong.length) return { wrong, words: `Your function agrees with the course in ${counted(count, "value")}.` };
  const [row, col] = [Math.floor(wrong[0] / reference.width), wrong[0] % reference.width];
  const first =
    `output[${row}, ${col}] is ${formatNumber(own.data[wrong[0]])} ` +
    `where the course has ${formatNumber(reference.data[wrong[0]])}`;
  return {
    wrong,
    words: `Your function differs in ${wrong.length} of ${counted(count, "value")}, by up to ${formatNumber(worst)}: ${first}.`,
  };
}
