// What one value of a stack of layers sees, walked back layer by layer. cnncourse/widgets/_receptive_field.py says the
// same in Python; a test compares them.

import { countLayers } from "./layer_rules.js";
import { blank } from "./wire.js";

const nearestPlace = (at, size) => Math.min(Math.max(0, at), size - 1);

// Cells of each level that one value of the last one sees, along one axis; as seen_spans in cnncourse/blueprints.py.
// Without `counts`, what lies on padding belongs to them.
export function seenSpans(layers, place, counts = null) {
  const spans = [[place, place]];
  for (let level = layers.length - 1; level >= 0; level -= 1) {
    const { kernel, stride, padding } = layers[level];
    const [above] = spans;
    let [first, last] = [above[0] * stride - padding, above[1] * stride - padding + kernel - 1];
    if (counts) [first, last] = [Math.max(0, first), Math.min(counts[level] - 1, last)];
    spans.unshift(above[1] < above[0] || last < first ? [0, -1] : [first, last]);
  }
  return spans;
}

// How many rows and columns each level has; `problem` names the first layer that does not fit.
export function fieldLevels(image, layers) {
  const { rows, refused } = countLayers([1, image.height, image.width], layers);
  const counts = [image.height, image.width].map((size, axis) => [size, ...rows.map(({ shape }) => shape[axis + 1])]);
  const at = rows.length;
  return { counts, problem: refused ? `Layer ${at + 1}, ${fieldLayerWords(layers[at])}: ${refused.problem}.` : "" };
}

function fieldTotals({ height, width, data }) {
  const sums = blank(height + 1, width + 1);
  for (let row = 0; row < height; row += 1) {
    let along = 0;
    for (let col = 0; col < width; col += 1) {
      along += data[row * width + col];
      sums.data[(row + 1) * (width + 1) + col + 1] = sums.data[row * (width + 1) + col + 1] + along;
    }
  }
  return sums;
}

// Each value of a level painted with the mean of the pixels that it sees.
export function fieldMaps(image, layers, counts) {
  const totals = fieldTotals(image);
  return counts[0].map((_, level) => {
    const ends = counts.map((along) =>
      Array.from({ length: along[level] }, (__, at) => seenSpans(layers.slice(0, level), at, along)[0]),
    );
    return fieldMeans(totals, ends);
  });
}

function fieldMeans({ data, width }, [rows, columns]) {
  const out = blank(rows.length, columns.length);
  rows.forEach(([top, bottom], row) => {
    const [above, below] = [top * width, (bottom + 1) * width];
    columns.forEach(([left, right], col) => {
      const pixels = (bottom - top + 1) * (right - left + 1);
      const sum = data[below + right + 1] - data[above + right + 1] - (data[below + left] - data[above + left]);
      out.data[row * columns.length + col] = pixels > 0 ? sum / pixels : NaN;
    });
  });
  return out;
}

// The blocks that the value sees on every level, the picture first, and the side of its field by the formula.
export function fieldWalk(layers, counts, place) {
  const at = place.map((one, axis) => nearestPlace(one, counts[axis].at(-1)));
  const [rows, columns] = counts.map((along, axis) => seenSpans(layers, at[axis], along));
  const [first, last] = seenSpans(layers, 0)[0];
  return { at, rows, columns, side: last - first + 1 };
}

// The value whose field has its middle nearest to a pixel, along one axis.
export function fieldPlaceAt(layers, size, pixel) {
  const [first, last] = seenSpans(layers, 0)[0];
  const apart = layers.reduce((product, { stride }) => product * stride, 1);
  return nearestPlace(Math.round((pixel - (first + last) / 2) / apart), size);
}

export function fieldLayerWords({ kind, kernel, stride, padding }) {
  const usual = kind === "pooling" ? kernel : 1;
  const moved = stride === usual ? "" : `, stride ${stride}`;
  const framed = padding ? `, padding ${padding}` : "";
  return `${kind} ${kernel} × ${kernel}${moved}${framed}`;
}

export function fieldSentence(layers, depth, counts, { at, rows, columns, side }) {
  const shape = counts.map((along) => along.at(-1)).join(" × ");
  return (
    `Layer ${depth} of ${layers.length}, ${fieldLayerWords(layers[depth - 1])}. ` +
    `The value at row ${at[0]}, column ${at[1]} of ${shape} sees ${fieldBlockWords([rows[0], columns[0]], side)}`
  );
}

function fieldBlockWords([[top, bottom], [left, right]], side) {
  const [high, wide] = [bottom - top + 1, right - left + 1];
  if (!high || !wide) return "padding and no pixel.";
  const rest = Math.min(high, wide) === side ? "" : ` Its field of ${side} × ${side} reaches out to padding.`;
  return `${high} × ${wide} pixels: rows ${top} to ${bottom}, columns ${left} to ${right}.${rest}`;
}

// The formula, a step a layer: n values of a layer see (n − 1) · stride + kernel of the one below.
export function fieldSteps(layers) {
  let seen = 1;
  return [...layers].reverse().map(({ kernel, stride }) => {
    const from = seen;
    seen = (from - 1) * stride + kernel;
    return { seen, words: `(${from} − 1) · ${stride} + ${kernel} = ${seen}` };
  });
}
