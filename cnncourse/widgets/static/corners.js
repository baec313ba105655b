// Harris's corners. `arrays` in cnncourse/widgets/_filters.py says the same in Python; a test compares them.

import { blurPicture } from "./blur.js";
import { sobelPair } from "./edges.js";
import { findPeaks } from "./matching.js";
import { blank } from "./wire.js";

const CORNERS_APART = 5; // pixels: corners nearer than this to a stronger one are the same corner; as in _filters.py
const LEAST_CORNER = 0.01; // of the strongest response: less is not marked; as in _filters.py

const changeProducts = new WeakMap(); // they belong to the picture, whatever the settings

function productsOf(image) {
  if (changeProducts.has(image)) return changeProducts.get(image);
  const { right, down } = sobelPair(image);
  const times = (a, b) => ({ ...a, data: a.data.map((value, at) => value * b.data[at]) });
  changeProducts.set(image, [times(right, right), times(right, down), times(down, down)]);
  return changeProducts.get(image);
}

// The structure tensor at each pixel: its eigenvalues, and Harris's response made of them.
export function cornerScene(image, { window: sigma, sensitivity, corners }) {
  const [across, mixed, below] = productsOf(image).map((products) => blurPicture(products, sigma).data);
  const [response, small, large] = [0, 1, 2].map(() => blank(image.height, image.width));
  let most = 0;
  for (let at = 0; at < across.length; at += 1) {
    const trace = across[at] + below[at];
    const apart = (across[at] - below[at]) / 2;
    const reach = Math.sqrt(apart * apart + mixed[at] * mixed[at]);
    small.data[at] = trace / 2 - reach;
    large.data[at] = trace / 2 + reach;
    response.data[at] = across[at] * below[at] - mixed[at] * mixed[at] - sensitivity * trace * trace;
    most = Math.max(most, response.data[at]);
  }
  const clear = { ...response, data: response.data.map((value) => (value > LEAST_CORNER * most ? value : NaN)) };
  return { response, small, large, places: findPeaks(clear, corners, CORNERS_APART) };
}
