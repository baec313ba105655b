// A trained LeNet-5, run in the page: 416,520 multiplications a picture. cnncourse/lenet.py computes the same.

const LENET_LAYERS = [
  ["conv1", 6, 25], ["conv2", 16, 150], ["fc1", 120, 400], ["fc2", 84, 120], ["fc3", 10, 84],
]; // each with its outputs, and the numbers that one of them weighs
const LENET_KERNEL = 5;

// The weights come as one row of numbers: of each layer first the weights, then the biases.
export function lenetWeights(numbers) {
  let at = 0;
  const take = (count) => numbers.subarray(at, (at += count));
  return Object.fromEntries(LENET_LAYERS.map(([name, outputs, inputs]) => [
    name,
    { outputs, inputs, weights: take(outputs * inputs), biases: take(outputs) },
  ]));
}

// Maps are { count, height, width, data }, one after the other.
function emptyMaps(count, height, width) {
  return { count, height, width, data: new Float64Array(count * height * width) };
}

function framedMaps(maps, margin) {
  const framed = emptyMaps(maps.count, maps.height + 2 * margin, maps.width + 2 * margin);
  for (let row = 0; row < maps.count * maps.height; row += 1) {
    const map = Math.floor(row / maps.height);
    const to = (row + margin + 2 * margin * map) * framed.width + margin;
    framed.data.set(maps.data.subarray(row * maps.width, (row + 1) * maps.width), to);
  }
  return framed;
}

// A convolution with its ReLU. One weight after the other is laid over the whole map: the innermost loop runs along rows.
function convolvedMaps(maps, { outputs, weights, biases }) {
  const [height, width] = [maps.height - LENET_KERNEL + 1, maps.width - LENET_KERNEL + 1];
  const made = emptyMaps(outputs, height, width);
  let at = 0;
  for (let filter = 0; filter < outputs; filter += 1) {
    const own = made.data.subarray(filter * height * width, (filter + 1) * height * width).fill(biases[filter]);
    for (let map = 0; map < maps.count; map += 1) {
      for (let k = 0; k < LENET_KERNEL * LENET_KERNEL; k += 1, at += 1) {
        const corner = (map * maps.height + Math.floor(k / LENET_KERNEL)) * maps.width + (k % LENET_KERNEL);
        addWeighted(own, maps, weights[at], corner, height, width);
      }
    }
  }
  for (let i = 0; i < made.data.length; i += 1) if (made.data[i] < 0) made.data[i] = 0;
  return made;
}

function addWeighted(own, maps, weight, corner, height, width) {
  for (let row = 0; row < height; row += 1) {
    const from = corner + row * maps.width;
    const to = row * width;
    for (let col = 0; col < width; col += 1) own[to + col] += weight * maps.data[from + col];
  }
}

function pooledMaps(maps) {
  const made = emptyMaps(maps.count, maps.height / 2, maps.width / 2);
  for (let at = 0; at < made.data.length; at += 1) {
    const [row, col] = [Math.floor(at / made.width), at % made.width];
    const from = 2 * row * maps.width + 2 * col;
    const { data, width } = maps;
    made.data[at] = Math.max(data[from], data[from + 1], data[from + width], data[from + width + 1]);
  }
  return made;
}

function denseOf(features, { outputs, inputs, weights, biases }, relu) {
  return Float64Array.from({ length: outputs }, (_, unit) => {
    let sum = biases[unit];
    for (let at = 0; at < inputs; at += 1) sum += weights[unit * inputs + at] * features[at];
    return relu ? Math.max(0, sum) : sum;
  });
}

export function lenetRun(layers, { height, width, data }) {
  const maps1 = convolvedMaps(framedMaps({ count: 1, height, width, data }, 2), layers.conv1);
  const maps2 = convolvedMaps(pooledMaps(maps1), layers.conv2);
  const features = denseOf(pooledMaps(maps2).data, layers.fc1, true);
  const logits = denseOf(denseOf(features, layers.fc2, true), layers.fc3, false);
  return { maps1, maps2, logits, probabilities: softmaxOf(logits) };
}

export function softmaxOf(logits) {
  const most = Math.max(...logits);
  const powers = Array.from(logits, (x) => Math.exp(x - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

// The pixels of the picture that one value of a map is made of. They may stick out where the picture is framed.
export const lenetSees = {
  maps1: ({ row, col }) => ({ row: row - 2, col: col - 2, height: 5, width: 5 }),
  maps2: ({ row, col }) => ({ row: 2 * row - 2, col: 2 * col - 2, height: 14, width: 14 }),
};
