// From strokes of a pen to the pixels that a network is given; cnncourse/drawing.py computes the same.

export const PAD_SIDE = 28; // pixels of the sheet
const INK_FINE = 4; // fine pixels along a pixel
const [MNIST_BOX, MNIST_CENTRE] = [20, 14]; // pixels
const NO_INK = 1e-6; // less is rounding

const grey = (height, width) => ({ height, width, channels: 1, data: new Float64Array(height * width) });
const between = (x, low, high) => Math.min(high, Math.max(low, x));
const nearestWhole = (x) => Math.floor(x + 0.5 + 1e-9); // a sum taken in another order may lie a little below the half

// Strokes are lists of points [x, y] in pixels of the sheet.
export function inkOf(strokes, pen, side = PAD_SIDE) {
  const ink = grey(side * INK_FINE, side * INK_FINE);
  for (const stroke of strokes) {
    const points = stroke.map(([x, y]) => [INK_FINE * x, INK_FINE * y]);
    if (points.length === 1) drawSegment(ink, points[0], points[0], (pen * INK_FINE) / 2);
    for (let at = 1; at < points.length; at += 1) drawSegment(ink, points[at - 1], points[at], (pen * INK_FINE) / 2);
  }
  return ink;
}

// A line with round ends; only the pixels around it are looked at.
function drawSegment({ height, width, data }, [x0, y0], [x1, y1], radius) {
  const from = (a, b) => Math.max(0, Math.floor(Math.min(a, b) - radius - 1));
  const to = (a, b, most) => Math.min(most, Math.ceil(Math.max(a, b) + radius + 1));
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const [right, bottom] = [to(x0, x1, width), to(y0, y1, height)];
  for (let row = from(y0, y1); row < bottom; row += 1) {
    for (let col = from(x0, x1); col < right; col += 1) {
      const [x, y] = [col + 0.5 - x0, row + 0.5 - y0];
      const along = length ? between((x * dx + y * dy) / length, 0, 1) : 0;
      const coverage = between(radius + 0.5 - Math.hypot(x - along * dx, y - along * dy), 0, 1);
      if (coverage > data[row * width + col]) data[row * width + col] = coverage;
    }
  }
}

// The weights of the old pixels in each new one: a tent as wide as two new pixels or two old ones.
function tents(old, size) {
  const scale = old / size;
  const reach = Math.max(scale, 1);
  return Array.from({ length: size }, (_, at) => {
    const middle = (at + 0.5) * scale;
    const first = Math.max(0, Math.floor(middle - reach - 0.5));
    const weights = [];
    for (let pixel = first; pixel < Math.min(old, middle + reach + 0.5); pixel += 1) {
      weights.push(Math.max(0, 1 - Math.abs(pixel + 0.5 - middle) / reach));
    }
    const sum = weights.reduce((a, b) => a + b, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

export function resizedPicture(picture, height, width) {
  if (height === picture.height && width === picture.width) return picture;
  const [rows, cols] = [tents(picture.height, height), tents(picture.width, width)];
  const [flat, made] = [grey(height, picture.width), grey(height, width)];
  rows.forEach(({ first, weights }, row) => weights.forEach((weight, k) => {
    const from = (first + k) * picture.width;
    for (let col = 0; col < picture.width; col += 1) flat.data[row * picture.width + col] += weight * picture.data[from + col];
  }));
  for (let row = 0; row < height; row += 1) {
    cols.forEach(({ first, weights }, col) => weights.forEach((weight, k) => {
      made.data[row * width + col] += weight * flat.data[row * picture.width + first + k];
    }));
  }
  return made;
}

// From where to where there is ink; null where there is none.
export function inkExtent({ height, width, data }) {
  let [top, bottom, left, right] = [height, -1, width, -1];
  for (let row = 0; row < height; row += 1) {
    for (let col = 0; col < width; col += 1) {
      if (data[row * width + col] <= NO_INK) continue;
      [top, bottom] = [Math.min(top, row), row];
      [left, right] = [Math.min(left, col), Math.max(right, col)];
    }
  }
  return bottom < 0 ? null : { row: top, col: left, height: bottom - top + 1, width: right - left + 1 };
}

function inkedPart(picture, { row, col, height, width }) {
  const cut = grey(height, width);
  for (let at = 0; at < height; at += 1) {
    const from = (row + at) * picture.width + col;
    cut.data.set(picture.data.subarray(from, from + width), at * width);
  }
  return cut;
}

// Lays a picture on an empty one of another size; what leaves it is lost.
function laidOn(picture, height, width, top, left) {
  const made = grey(height, width);
  for (let row = Math.max(0, -top); row < Math.min(picture.height, height - top); row += 1) {
    for (let col = Math.max(0, -left); col < Math.min(picture.width, width - left); col += 1) {
      made.data[(top + row) * width + left + col] = picture.data[row * picture.width + col];
    }
  }
  return made;
}

// As the digits of MNIST were made: 20 pixels along the longer side, the centre of mass in the middle of 28 × 28.
export function centredAsMnist(picture) {
  const extent = inkExtent(picture);
  if (!extent) return grey(PAD_SIDE, PAD_SIDE);
  const inked = inkedPart(picture, extent);
  const longer = Math.max(inked.height, inked.width);
  const [height, width] = [inked.height, inked.width].map((length) => Math.max(1, nearestWhole((length * MNIST_BOX) / longer)));
  const digit = resizedPicture(inked, height, width);
  let [mass, down, along] = [0, 0, 0];
  digit.data.forEach((ink, at) => {
    mass += ink;
    down += ink * Math.floor(at / width);
    along += ink * (at % width);
  });
  const [top, left] = [down, along].map((moment) => nearestWhole(MNIST_CENTRE - moment / mass));
  return laidOn(digit, PAD_SIDE, PAD_SIDE, top, left);
}

export function movedPicture(picture, [down, right]) {
  return down || right ? laidOn(picture, picture.height, picture.width, down, right) : picture;
}

// What the network is given: a picked digit or a drawing, shifted, and centred and scaled unless that is switched off.
export function pictureToRead({ digit, strokes, pen, shift, centre, size: [height, width] }) {
  const fine = digit ? 1 : INK_FINE;
  const moved = movedPicture(digit ?? inkOf(strokes, pen), shift.map((by) => by * fine));
  const picture = centre ? centredAsMnist(moved) : resizedPicture(moved, PAD_SIDE, PAD_SIDE);
  return resizedPicture(picture, height, width);
}
