// How well two boxes agree, and which of a heap survive. cnncourse/widgets/_box_heap.py says the same in Python; a test
// compares them.

const boxArea = ([left, top, right, bottom]) => (right - left) * (bottom - top);

export function boxOverlap(one, other) {
  const wide = Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
  const high = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  const shared = Math.max(wide, 0) * Math.max(high, 0);
  const covered = boxArea(one) + boxArea(other) - shared;
  return { shared, covered, agreement: covered > 0 ? shared / covered : 0 };
}

// The surest first; of equal scores the one that stands first in the list.
const bySureness = (scores) => (a, b) => scores[b] - scores[a] || a - b;

export function thinHeap({ boxes, scores, names }, threshold, least) {
  const order = boxes.map((_, at) => at).filter((at) => scores[at] >= least).sort(bySureness(scores));
  const kept = [];
  const dropped = [];
  for (const at of order) {
    const better = kept.some((best) => names[best] === names[at] && boxOverlap(boxes[best], boxes[at]).agreement > threshold);
    (better ? dropped : kept).push(at);
  }
  return { kept, dropped };
}

export const twoDecimals = (value) => (Math.floor(value * 100 + 0.5) / 100).toFixed(2);

export function boxPairWords({ shared, covered, agreement }) {
  const fraction = `${shared} / ${covered}`;
  return `Both cover ${shared} square pixels, at least one covers ${covered}: IoU ${fraction} = ${twoDecimals(agreement)}.`;
}

export function boxHeapWords({ kept, dropped }, { names, scores }) {
  const told = kept.map((at) => `${names[at]} at ${twoDecimals(scores[at])}`).join("; ");
  const sure = kept.length + dropped.length;
  const counted = `Of ${names.length} boxes ${sure} are sure enough: ${kept.length} kept, ${dropped.length} dropped.`;
  return told ? `${counted} Kept: ${told}.` : counted;
}

// A box of the pair after a step: moved, or stretched at its lower right corner, and always on the paper.
export function boxStep([left, top, right, bottom], [across, down], stretch, [columns, rows]) {
  if (stretch) {
    const within = (value, least, most) => Math.min(most, Math.max(least, value));
    return [left, top, within(right + across, left + 1, columns), within(bottom + down, top + 1, rows)];
  }
  const x = Math.min(columns - right, Math.max(-left, across));
  const y = Math.min(rows - bottom, Math.max(-top, down));
  return [left + x, top + y, right + x, bottom + y];
}
