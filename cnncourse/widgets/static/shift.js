// Shifts, poolings and how much they change. `arrays` in cnncourse/widgets/shift_explorer.py says the same in Python;
// a test compares them.

import { correlatePadded } from "./convolve.js";
import { blank } from "./wire.js";

export const LARGEST_SHIFT = 8; // pixels, as in shift_explorer.py
const LEAST_SHIFT_SIDE = 48;

const clampTo = (at, size) => Math.min(size - 1, Math.max(0, at));

// A new array whose cells are asked for one by one.
function fromCells(height, width, value) {
  const out = blank(height, width);
  for (let row = 0; row < height; row += 1) {
    for (let col = 0; col < width; col += 1) out.data[row * width + col] = value(row, col);
  }
  return out;
}

// A picture too small for its window gets a frame of copied edge pixels; NaN, which has no place in a sum, becomes 0.
export function frameForShifts(image) {
  const { height, width, data } = image;
  const frame = Math.min(height, width) >= LEAST_SHIFT_SIDE ? 0 : 2 * LARGEST_SHIFT;
  return fromCells(height + 2 * frame, width + 2 * frame, (row, col) => {
    const value = data[clampTo(row - frame, height) * width + clampTo(col - frame, width)];
    if (Number.isFinite(value)) return value;
    return value > 0 ? 1 : 0;
  });
}

export function viewShifted(whole, [down, right]) {
  const margin = LARGEST_SHIFT;
  return fromCells(whole.height - 2 * margin, whole.width - 2 * margin, (row, col) => {
    return whole.data[(row + margin - down) * whole.width + col + margin - right];
  });
}

// What a filter answers, behind a ReLU.
export function answerTo(view, kernel) {
  const answer = correlatePadded(view, kernel);
  for (let at = 0; at < answer.data.length; at += 1) answer.data[at] = Math.max(0, answer.data[at]);
  return answer;
}

function poolBlocks(map, size, gather) {
  return fromCells(Math.floor(map.height / size), Math.floor(map.width / size), (row, col) => {
    return gather(row * size, col * size);
  });
}

export function poolMax(map, size) {
  return poolBlocks(map, size, (top, left) => {
    let largest = -Infinity;
    for (let row = top; row < top + size; row += 1) {
      for (let col = left; col < left + size; col += 1) largest = Math.max(largest, map.data[row * map.width + col]);
    }
    return largest;
  });
}

export function poolAverage(map, size) {
  return poolBlocks(map, size, (top, left) => {
    let sum = 0;
    for (let row = top; row < top + size; row += 1) {
      for (let col = left; col < left + size; col += 1) sum += map.data[row * map.width + col];
    }
    return sum / (size * size);
  });
}

export function poolStride(map, size) {
  return poolBlocks(map, size, (top, left) => map.data[top * map.width + left]);
}

// Triangle weights, 1 2 1 for blocks of 2; beyond the border the last value is copied outwards.
export function poolBlur(map, size) {
  const reach = size - 1;
  const weights = Array.from({ length: 2 * size - 1 }, (_, at) => (size - Math.abs(at - reach)) / size ** 2);
  return poolBlocks(map, size, (top, left) => {
    let sum = 0;
    for (let a = -reach; a <= reach; a += 1) {
      const start = clampTo(top + a, map.height) * map.width;
      let line = 0;
      for (let b = -reach; b <= reach; b += 1) line += weights[b + reach] * map.data[start + clampTo(left + b, map.width)];
      sum += weights[a + reach] * line;
    }
    return sum;
  });
}

// Moves a map by a number of its own cells, between two cells mixed from both; NaN where it would come from outside.
export function movedMap(map, down, right) {
  const [wholeDown, wholeRight] = [Math.floor(down), Math.floor(right)];
  const [shareDown, shareRight] = [down - wholeDown, right - wholeRight];
  const at = (row, col) => {
    const inside = row >= 0 && col >= 0 && row < map.height && col < map.width;
    return inside ? map.data[row * map.width + col] : NaN;
  };
  // A share of 0 must not ask a neighbour that may lie outside.
  const along = (row, col) => {
    const here = at(row, col);
    return shareRight ? (1 - shareRight) * here + shareRight * at(row, col - 1) : here;
  };
  return fromCells(map.height, map.width, (row, col) => {
    const here = along(row - wholeDown, col - wholeRight);
    return shareDown ? (1 - shareDown) * here + shareDown * along(row - wholeDown - 1, col - wholeRight) : here;
  });
}

// 0 for equal, 1 for nothing in common; cells that are NaN in either map are left out.
export function changeBetween(before, after) {
  let [apart, both, known] = [0, 0, 0];
  for (let at = 0; at < before.data.length; at += 1) {
    const [a, b] = [before.data[at], after.data[at]];
    if (Number.isNaN(a) || Number.isNaN(b)) continue;
    known += 1;
    apart += (a - b) ** 2;
    both += a * a + b * b;
  }
  if (!known) return NaN;
  return both ? Math.sqrt(apart / both) : 0;
}

export const SHIFT_WAYS = {
  answer: { title: "Filter’s answer", pool: (map) => map },
  max: { title: "Max pooling", pool: poolMax },
  average: { title: "Average pooling", pool: poolAverage },
  stride: { title: "Stride", pool: poolStride },
  blur: { title: "Blur, then stride", pool: poolBlur },
};

// `before` is the answer to the unshifted picture, which a drag leaves as it is.
export function shiftScene(whole, before, kernel, { shift, size, compare }) {
  const picture = viewShifted(whole, shift);
  const after = answerTo(picture, kernel);
  const outcomes = {};
  for (const [name, { pool }] of Object.entries(SHIFT_WAYS)) {
    const [rest, now] = [pool(before, size), pool(after, size)];
    const step = name === "answer" ? 1 : size;
    const along = movedMap(rest, shift[0] / step, shift[1] / step);
    const expected = compare === "stays" ? rest : along;
    const difference = fromCells(now.height, now.width, (row, col) => {
      const at = row * now.width + col;
      return now.data[at] - expected.data[at];
    });
    outcomes[name] = { after: now, difference, stays: changeBetween(rest, now), moves: changeBetween(along, now) };
  }
  return { picture, outcomes };
}
