// The mathematics of the convolution explorer. cnncourse/convolution.py says the same in Python; a test compares them.

import { blank } from "./wire.js";

// Says in words why a setting cannot be shown; an empty text when it can.
export function settingProblem(image, kernel, { stride, padding, mode }) {
  if (!image) return "There is no picture yet. Choose one below.";
  if (!Number.isInteger(stride) || stride < 1) {
    return `A stride of ${stride} never reaches a next place. Use a whole number from 1 on.`;
  }
  if (!Number.isInteger(padding) || padding < 0) {
    return `Padding counts whole pixels, and ${padding} is not a whole number from 0 on.`;
  }
  if (mode === "reflect" && padding >= Math.min(image.height, image.width)) {
    return (
      `Mirroring ${padding} pixels needs a picture of at least ${padding + 1} × ${padding + 1}; ` +
      `this one is ${image.height} × ${image.width}. Pad less, or choose the mode “replicate”.`
    );
  }
  const [height, width] = [image.height + 2 * padding, image.width + 2 * padding];
  if (kernel.height > height || kernel.width > width) {
    const missing = Math.ceil(Math.max(kernel.height - image.height, kernel.width - image.width) / 2);
    return (
      `A kernel of ${kernel.height} × ${kernel.width} does not fit into the padded picture of ` +
      `${height} × ${width}. Pad by at least ${missing}, or use a smaller kernel.`
    );
  }
  return "";
}

// Where a padded coordinate takes its value from along one axis; -1 means from outside.
function sourceIndex(index, size, mode) {
  if (index >= 0 && index < size) return index;
  if (mode === "replicate") return index < 0 ? 0 : size - 1;
  if (mode === "reflect") return index < 0 ? -index : 2 * (size - 1) - index;
  return -1;
}

export function padImage(image, padding, mode = "zeros", value = 0) {
  const padded = blank(image.height + 2 * padding, image.width + 2 * padding);
  const outside = mode === "constant" ? value : 0;
  for (let row = 0; row < padded.height; row += 1) {
    const fromRow = sourceIndex(row - padding, image.height, mode);
    for (let col = 0; col < padded.width; col += 1) {
      const fromCol = sourceIndex(col - padding, image.width, mode);
      const inside = fromRow >= 0 && fromCol >= 0;
      padded.data[row * padded.width + col] = inside ? image.data[fromRow * image.width + fromCol] : outside;
    }
  }
  return padded;
}

export function outputShape(padded, kernel, stride) {
  return {
    height: Math.floor((padded.height - kernel.height) / stride) + 1,
    width: Math.floor((padded.width - kernel.width) / stride) + 1,
  };
}

// One weight at a time over the whole picture: the same sums as window by window, in an order that runs fast.
export function correlatePadded(padded, kernel, stride = 1) {
  const { height, width } = outputShape(padded, kernel, stride);
  const output = blank(height, width);
  for (let a = 0; a < kernel.height; a += 1) {
    for (let b = 0; b < kernel.width; b += 1) {
      const weight = kernel.data[a * kernel.width + b];
      for (let row = 0; row < height; row += 1) {
        let from = (row * stride + a) * padded.width + b;
        const end = (row + 1) * width;
        for (let to = row * width; to < end; to += 1, from += stride) output.data[to] += weight * padded.data[from];
      }
    }
  }
  return output;
}

// What lies under the kernel at one place, each product, and their sum.
export function windowAt(padded, kernel, stride, [row, col]) {
  const under = blank(kernel.height, kernel.width);
  const products = blank(kernel.height, kernel.width);
  let sum = 0;
  for (let a = 0; a < kernel.height; a += 1) {
    for (let b = 0; b < kernel.width; b += 1) {
      const at = a * kernel.width + b;
      under.data[at] = padded.data[(row * stride + a) * padded.width + col * stride + b];
      products.data[at] = under.data[at] * kernel.data[at];
      sum += products.data[at];
    }
  }
  return { under, products, sum };
}

// The block of output cells whose windows contain one cell of the padded picture; height or width 0 when none do.
export function outputsOf(cell, kernel, stride, shape) {
  const along = (at, length, count) => {
    const first = Math.max(0, Math.ceil((at - length + 1) / stride));
    const last = Math.min(count - 1, Math.floor(at / stride));
    return [first, Math.max(0, last - first + 1)];
  };
  const [row, height] = along(cell.row, kernel.height, shape.height);
  const [col, width] = along(cell.col, kernel.width, shape.width);
  return { row, col, height, width };
}
