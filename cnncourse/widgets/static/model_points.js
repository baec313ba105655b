// What the explorer of networks shows and says; cnncourse/widgets/_model_points.py computes and says the same.

export const MODEL_OWN = "own";

export function modelValue(record, axis) {
  const value = record[axis];
  if (value === null || value === undefined) return null;
  return axis === "parameters" ? value / 1e6 : value;
}

// Of each network the weights to be shown: the first ones, the best, or the best whatever they have learned from.
function chosenWeights(networks, y, recipe) {
  const best = new Map();
  for (const one of networks) {
    if (one.more_pictures && recipe !== "more") continue;
    const old = best.get(one.name);
    if (!old || (recipe !== "first" && one[y] > old[y])) best.set(one.name, one);
  }
  return [...best.values()];
}

// Points from left to right; those that no other point beats in both ways are on the edge.
export function modelPoints(networks, own, { x, y, bubble, recipe, hidden }) {
  const firsts = new Map();
  for (const one of networks) if (!one.more_pictures && !firsts.has(one.name)) firsts.set(one.name, one);
  const points = [...chosenWeights(networks, y, recipe), ...own]
    .filter((record) => !hidden.includes(record.family))
    .map((record) => ({ record, x: modelValue(record, x), y: modelValue(record, y) }))
    .filter((point) => point.x !== null && point.y !== null)
    .sort((one, other) => one.x - other.x || one.y - other.y);
  for (const point of points) {
    point.bubble = bubble === "none" ? 1 : (modelValue(point.record, bubble) ?? 0);
    point.first = modelBefore(point, firsts, x, y);
  }
  markEdge(points);
  return points;
}

function modelBefore({ record, ...at }, firsts, x, y) {
  const first = record.family === MODEL_OWN ? undefined : firsts.get(record.name);
  if (!first) return null;
  const place = [modelValue(first, x), modelValue(first, y)];
  return place[0] === at.x && place[1] === at.y ? null : place;
}

function markEdge(points) {
  let best = -Infinity;
  const order = [...points].sort((one, other) => one.x - other.x || other.y - one.y);
  for (const point of order) {
    point.edge = point.y > best;
    if (point.edge) best = point.y;
  }
}

const headOf = (title) => title.split(",")[0];

export function modelWords(points, settings, { families, offers, missing }) {
  if (!points.length) return "No network is shown: switch a family on.";
  const edge = points.filter((point) => point.edge).map((point) => point.record.title);
  const ends = edge.length > 1 ? `from ${edge[0]} to ${edge.at(-1)}` : `it is ${edge[0]}`;
  const axes = `${headOf(offers.y[settings.y])} against ${headOf(offers.x[settings.x])}`;
  const words = [`${points.length} networks with ${offers.recipe[settings.recipe]}: ${axes}.`, `${edge.length} on the frontier, ${ends}.`];
  if (missing.length) words.push(`Not shown, for want of a number: ${missing.join(", ")}.`);
  const chosen = points.find((point) => point.record.title === settings.chosen);
  if (chosen) words.push(modelTold(chosen, points, settings.x, { families, offers }));
  return words.join(" ");
}

export function modelTold(point, points, x, { families, offers }) {
  const one = point.record;
  const family = one.family === MODEL_OWN ? "your own" : families[one.family];
  const since = one.year ? `, ${one.year}` : "";
  const reached = Object.keys(offers.y).filter((y) => typeof one[y] === "number").map((y) => `${offers.y[y].split(" ")[0]} ${one[y].toFixed(1)} %`);
  const millions = one.parameters / 1e6;
  const size = `${millions.toFixed(millions < 1 ? 3 : 1)} million parameters, ${one.file_size.toFixed(1)} MiB`;
  const count = one.multiply_adds < 1 ? `${(1000 * one.multiply_adds).toFixed(1)} million` : `${one.multiply_adds.toFixed(3)} billion`;
  const work = `${count} multiply-adds on ${one.pixels} × ${one.pixels} pixels`;
  return `${one.title} (${family}${since}), ${one.weights}: ${reached.join(", ")}; ${size}, ${work}. ${modelStanding(point, points, x)}`;
}

function modelStanding(point, points, x) {
  const [cheap, cheaper] = x === "year" ? ["early", "is no later"] : ["cheap", "costs no more"];
  if (point.edge) return `On the frontier: none shown is as ${cheap} and as good.`;
  const better = points.filter((other) => other.edge && other.x <= point.x && other.y >= point.y).at(-1);
  return `Beaten by ${better.record.title}, which ${cheaper} and reaches ${better.y.toFixed(1)} %.`;
}
