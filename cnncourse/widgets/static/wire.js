// Arrays as they travel between Python and the page: a shape, and 32-bit floats in row order.

export function fromWire(wire) {
  if (!wire || !wire.data) return null;
  const { buffer, byteOffset = 0, byteLength } = wire.data.buffer ? wire.data : new DataView(wire.data);
  // A view may start anywhere in its buffer, but 32-bit floats only at a multiple of four: hence the copy.
  const data = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
  const [height, width, channels = 1] = wire.shape;
  return { height, width, channels, data };
}

export function toWire({ height, width, channels = 1, data }) {
  const values = Float32Array.from(data);
  const shape = channels === 1 ? [height, width] : [height, width, channels];
  return { shape, data: new DataView(values.buffer) };
}

export function fromRows(rows) {
  return { height: rows.length, width: rows[0].length, channels: 1, data: Float64Array.from(rows.flat()) };
}

export function toRows({ height, width, data }) {
  return Array.from({ length: height }, (_, row) => Array.from(data.slice(row * width, (row + 1) * width)));
}

export function blank(height, width, channels = 1) {
  return { height, width, channels, data: new Float64Array(height * width * channels) };
}
