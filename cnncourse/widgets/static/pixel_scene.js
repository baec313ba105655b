// What the pixel explorer computes: arithmetic on a picture, one channel of it, and words. Nothing here draws.

import { CHALLENGE_NAMES, challengePicture, pixelDistance } from "./challenges.js";
import { formatNumber } from "./numbers.js";
import { blank } from "./wire.js";

const WEIGHTS = [0.2125, 0.7154, 0.0721]; // how bright red, green and blue look, as in cnncourse/images.py
const CHANNEL_NAMES = ["red", "green", "blue"];

// Contrast around mid grey, then brightness, cut to 0..1, then the negative, then the mirror.
export function arithmetic(image, { brightness, contrast, invert, flip }) {
  const { height, width, channels, data } = image;
  const plain = contrast === 1 && brightness === 0;
  if (plain && !invert && flip === "none") return image;
  const changed = blank(height, width, channels);
  for (let row = 0; row < height; row += 1) {
    const fromRow = flip === "up-down" ? height - 1 - row : row;
    for (let col = 0; col < width; col += 1) {
      const fromCol = flip === "left-right" ? width - 1 - col : col;
      const [to, from] = [(row * width + col) * channels, (fromRow * width + fromCol) * channels];
      for (let i = 0; i < channels; i += 1) {
        const value = plain ? data[from + i] : (data[from + i] - 0.5) * contrast + 0.5 + brightness;
        // Written so that NaN stays NaN.
        const cut = plain ? value : value < 0 ? 0 : value > 1 ? 1 : value;
        changed.data[to + i] = invert ? 1 - cut : cut;
      }
    }
  }
  return changed;
}

export function changedPicture(image, state) {
  let changed = image;
  for (const name of CHALLENGE_NAMES) changed = challengePicture(changed, name, state[name]);
  return arithmetic(changed, state);
}

export function oneChannel(image, channel) {
  if (image.channels !== 3 || channel === "colour") return image;
  const only = blank(image.height, image.width);
  const index = CHANNEL_NAMES.indexOf(channel);
  for (let at = 0; at < only.data.length; at += 1) {
    const [r, g, b] = [0, 1, 2].map((i) => image.data[at * 3 + i]);
    only.data[at] = index < 0 ? WEIGHTS[0] * r + WEIGHTS[1] * g + WEIGHTS[2] * b : image.data[at * 3 + index];
  }
  return only;
}

export function pixelScene(image, state) {
  const changed = changedPicture(image, state);
  return {
    original: oneChannel(image, state.channel),
    changed: oneChannel(changed, state.channel),
    distance: pixelDistance(image, changed),
  };
}

// The same change as a line of Python, for those who want to do it themselves.
export function pythonWords({ brightness, contrast, invert, flip, channel, ...amounts }, colour) {
  let code = "image";
  for (const name of CHALLENGE_NAMES) if (amounts[name]) code = `challenge(${code}, "${name}", ${amounts[name]})`;
  if (contrast !== 1) code = `(${code} - 0.5) * ${contrast} + 0.5`;
  if (brightness !== 0) code = `${code} ${brightness < 0 ? "-" : "+"} ${Math.abs(brightness)}`;
  if (contrast !== 1 || brightness !== 0) code = `np.clip(${code}, 0, 1)`;
  if (invert) code = `1 - ${code}`;
  const cut = { "left-right": "[:, ::-1]", "up-down": "[::-1]" }[flip] ?? "";
  if (cut) code = (invert ? `(${code})` : code) + cut;
  if (!colour || channel === "colour") return code;
  if (channel === "grey") return `to_grey(${code})`;
  return `${code.startsWith("1 -") ? `(${code})` : code}[:, :, ${CHANNEL_NAMES.indexOf(channel)}]`;
}

const both = (value) => `${formatNumber(value, 3)} (${Number.isNaN(value) ? "–" : Math.floor(value * 255 + 0.5)})`;

export function pixelWords(image, { row, col }, channel) {
  const at = (row * image.width + col) * image.channels;
  if (image.channels === 1) {
    const name = channel && channel !== "colour" ? `${channel} ` : "";
    return name + both(image.data[at]);
  }
  return CHANNEL_NAMES.map((name, i) => `${name} ${both(image.data[at + i])}`).join(", ");
}

export function cropWords({ top, left, zoom }, { rows, cols }) {
  return zoom > 1 ? `image[${top}:${top + rows}, ${left}:${left + cols}]` : "";
}
