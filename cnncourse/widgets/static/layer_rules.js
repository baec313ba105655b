// What a stack of layers does to a picture's shape, what it learns, computes and sees: the rules, and the words, of
// cnncourse/blueprints.py.

export const layerShape = (shape) => shape.map((n) => layerNumber(n)).join(" × ");
export const layerNumber = (n) => n.toLocaleString("en-US");

// In the order in which they are shown; a saved state may have its names in any order.
export const LAYER_FIELDS = {
  convolution: ["filters", "kernel", "stride", "padding", "bias"],
  pooling: ["how", "kernel", "stride", "padding"],
  activation: ["function"],
  flatten: [],
  dense: ["units", "bias"],
};

const LAYER_COUNT = {
  convolution: layerConvolution,
  pooling: layerSlide,
  activation: layerUnchanged,
  flatten: layerUnchanged,
  dense: layerDense,
};

// Rows up to the first layer that cannot work, which is `refused`.
export function countLayers(picture, layers) {
  const rows = [];
  let before = { kind: "input", shape: picture, sees: [1, 1], stride: [1, 1] };
  let refused = null;
  for (const layer of layers) {
    const row = { kind: layer.kind, shape: [], parameters: 0, multiplyAdds: 0, sees: [1, 1], stride: [1, 1], problem: "" };
    Object.assign(row, LAYER_COUNT[layer.kind](layer, before, picture));
    if (row.problem) {
      refused = row;
      break;
    }
    rows.push(row);
    before = row;
  }
  const sum = (name) => rows.reduce((total, row) => total + row[name], 0);
  return { rows, refused, parameters: sum("parameters"), multiplyAdds: sum("multiplyAdds") };
}

function layerSlide(layer, before) {
  const problem = layerMisfit(layer, before.shape);
  if (problem) return { problem };
  const { kernel, stride, padding } = layer;
  const places = before.shape.slice(1).map((n) => Math.floor((n + 2 * padding - kernel) / stride) + 1);
  return {
    shape: [before.shape[0], ...places],
    sees: before.sees.map((seen, axis) => seen + (kernel - 1) * before.stride[axis]),
    stride: before.stride.map((apart) => apart * stride),
  };
}

function layerConvolution(layer, before) {
  const row = layerSlide(layer, before);
  if (row.problem) return row;
  const weights = layer.kernel ** 2 * before.shape[0];
  const shape = [layer.filters, ...row.shape.slice(1)];
  const parameters = (weights + Number(layer.bias)) * layer.filters;
  return { ...row, shape, parameters, multiplyAdds: shape[0] * shape[1] * shape[2] * weights };
}

function layerUnchanged(layer, { shape, sees, stride }) {
  const flat = layer.kind === "flatten" && shape.length === 3;
  return { shape: flat ? [shape[0] * shape[1] * shape[2]] : shape, sees, stride };
}

function layerDense(layer, { shape }, picture) {
  if (shape.length === 3) {
    const maps = shape.join(" × ");
    return { problem: `a dense layer wants a row of numbers, and ${maps} maps arrive; flatten them first` };
  }
  const weights = shape[0] * layer.units;
  const whole = picture.slice(1);
  const parameters = weights + Number(layer.bias) * layer.units;
  return { shape: [layer.units], parameters, multiplyAdds: weights, sees: whole, stride: whole };
}

function layerMisfit({ kind, kernel, padding }, shape) {
  if (shape.length !== 3) {
    const row = layerNumber(shape[0]);
    return `a window slides over maps, and a row of ${row} numbers arrives; move this layer before the flatten`;
  }
  if (kind === "pooling" && 2 * padding > kernel) {
    return `padding ${padding} is more than half a window of ${kernel}; use ${Math.floor(kernel / 2)} or less`;
  }
  const [, height, width] = shape;
  const least = Math.min(height, width);
  if (least + 2 * padding >= kernel) return "";
  const framed = padding ? ` even with padding ${padding}` : "";
  const pad = Math.ceil((kernel - least) / 2);
  const advice = `use a kernel of ${least + 2 * padding} or less, pad by ${pad}, or shrink the maps less before`;
  return `a kernel of ${kernel} does not fit into ${height} × ${width}${framed}; ${advice}`;
}

// "convolution: 6 filters of 5 × 5, padding 2", as it stands in the table.
export function layerTitle(layer) {
  const { kind } = layer;
  const moved = layer.stride > 1 ? `, stride ${layer.stride}` : "";
  const framed = layer.padding ? `, padding ${layer.padding}` : "";
  const bare = layer.bias === false ? ", no bias" : "";
  const window = `${layer.kernel} × ${layer.kernel}`;
  if (kind === "convolution") return `convolution: ${layer.filters} of ${window}${moved}${framed}${bare}`;
  const stepped = layer.stride === layer.kernel ? "" : `, stride ${layer.stride}`;
  if (kind === "pooling") return `${layer.how} pooling: ${window}${stepped}${framed}`;
  if (kind === "activation") return layer.function;
  return kind === "dense" ? `dense: ${layer.units}${bare}` : kind;
}

// The whole network in a sentence or two.
export function layerSentence(picture, layers) {
  const { rows, refused, parameters, multiplyAdds } = countLayers(picture, layers);
  const opening = `A network of ${layers.length} ${layers.length === 1 ? "layer" : "layers"} for a picture of ${layerShape(picture)}`;
  const counts = `${layerNumber(parameters)} parameters, ${layerNumber(multiplyAdds)} multiply-adds`;
  if (refused) return `${opening} breaks at layer ${rows.length + 1}, ${layerTitle(layers[rows.length])}: ${refused.problem}.`;
  const last = rows.at(-1) ?? { shape: picture, sees: [1, 1] };
  return `${opening} gives ${layerShape(last.shape)}: ${counts}. One value at the end sees ${layerShape(last.sees)} pixels.`;
}

// How the numbers of one layer come about, written out; empty where a layer neither slides nor learns.
export function layerWorking(layer, arriving, row) {
  const lines = [];
  if (layer.kernel) lines.push(layerPlaces(layer, arriving, row.shape));
  const inside = { convolution: [layer.kernel, layer.kernel, arriving[0]], dense: [arriving[0]] }[layer.kind];
  if (!inside) return lines;
  const many = layerNumber(layer.filters ?? layer.units);
  const weights = layerShape(inside);
  const each = layer.bias ? `(${weights} + 1)` : weights;
  const places = layer.kind === "convolution" ? ` × ${layerShape(row.shape.slice(1))}` : "";
  lines.push(`Parameters: ${each} × ${many} = ${layerNumber(row.parameters)}`);
  lines.push(`Multiply-adds: ${weights} × ${many}${places} = ${layerNumber(row.multiplyAdds)}`);
  return lines;
}

function layerPlaces({ kernel, stride, padding }, [, ...sides], [, ...places]) {
  const names = sides[0] === sides[1] ? ["Height and width"] : ["Height", "Width"];
  const framed = padding ? ` + 2 · ${padding}` : "";
  const count = (n) => (stride > 1 ? `⌊(${n}${framed} − ${kernel}) / ${stride}⌋ + 1` : `${n}${framed} − ${kernel} + 1`);
  return names.map((name, axis) => `${name}: ${count(layerNumber(sides[axis]))} = ${layerNumber(places[axis])}`).join("; ");
}

// The same network, as one would write it in PyTorch.
export function layerCode(picture, layers) {
  const { rows, refused } = countLayers(picture, layers);
  if (refused) return `# layer ${rows.length + 1} does not fit yet`;
  const names = { ReLU: "ReLU", "leaky ReLU": "LeakyReLU", ELU: "ELU", sigmoid: "Sigmoid", tanh: "Tanh" };
  const lines = layers.map((layer, place) => {
    const [arriving] = place ? rows[place - 1].shape : picture;
    const more = `${layer.stride > 1 ? `, stride=${layer.stride}` : ""}${layer.padding ? `, padding=${layer.padding}` : ""}`;
    const bare = layer.bias === false ? ", bias=False" : "";
    if (layer.kind === "convolution") return `nn.Conv2d(${arriving}, ${layer.filters}, ${layer.kernel}${more}${bare})`;
    if (layer.kind === "dense") return `nn.Linear(${arriving}, ${layer.units}${bare})`;
    if (layer.kind === "activation") return `nn.${names[layer.function]}()`;
    if (layer.kind === "flatten") return "nn.Flatten()";
    const pool = `nn.${layer.how === "max" ? "MaxPool2d" : "AvgPool2d"}`;
    return `${pool}(${layer.kernel}, ${layer.stride}${layer.padding ? `, padding=${layer.padding}` : ""})`;
  });
  return `nn.Sequential(\n${lines.map((line) => `    ${line},\n`).join("")})`;
}
