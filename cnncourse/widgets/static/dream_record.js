// Dreams on record, for a page without a kernel: sliders walk through them.

import { make } from "./dom.js";

// The record of a layer whose strength is the nearest, and the strengths that there are for it.
export function nearestRecord(recorded, { layer, strength }) {
  const same = recorded.filter((one) => one.layer === layer);
  const off = (one) => Math.abs(one.strength - strength);
  const found = same.reduce((best, one) => (best === null || off(one) < off(best) ? one : best), null);
  return { found, strengths: same.map((one) => one.strength).sort((a, b) => a - b) };
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
