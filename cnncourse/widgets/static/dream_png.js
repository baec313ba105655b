// A picture as a PNG file with its settings inside, as text: the same chunk that cnncourse.dream_pictures.save_dream writes.

import { make } from "./dom.js";

const RECIPE_KEY = "cnncourse.dream"; // as SETTINGS in dream_pictures.py
const AFTER_HEADER = 33; // bytes of the signature and of the first chunk, behind which text may stand

function crcTable() {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
}

// The checksum of PNG chunks (ISO 3309), of the chunk's name and its data.
export function pngChecksum(bytes) {
  const table = crcTable();
  let sum = 0xffffffff;
  for (const byte of bytes) sum = table[(sum ^ byte) & 255] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

// An iTXt chunk: keyword, not compressed, no language, text in UTF-8.
export function textChunk(keyword, text) {
  const letters = new TextEncoder();
  const body = [...letters.encode(`iTXt${keyword}`), 0, 0, 0, 0, 0, ...letters.encode(text)];
  const chunk = new Uint8Array(body.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, body.length - 4); // the name does not count
  chunk.set(body, 4);
  view.setUint32(body.length + 4, pngChecksum(body));
  return chunk;
}

export async function dreamFile(array, recipe) {
  const { width, height, channels = 1, data } = array;
  const pixels = new ImageData(width, height);
  for (let at = 0; at < width * height; at += 1) {
    for (let c = 0; c < 3; c += 1) pixels.data[4 * at + c] = 255 * data[at * channels + (channels === 3 ? c : 0)];
    pixels.data[4 * at + 3] = 255;
  }
  const canvas = make("canvas", { width, height });
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  const plain = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const bytes = new Uint8Array(await plain.arrayBuffer());
  const text = textChunk(RECIPE_KEY, JSON.stringify(recipe));
  return new Blob([bytes.slice(0, AFTER_HEADER), text, bytes.slice(AFTER_HEADER)], { type: "image/png" });
}

export async function saveDream(array, recipe, name) {
  const address = URL.createObjectURL(await dreamFile(array, recipe));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000); // the browser may still be reading
}
