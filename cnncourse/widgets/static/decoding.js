// A decoder run in the page: two dense layers, two transposed convolutions. cnncourse/decoding.py computes the same.

const DECODER_PARTS = ["first", "firstBias", "second", "secondBias", "up", "upBias", "last", "lastBias"];

// The weights come as one row of numbers; `shapes` says where each part ends.
export function decoderOf(numbers, shapes) {
  let at = 0;
  const parts = shapes.map((shape) => {
    const count = shape.reduce((product, length) => product * length, 1);
    return { shape, values: numbers.subarray(at, (at += count)) };
  });
  return Object.fromEntries(DECODER_PARTS.map((name, place) => [name, parts[place]]));
}

function rectifiedDense(inputs, { shape: [outputs, width], values }, bias) {
  return Float64Array.from({ length: outputs }, (_, unit) => {
    let sum = bias.values[unit];
    for (let at = 0; at < width; at += 1) sum += values[unit * width + at] * inputs[at];
    return sum > 0 ? sum : 0;
  });
}

// Each value of a map stamps its 4 × 4 kernel, every two pixels; the outermost row and column of stamps are cut off.
function stampedMaps(maps, side, { shape: [inputs, outputs], values }, bias) {
  const wide = 2 * side;
  const made = new Float64Array(outputs * wide * wide);
  for (let map = 0; map < outputs; map += 1) made.fill(bias.values[map], map * wide * wide, (map + 1) * wide * wide);
  for (let from = 0; from < inputs; from += 1) {
    for (let to = 0; to < outputs; to += 1) {
      for (let k = 0; k < 16; k += 1) {
        const weight = values[(from * outputs + to) * 16 + k];
        const [down, along] = [Math.floor(k / 4) - 1, (k % 4) - 1];
        for (let row = 0; row < side; row += 1) {
          const y = 2 * row + down;
          if (y < 0 || y >= wide) continue;
          for (let col = 0; col < side; col += 1) {
            const x = 2 * col + along;
            if (x >= 0 && x < wide) made[(to * wide + y) * wide + x] += weight * maps[(from * side + row) * side + col];
          }
        }
      }
    }
  }
  return made;
}

export function decodedPicture(decoder, place) {
  const hidden = rectifiedDense(place, decoder.first, decoder.firstBias);
  const flat = rectifiedDense(hidden, decoder.second, decoder.secondBias);
  const side = Math.sqrt(flat.length / decoder.up.shape[0]);
  const larger = stampedMaps(flat, side, decoder.up, decoder.upBias).map((value) => Math.max(0, value));
  const data = stampedMaps(larger, 2 * side, decoder.last, decoder.lastBias).map((value) => 1 / (1 + Math.exp(-value)));
  return { height: 4 * side, width: 4 * side, data };
}

// Digits over the first two numbers, the first growing to the right, the second upwards; the others stay.
export function decodedPlane(decoder, place, tiles, reach) {
  let plane = null;
  for (let tile = 0; tile < tiles * tiles; tile += 1) {
    const [down, along] = [Math.floor(tile / tiles), tile % tiles];
    const step = (at) => (reach * (2 * at + 1 - tiles)) / tiles;
    const { height, width, data } = decodedPicture(decoder, [step(along), -step(down), ...place.slice(2)]);
    plane ??= { height: tiles * height, width: tiles * width, data: new Float64Array(tiles * tiles * data.length) };
    for (let row = 0; row < height; row += 1) {
      plane.data.set(data.subarray(row * width, (row + 1) * width), (down * height + row) * plane.width + along * width);
    }
  }
  return plane;
}

export function nearestPoints({ height, width, data }, place, count) {
  const apart = Array.from({ length: height }, (_, at) => {
    let sum = 0;
    for (let axis = 0; axis < width; axis += 1) sum += (data[at * width + axis] - place[axis]) ** 2;
    return [sum, at];
  });
  return apart.sort((one, other) => one[0] - other[0] || one[1] - other[1]).slice(0, count).map(([, at]) => at);
}
