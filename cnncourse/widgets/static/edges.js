// Edges, their directions as colours, and the Laplacian. `arrays` in cnncourse/widgets/_filters.py says the same in
// Python; a test compares them.

import { blurPicture } from "./blur.js";
import { blank } from "./wire.js";

const FULL = 0.6; // of the strongest edge: its direction's colour is full from there on; as in _filters.py

const nearest = (at, size) => Math.min(size - 1, Math.max(0, at));

// Sobel's kernels over 8: change a pixel to the right and downwards, edge pixels copied outwards.
export function sobelPair({ height, width, data }) {
  const [right, down] = [blank(height, width), blank(height, width)];
  for (let row = 0; row < height; row += 1) {
    const [above, here, below] = [-1, 0, 1].map((step) => nearest(row + step, height) * width);
    for (let col = 0; col < width; col += 1) {
      const west = nearest(col - 1, width);
      const east = nearest(col + 1, width);
      const falling = data[below + east] - data[above + west];
      const rising = data[above + east] - data[below + west];
      const at = row * width + col;
      right.data[at] = (falling + rising + 2 * (data[here + east] - data[here + west])) / 8;
      down.data[at] = (falling - rising + 2 * (data[below + col] - data[above + col])) / 8;
    }
  }
  return { right, down };
}

export function edgeScene(image, { blur }) {
  const { right, down } = sobelPair(blurPicture(image, blur));
  const magnitude = blank(image.height, image.width);
  let strongest = 0;
  for (let at = 0; at < magnitude.data.length; at += 1) {
    magnitude.data[at] = Math.sqrt(right.data[at] ** 2 + down.data[at] ** 2);
    if (magnitude.data[at] > strongest) strongest = magnitude.data[at];
  }
  return { right, down, magnitude, directions: directionColours(right, down, FULL * strongest) };
}

const [DARK, LIGHT, COLOURFUL] = [0.16, 0.78, 0.125]; // as in cnncourse/edges.py
const SHADES = 1024;

const cubed = (x) => x * x * x;

// Lightness by strength, colour by direction, in the OKLab space; the numbers are those of its definition.
function writeColour(out, at, x, y, limit) {
  const strength = Math.sqrt(x * x + y * y);
  const share = Math.min(1, strength / limit);
  const lightness = DARK + (LIGHT - DARK) * share;
  const chroma = strength > 0 ? (COLOURFUL * share) / strength : 0;
  const a = chroma * x;
  const b = chroma * y;
  const l = cubed(lightness + 0.3963377774 * a + 0.2158037573 * b);
  const m = cubed(lightness - 0.1055613458 * a - 0.0638541728 * b);
  const s = cubed(lightness - 0.0894841775 * a - 1.291485548 * b);
  out[at] = onScreen(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  out[at + 1] = onScreen(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  out[at + 2] = onScreen(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
}

// The step from light to a screen's numbers, looked up: a power for each pixel and colour would cost most of the time.
const SCREEN = Float64Array.from({ length: SHADES * 4 + 1 }, (_, at) => {
  const light = (at / (SHADES * 4)) ** 2;
  return light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
});
const onScreen = (light) => SCREEN[Math.round(Math.sqrt(Math.min(1, Math.max(0, light))) * SHADES * 4)];

export function directionColours(right, down, limit) {
  const { height, width } = right;
  const out = blank(height, width, 3);
  const full = limit || 1;
  for (let at = 0; at < height * width; at += 1) writeColour(out.data, at * 3, right.data[at], down.data[at], full);
  return out;
}

// ---- Laplacian -----------------------------------------------------------------------------------------------------

const LEAST_STEP = 0.5; // of the usual answer: smaller steps across zero are noise; as in _filters.py

export function laplaceScene(image, { blur }) {
  const { height, width, data } = blurPicture(image, blur);
  const answer = blank(height, width);
  let squares = 0;
  for (let row = 0; row < height; row += 1) {
    const [above, below] = [nearest(row - 1, height) * width, nearest(row + 1, height) * width];
    for (let col = 0; col < width; col += 1) {
      const west = nearest(col - 1, width);
      const east = nearest(col + 1, width);
      const at = row * width + col;
      const around = data[above + col] + data[below + col] + data[row * width + west] + data[row * width + east];
      answer.data[at] = around - 4 * data[at];
      squares += answer.data[at] ** 2;
    }
  }
  return { answer, crossings: signChanges(answer, LEAST_STEP * Math.sqrt(squares / data.length)) };
}

function signChanges({ height, width, data }, least) {
  const out = blank(height, width);
  for (let row = 0; row < height; row += 1) {
    for (let col = 0; col < width; col += 1) {
      const at = row * width + col;
      const crosses = (there) => data[at] * data[there] < 0 && Math.abs(data[at] - data[there]) > least;
      out.data[at] = (col + 1 < width && crosses(at + 1)) || (row + 1 < height && crosses(at + width)) ? 1 : 0;
    }
  }
  return out;
}
