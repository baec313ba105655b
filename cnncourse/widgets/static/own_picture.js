// A picture of the learner's own, chosen or dropped. It is read in the page and leaves it only for the own kernel.

import { keepKeys } from "./controls.js";
import { make } from "./dom.js";

const LUMA = [0.2125, 0.7154, 0.0721]; // as GREY_WEIGHTS in cnncourse/images.py

// Reads a file into floats in 0..1, made smaller so that it has at most `limit` pixels; transparency lies on white.
export async function readPicture(file, { limit, grey }) {
  const bitmap = await createImageBitmap(file);
  const shrink = Math.min(1, Math.sqrt(limit / (bitmap.width * bitmap.height)));
  const [width, height] = [bitmap.width, bitmap.height].map((size) => Math.max(1, Math.floor(size * shrink)));
  const ctx = make("canvas", { width, height }).getContext("2d", { willReadFrequently: true });
  ctx.fillStyle = "white";
  ctx.fillRect(0, 0, width, height);
  ctx.imageSmoothingQuality = "high";
  ctx.drawImage(bitmap, 0, 0, width, height);
  const picture = fromPixels(ctx.getImageData(0, 0, width, height), grey);
  const made = shrink < 1 ? `, made smaller to ${width} × ${height}` : "";
  return { picture, note: `${file.name}: ${bitmap.width} × ${bitmap.height} pixels${made}.` };
}

function fromPixels({ width, height, data }, grey) {
  const channels = grey ? 1 : 3;
  const values = new Float64Array(width * height * channels);
  for (let at = 0; at < width * height; at += 1) {
    const [r, g, b] = [data[at * 4] / 255, data[at * 4 + 1] / 255, data[at * 4 + 2] / 255];
    if (grey) values[at] = LUMA[0] * r + LUMA[1] * g + LUMA[2] * b;
    else values.set([r, g, b], at * 3);
  }
  return { width, height, channels, data: values };
}

export function ownPicture({ target, limit, grey, onPicture, onProblem }) {
  const read = async (file) => {
    if (!file) return;
    try {
      const { picture, note } = await readPicture(file, { limit, grey });
      onPicture(picture, note);
    } catch {
      onProblem(`${file.name} could not be read as a picture. Try a PNG or JPEG file.`);
    }
  };
  const input = make("input", { type: "file", accept: "image/*", class: "cnn-unseen" });
  input.addEventListener("change", () => read(input.files[0]).then(() => (input.value = "")));
  keepKeys(input);
  // Dropping works anywhere on the explorer; the notebook would otherwise upload the file or open it.
  const over = (event) => {
    if (!event.dataTransfer?.types?.includes("Files")) return;
    event.preventDefault();
    event.stopPropagation();
    target.classList.toggle("cnn-dropping", event.type === "dragover" || event.type === "dragenter");
    if (event.type === "drop") read(event.dataTransfer.files[0]);
  };
  for (const type of ["dragenter", "dragover", "dragleave", "drop"]) target.addEventListener(type, over);
  return make("label", { class: "cnn-file" }, input, make("span", {}, "Own picture …"));
}
