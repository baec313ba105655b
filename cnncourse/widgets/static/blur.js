// Gaussian blur and edges. `arrays` in cnncourse/widgets/blur_explorer.py says the same in Python; a test compares them.

import { blank } from "./wire.js";

// Weights of the bell along one axis; they sum to 1, and no strength at all is one weight of 1.
export function bellWeights(sigma) {
  const radius = Math.ceil(3 * sigma);
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, at) =>
    sigma > 0 ? Math.exp(-0.5 * ((at - radius) / sigma) ** 2) : 1,
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

export function bellKernel(sigma) {
  const bell = bellWeights(sigma);
  const kernel = blank(bell.length, bell.length);
  kernel.data.forEach((_, at) => {
    kernel.data[at] = bell[Math.floor(at / bell.length)] * bell[at % bell.length];
  });
  return kernel;
}

const inRange = (at, size) => Math.min(size - 1, Math.max(0, at));

// The kernel is a product of two bells, so rows and columns can be blurred in turn: 2k products a pixel, not k².
function blurRows({ height, width, data }, bell) {
  const out = blank(height, width);
  const radius = (bell.length - 1) / 2;
  const line = new Float64Array(width + 2 * radius);
  for (let row = 0; row < height; row += 1) {
    for (let at = 0; at < line.length; at += 1) line[at] = data[row * width + inRange(at - radius, width)];
    for (let col = 0; col < width; col += 1) {
      let sum = bell[radius] * line[col + radius];
      for (let k = 0; k < radius; k += 1) sum += bell[k] * (line[col + k] + line[col + 2 * radius - k]);
      out.data[row * width + col] = sum;
    }
  }
  return out;
}

function turned({ height, width, data }) {
  const out = blank(width, height);
  for (let row = 0; row < height; row += 1) {
    for (let col = 0; col < width; col += 1) out.data[col * height + row] = data[row * width + col];
  }
  return out;
}

export function blurPicture(image, sigma) {
  const bell = bellWeights(sigma);
  return turned(blurRows(turned(blurRows(image, bell)), bell));
}

// How much brighter it gets to the right and downwards, by Sobel's kernels, as one length.
export function edgeStrength({ height, width, data }) {
  const out = blank(height, width);
  for (let row = 0; row < height; row += 1) {
    const [above, here, below] = [-1, 0, 1].map((step) => inRange(row + step, height) * width);
    for (let col = 0; col < width; col += 1) {
      const [left, right] = [inRange(col - 1, width), inRange(col + 1, width)];
      const [a, b, c] = [data[above + left], data[above + col], data[above + right]];
      const [d, e] = [data[here + left], data[here + right]];
      const [f, g, h] = [data[below + left], data[below + col], data[below + right]];
      out.data[row * width + col] = Math.hypot(c - a + 2 * (e - d) + h - f, f - a + 2 * (g - b) + h - c);
    }
  }
  return out;
}

export function removedBy(image, blurred) {
  const out = blank(image.height, image.width);
  for (let at = 0; at < out.data.length; at += 1) out.data[at] = image.data[at] - blurred.data[at];
  return out;
}
