// Six changes that leave a picture's name as it is. cnncourse/challenges.py says the same in Python; a test compares
// them. Places run from -1 to 1 across the picture: u to the right, v downwards.

import { blank } from "./wire.js";

const EMPTY = 0.5; // what shows where the scene has no pixel
const ROUNDING = 1e-9; // sines differ in their last digit between Python and browsers; a rim pixel must not

function span(count) {
  if (count === 1) return new Float64Array(1);
  const step = 2 / (count - 1);
  return Float64Array.from({ length: count }, (_, at) => (at === count - 1 ? 1 : -1 + at * step));
}

// Calls visit(u, v, at, row, col) for each pixel, `at` being where its values begin.
function eachPixel(image, visit) {
  const [us, vs] = [span(image.width), span(image.height)];
  let at = 0;
  for (let row = 0; row < image.height; row += 1) {
    for (let col = 0; col < image.width; col += 1, at += image.channels) visit(us[col], vs[row], at, row, col);
  }
}

// Writes into `out` at `at` what the picture holds at (u, v), read between its pixels. It runs for each pixel of each
// step of a drag: hence plain numbers, and no array made on the way.
function sampleInto(out, at, { height, width, channels, data }, u, v) {
  if (!(Math.abs(u) <= 1 + ROUNDING && Math.abs(v) <= 1 + ROUNDING)) {
    for (let i = 0; i < channels; i += 1) out[at + i] = EMPTY;
    return;
  }
  const y = ((v + 1) / 2) * (height - 1);
  const x = ((u + 1) / 2) * (width - 1);
  const top = Math.min(height - 1, Math.max(0, Math.floor(y)));
  const left = Math.min(width - 1, Math.max(0, Math.floor(x)));
  const down = Math.min(1, Math.max(0, y - top));
  const along = Math.min(1, Math.max(0, x - left));
  const a = (top * width + left) * channels;
  const right = left + 1 < width ? channels : 0;
  const below = top + 1 < height ? width * channels : 0;
  for (let i = 0; i < channels; i += 1) {
    const upper = (1 - along) * data[a + i] + along * data[a + right + i];
    const lower = (1 - along) * data[a + below + i] + along * data[a + below + right + i];
    out[at + i] = (1 - down) * upper + down * lower;
  }
}

function turnViewpoint(image, amount, out) {
  const angle = (amount * Math.PI) / 3;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  eachPixel(image, (u, v, at) => {
    const across = u / (cosine - (u * sine) / 2);
    sampleInto(out, at, image, across, v * (1 + (across * sine) / 2));
  });
}

function lightFromLeft(image, amount, out) {
  eachPixel(image, (u, v, at) => {
    const brightness = 1 - (0.9 * amount * (u + 1)) / 2;
    for (let i = 0; i < image.channels; i += 1) out[at + i] = image.data[at + i] * brightness;
  });
}

function deform(image, amount, out) {
  const bend = amount / 8;
  // Sines once a column and once a row: there are far fewer of those than pixels.
  const [overCols, overRows] = [span(image.width), span(image.height)].map((at) => at.map((x) => Math.sin(2 * Math.PI * x)));
  eachPixel(image, (u, v, at, row, col) => {
    sampleInto(out, at, image, u + bend * overRows[row], v + bend * overCols[col]);
  });
}

function occlude(image, amount, out) {
  eachPixel(image, (u, v, at) => {
    const covered = (u + 1) / 2 < 0.6 * amount;
    for (let i = 0; i < image.channels; i += 1) out[at + i] = covered ? 0.35 : image.data[at + i];
  });
}

function clutter(image, amount, out) {
  eachPixel(image, (u, v, at) => {
    const pattern = 0.5 + 0.25 * Math.sin(37 * u + 11 * v) + 0.25 * Math.sin(23 * u - 41 * v);
    const share = amount * Math.min(1, Math.max(0, (Math.hypot(u, v) - 0.5) / 0.3));
    for (let i = 0; i < image.channels; i += 1) out[at + i] = (1 - share) * image.data[at + i] + share * pattern;
  });
}

function vary(image, amount, out) {
  eachPixel(image, (u, v, at) => {
    const swell = 1 - 0.45 * amount * Math.exp(-3 * (u * u + v * v));
    sampleInto(out, at, image, u * swell, v * swell);
    for (let i = 0; i < image.channels; i += 1) out[at + i] **= 1 + 1.2 * amount;
  });
}

const CHALLENGES = {
  viewpoint: turnViewpoint,
  illumination: lightFromLeft,
  deformation: deform,
  occlusion: occlude,
  clutter,
  variation: vary,
};

export const CHALLENGE_NAMES = Object.keys(CHALLENGES);

export function challengePicture(image, name, amount) {
  if (!amount) return image;
  const changed = blank(image.height, image.width, image.channels);
  CHALLENGES[name](image, amount, changed.data);
  return changed;
}

export function pixelDistance(image, other) {
  let sum = 0;
  for (let at = 0; at < image.data.length; at += 1) sum += Math.abs(image.data[at] - other.data[at]);
  return sum / image.data.length;
}
