// Dreams on record, for a page without a kernel: sliders walk through them.

import { make } from "./dom.js";

// The record of a layer that is nearest to a wish, by its map, then its octaves, then its strength; and what there is
// of each to choose from: maps of the layer, octaves of that map, strengths of those.
export function nearestRecord(recorded, wish) {
  let left = recorded.filter((one) => one.layer === wish.layer);
  const steps = {};
  for (const key of ["channel", "octaves", "strength"]) {
    steps[key] = [...new Set(left.map((one) => one[key]))].sort((a, b) => a - b);
    const off = (value) => Math.abs(value - wish[key]);
    const near = steps[key].reduce((best, one) => (off(one) < off(best) ? one : best), steps[key][0]);
    left = left.filter((one) => one[key] === near);
  }
  return { found: left[0] ?? null, steps };
}

// Reads a recorded JPEG into an array in 0..1.
export async function unpackRecord({ data }) {
  const bitmap = await createImageBitmap(new Blob([data], { type: "image/jpeg" }));
  const { width, height } = bitmap;
  const ctx = make("canvas", { width, height }).getContext("2d", { willReadFrequently: true });
  ctx.drawImage(bitmap, 0, 0);
  const pixels = ctx.getImageData(0, 0, width, height).data;
  const values = new Float32Array(width * height * 3);
  for (let at = 0; at < width * height; at += 1) for (let c = 0; c < 3; c += 1) values[3 * at + c] = pixels[4 * at + c] / 255;
  return { width, height, channels: 3, data: values };
}
