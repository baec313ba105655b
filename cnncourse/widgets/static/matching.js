// The search for a patch. `arrays` in cnncourse/widgets/_filters.py says the same in
// Python; a test compares them.

import { blank } from "./wire.js";

export function cutOut(image, [row, col, height, width]) {
  const patch = blank(height, width);
  for (let r = 0; r < height; r += 1) {
    const from = (row + r) * image.width + col;
    patch.data.set(image.data.subarray(from, from + width), r * width);
  }
  return patch;
}

const meanOf = ({ data }) => data.reduce((sum, value) => sum + value, 0) / data.length;

export function patchProblem(patch, search) {
  const mean = meanOf(patch);
  if (search !== "likeness" || patch.data.some((value) => Math.abs(value - mean) > 1e-9)) return "";
  return "The patch is the same grey everywhere, so it looks like nothing. Frame a place with detail.";
}

// Running totals: entry (row, col) sums all above and to the left of it.
function runningTotals(values, height, width) {
  const sums = new Float64Array((height + 1) * (width + 1));
  for (let row = 0; row < height; row += 1) {
    let along = 0;
    for (let col = 0; col < width; col += 1) {
      along += values[row * width + col];
      sums[(row + 1) * (width + 1) + col + 1] = sums[row * (width + 1) + col + 1] + along;
    }
  }
  return sums;
}

const prepared = new WeakMap(); // what a search needs of a picture, whatever the patch

// Taking off the mean first keeps the sums small, so that rounding does not drown faint contrast.
function prepare(image) {
  if (prepared.has(image)) return prepared.get(image);
  const level = meanOf(image);
  const picture = { ...image, data: Float64Array.from(image.data, (value) => value - level) };
  const squared = picture.data.map((value) => value * value);
  const [sums, squares] = [picture.data, squared].map((values) => runningTotals(values, image.height, image.width));
  prepared.set(image, { picture, sums, squares });
  return prepared.get(image);
}

// The sum over one window, from four running totals: its cost does not depend on the window's size.
function windowSum(sums, top, bottom, near, far) {
  return sums[bottom + far] - sums[top + far] - sums[bottom + near] + sums[top + near];
}

function slidePatch(image, patch) {
  const out = blank(image.height - patch.height + 1, image.width - patch.width + 1);
  for (let a = 0; a < patch.height; a += 1) {
    for (let row = 0; row < out.height; row += 1) {
      const from = (row + a) * image.width;
      const to = row * out.width;
      for (let b = 0; b < patch.width; b += 1) {
        const weight = patch.data[a * patch.width + b];
        const start = from + b;
        for (let col = 0; col < out.width; col += 1) out.data[to + col] += weight * image.data[start + col];
      }
    }
  }
  return out;
}

export function searchPatch(image, patch, search) {
  const mean = meanOf(patch);
  const weights = search === "sum" ? patch : { ...patch, data: patch.data.map((value) => value - mean) };
  if (search !== "likeness") return slidePatch(image, weights);
  const { picture, sums, squares } = prepare(image);
  const answer = slidePatch(picture, weights);
  const size = weights.data.reduce((sum, value) => sum + value * value, 0);
  const spreads = new Float64Array(answer.data.length);
  const stride = image.width + 1;
  let most = 1e-300;
  let at = 0;
  for (let row = 0; row < answer.height; row += 1) {
    const top = row * stride;
    const bottom = (row + patch.height) * stride;
    for (let col = 0; col < answer.width; col += 1, at += 1) {
      const square = windowSum(squares, top, bottom, col, col + patch.width);
      const sum = windowSum(sums, top, bottom, col, col + patch.width);
      spreads[at] = square - (sum * sum) / patch.data.length;
      if (square > most) most = square;
    }
  }
  for (at = 0; at < spreads.length; at += 1) {
    const even = spreads[at] <= 1e-9 * most;
    answer.data[at] = even ? 0 : Math.min(1, Math.max(-1, answer.data[at] / Math.sqrt(spreads[at] * size)));
  }
  return answer;
}

// The largest answers that keep their distance; NaN counts as no answer.
export function findPeaks({ height, width, data }, count, apart) {
  const left = Float64Array.from(data, (value) => (Number.isNaN(value) ? -Infinity : value));
  const found = [];
  while (found.length < count) {
    let best = 0;
    for (let at = 1; at < left.length; at += 1) if (left[at] > left[best]) best = at;
    if (!Number.isFinite(left[best])) break;
    const [row, col] = [Math.floor(best / width), best % width];
    found.push([row, col]);
    for (let r = Math.max(0, row - apart); r <= Math.min(height - 1, row + apart); r += 1) {
      left.fill(-Infinity, r * width + Math.max(0, col - apart), r * width + Math.min(width, col + apart + 1));
    }
  }
  return found;
}

export function patchScene(image, { patch: place, search, count }) {
  const patch = cutOut(image, place);
  const answer = searchPatch(image, patch, search);
  const apart = Math.max(1, Math.floor(Math.min(patch.height, patch.width) / 2));
  return { patch, answer, places: findPeaks(answer, count, apart) };
}
