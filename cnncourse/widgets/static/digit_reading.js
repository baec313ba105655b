// How the digit picker reads: from strokes to 8 × 8 pixels, and from pixels to a vote of neighbours.
// The part on neighbours is cnncourse/neighbours.py in the page; a test compares the two.

export const DIGIT_FINE = 32; // the pad, in fine pixels along a side
export const DIGIT_TOP = 16; // the level of full ink, which counts as 1 in distances
const DIGIT_BRUSH = 2.1; // radius of the pen in fine pixels: as thick as the pens of the remembered digits
const DIGIT_WIDEST = 27; // a digit fitted to the frame is as high as the frame, and at most this wide

// Pictures travel as text, one character a pixel: 0 to 9, then a to g for 10 to 16.
export function digitLevels(text) {
  return Uint8Array.from(text, (character) => parseInt(character, 36));
}

export function digitText(levels) {
  return Array.from(levels, (level) => level.toString(36)).join("");
}

// Sums of squared differences, which are whole numbers here: the order is exact.
function digitSquares(remembered, query) {
  const squares = new Uint32Array(remembered.length / query.length);
  for (let place = 0, at = 0; place < squares.length; place += 1) {
    for (let pixel = 0; pixel < query.length; pixel += 1, at += 1) {
      squares[place] += (remembered[at] - query[pixel]) ** 2;
    }
  }
  return squares;
}

// The nearest first; of equally near ones the earlier first.
export function digitNearest(remembered, query, count) {
  const squares = digitSquares(remembered, query);
  const places = Array.from(squares.keys()).sort((a, b) => squares[a] - squares[b] || a - b);
  return places.slice(0, count).map((place) => ({ place, distance: Math.sqrt(squares[place]) / DIGIT_TOP }));
}

// The label that most neighbours carry; among equals, that of the nearest.
export function digitVote(labels) {
  let best = { digit: -1, votes: 0, count: labels.length };
  for (const digit of new Set(labels)) {
    const votes = labels.filter((label) => label === digit).length;
    if (votes > best.votes) best = { ...best, digit, votes };
  }
  return best;
}

// What leaves the frame is lost, and zeros come in.
export function digitShift(levels, side, [down, right]) {
  const moved = new Uint8Array(levels.length);
  for (let row = 0; row < side; row += 1) {
    for (let col = 0; col < side; col += 1) {
      const [fromRow, fromCol] = [row - down, col - right];
      const inside = fromRow >= 0 && fromRow < side && fromCol >= 0 && fromCol < side;
      if (inside) moved[row * side + col] = levels[fromRow * side + fromCol];
    }
  }
  return moved;
}

// Strokes are lists of points [x, y] in fine pixels. As the remembered digits were: as high as the frame, in its middle.
export function digitFit(strokes) {
  const points = strokes.flat();
  if (!points.length) return strokes;
  const [xs, ys] = [points.map((point) => point[0]), points.map((point) => point[1])];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const high = (DIGIT_FINE - 2 * DIGIT_BRUSH) / Math.max(bottom - top, 1);
  const wide = (DIGIT_WIDEST - 2 * DIGIT_BRUSH) / Math.max(right - left, 1);
  const scale = Math.min(high, wide, 8);
  const middle = DIGIT_FINE / 2;
  return strokes.map((stroke) =>
    stroke.map(([x, y]) => [middle + scale * (x - (left + right) / 2), middle + scale * (y - (top + bottom) / 2)]));
}

function digitSegmentDistance(x, y, [x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const along = dx || dy ? Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy))) : 0;
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
}

// 1 where the pen has been, 0 elsewhere.
export function digitInk(strokes) {
  const ink = new Uint8Array(DIGIT_FINE * DIGIT_FINE);
  for (const stroke of strokes) {
    stroke.forEach((point, index) => {
      const before = stroke[Math.max(0, index - 1)];
      for (let at = 0; at < ink.length; at += 1) {
        const [x, y] = [(at % DIGIT_FINE) + 0.5, Math.floor(at / DIGIT_FINE) + 0.5];
        if (digitSegmentDistance(x, y, before, point) <= DIGIT_BRUSH) ink[at] = 1;
      }
    });
  }
  return ink;
}

// As the data set was made: the ink of each block of fine pixels is counted.
export function digitCounts(ink, side) {
  const counts = new Uint8Array(side * side);
  const block = DIGIT_FINE / side;
  for (let at = 0; at < ink.length; at += 1) {
    const [row, col] = [Math.floor(at / DIGIT_FINE), at % DIGIT_FINE];
    counts[Math.floor(row / block) * side + Math.floor(col / block)] += ink[at];
  }
  return counts;
}
