// Gabor filters: stripes under a bell, and their energy. `arrays` in cnncourse/widgets/_filters.py says the same in
// Python; a test compares them.

import { bellWeights } from "./blur.js";
import { blank } from "./wire.js";

const mirrored = (at, size) => (at < 0 ? -at : at >= size ? 2 * (size - 1) - at : at);

// As a complex number a slanted stripe is a column times a row: e^(i(ax + by)) = e^(iax) e^(iby). So rows and columns
// are passed in turn, 2k complex products a pixel in place of k², and both phases come out at once.
function gaborStrips(orientation, frequency, sigma) {
  const bell = bellWeights(sigma);
  const radius = (bell.length - 1) / 2;
  const angle = (orientation * Math.PI) / 180;
  const strip = (speed) => {
    const waves = Array.from(bell, (_, at) => 2 * Math.PI * frequency * speed * (at - radius));
    return { bell, re: bell.map((w, at) => w * Math.cos(waves[at])), im: bell.map((w, at) => w * Math.sin(waves[at])) };
  };
  return { radius, across: strip(Math.cos(angle)), down: strip(Math.sin(angle)) };
}

const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);

// What the stripes answer to even grey; it is taken off again, so that the weights sum to 0.
const greyShare = ({ across, down }) => total(across.re) * total(down.re) - total(across.im) * total(down.im);

function gaborPair(strips) {
  const side = 2 * strips.radius + 1;
  const [stripes, flanks] = [blank(side, side), blank(side, side)];
  const { across, down } = strips;
  const share = greyShare(strips);
  const sizes = [0, 0];
  for (let row = 0; row < side; row += 1) {
    for (let col = 0; col < side; col += 1) {
      const at = row * side + col;
      const bell = across.bell[col] * down.bell[row];
      stripes.data[at] = across.re[col] * down.re[row] - across.im[col] * down.im[row] - share * bell;
      flanks.data[at] = across.re[col] * down.im[row] + across.im[col] * down.re[row];
      sizes[0] += Math.abs(stripes.data[at]);
      sizes[1] += Math.abs(flanks.data[at]);
    }
  }
  return { stripes, flanks, sizes };
}

// Along rows: the wave's real and imaginary part. Weights left and right of the middle are equal but for a sign, so
// each pair of pixels is first added and subtracted.
function passRows(image, { re, im }, radius) {
  const { height, width, data } = image;
  const out = { re: blank(height, width).data, im: blank(height, width).data };
  const line = new Float64Array(width + 2 * radius);
  for (let row = 0; row < height; row += 1) {
    for (let at = 0; at < line.length; at += 1) line[at] = data[row * width + mirrored(at - radius, width)];
    for (let col = 0; col < width; col += 1) {
      let r = re[radius] * line[col + radius];
      let i = 0;
      for (let k = 0; k < radius; k += 1) {
        const left = line[col + k];
        const right = line[col + 2 * radius - k];
        r += re[k] * (left + right);
        i += im[k] * (left - right);
      }
      const at = row * width + col;
      out.re[at] = r;
      out.im[at] = i;
    }
  }
  return out;
}

function passColumns(rows, { re, im }, radius, { height, width }) {
  const [r, i] = [blank(height, width).data, blank(height, width).data];
  for (let row = 0; row < height; row += 1) {
    for (let k = 0; k <= radius; k += 1) {
      // The middle row has no partner: it is taken once, with half its weight from each side.
      const half = k === radius ? 0.5 : 1;
      const cosine = half * re[k];
      const sine = half * im[k];
      let to = row * width;
      let upper = mirrored(row + k - radius, height) * width;
      let lower = mirrored(row + radius - k, height) * width;
      for (const end = to + width; to < end; to += 1, upper += 1, lower += 1) {
        const x = rows.re[upper];
        const y = rows.im[upper];
        const u = rows.re[lower];
        const v = rows.im[lower];
        r[to] += cosine * (x + u) - sine * (y - v);
        i[to] += cosine * (y + v) + sine * (x - u);
      }
    }
  }
  return { r, i };
}

// The picture under the bell alone, a wave that does not wave. It is the same at every orientation, so the last one is
// kept while a learner turns the filter.
const lastBells = new WeakMap();

function underBell(image, { bell }, radius, sigma) {
  const last = lastBells.get(image);
  if (last?.sigma === sigma) return last.under;
  const still = { re: bell, im: bell.map(() => 0) };
  const under = passColumns(passRows(image, still, radius), still, radius, image).r;
  lastBells.set(image, { sigma, under });
  return under;
}

export function gaborProblem(image, sigma) {
  const radius = Math.ceil(3 * sigma);
  if (radius < Math.min(image.height, image.width)) return "";
  return (
    `A filter of ${2 * radius + 1} × ${2 * radius + 1} needs a picture of at least ${radius + 1} × ${radius + 1} to ` +
    `mirror at its border; this one is ${image.height} × ${image.width}. Make the filter narrower.`
  );
}

export function gaborScene(image, { orientation, frequency, sigma }) {
  const strips = gaborStrips(orientation, frequency, sigma);
  const { stripes, flanks, sizes } = gaborPair(strips);
  const rows = passRows(image, strips.across, strips.radius);
  const { r, i } = passColumns(rows, strips.down, strips.radius, image);
  const b = underBell(image, strips.across, strips.radius, sigma);
  const [answer, energy] = [blank(image.height, image.width), blank(image.height, image.width)];
  const share = greyShare(strips);
  for (let at = 0; at < b.length; at += 1) {
    const even = (r[at] - share * b[at]) / sizes[0];
    const odd = i[at] / sizes[1];
    answer.data[at] = even;
    energy.data[at] = Math.sqrt(even * even + odd * odd); // Math.hypot takes ten times as long
  }
  return { kernel: scaled(stripes, 1 / sizes[0]), flanks: scaled(flanks, 1 / sizes[1]), answer, energy };
}

export function scaled(array, factor) {
  return { ...array, data: array.data.map((value) => value * factor) };
}
