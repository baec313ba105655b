// Feature maps in the page: where a value looks, and all maps of a layer laid out side by side.

const SHEET_GAP = 1; // cells between two maps
const SHEET_ASPECT = 3; // of the whole sheet: about three times as wide as high

// The maps of one layer as arrays; they lie behind each other, layer after layer, in one row of numbers.
export function mapsOf(layers, values, name) {
  let from = 0;
  for (const layer of layers) {
    const [count, height, width] = layer.shape;
    const size = height * width;
    if (layer.name === name) {
      return Array.from({ length: count }, (_, at) => {
        return { height, width, channels: 1, data: values.subarray(from + at * size, from + (at + 1) * size) };
      });
    }
    from += count * size;
  }
  return [];
}

const mapWithin = (at, length) => Math.min(length - 1, Math.max(0, at));

export const mapPlace = ([row, col], { height, width }) => [mapWithin(row, height), mapWithin(col, width)];

// The part of the picture that the value at one place of a layer sees, cut at the border.
export function boxSeen({ start, stride, size }, [row, col], { height, width }) {
  const edge = (at, axis, length) => Math.min(length, Math.max(0, start[axis] + at * stride[axis]));
  const far = (at, axis, length) => Math.min(length, Math.max(0, start[axis] + at * stride[axis] + size[axis]));
  const [top, left] = [edge(row, 0, height), edge(col, 1, width)];
  return { row: top, col: left, height: far(row, 0, height) - top, width: far(col, 1, width) - left };
}

export function cropSeen(picture, box) {
  const { channels = 1 } = picture;
  const data = new Float64Array(box.height * box.width * channels);
  for (let row = 0; row < box.height; row += 1) {
    const from = ((box.row + row) * picture.width + box.col) * channels;
    data.set(picture.data.subarray(from, from + box.width * channels), row * box.width * channels);
  }
  return { height: box.height, width: box.width, channels, data };
}

// The nearest value of another layer that looks at about the same middle of the picture.
export function placeAlike(before, [row, col], after) {
  return [row, col].map((at, axis) => {
    const middle = before.start[axis] + at * before.stride[axis] + (before.size[axis] - 1) / 2;
    const there = Math.round((middle - after.start[axis] - (after.size[axis] - 1) / 2) / after.stride[axis]);
    return mapWithin(there, after.shape[axis + 1]);
  });
}

// So many maps a line that the sheet has about its proportions, and the last line few gaps.
function mapColumns(count, steepness) {
  const least = Math.min(count, Math.max(1, Math.round(Math.sqrt(SHEET_ASPECT * count * steepness))));
  const rest = (columns) => Math.ceil(count / columns) * columns - count;
  let best = least;
  for (let columns = least; columns <= Math.min(count, 2 * least); columns += 1) if (rest(columns) < rest(best)) best = columns;
  return best;
}

// All maps on one sheet, read like lines of text. Cells between them belong to none.
export class MapSheet {
  constructor(maps) {
    const [{ height, width }, count] = [maps[0], maps.length];
    this.columns = mapColumns(count, (height + SHEET_GAP) / (width + SHEET_GAP));
    this.step = [height + SHEET_GAP, width + SHEET_GAP];
    this.size = [height, width];
    this.count = count;
    this.array = this.paint(maps, Math.ceil(count / this.columns));
  }

  paint(maps, rows) {
    const [height, width] = [rows * this.step[0] - SHEET_GAP, this.columns * this.step[1] - SHEET_GAP];
    const data = new Float64Array(height * width).fill(NaN);
    maps.forEach((map, at) => {
      const { row, col } = this.corner(at);
      for (let line = 0; line < map.height; line += 1) {
        data.set(map.data.subarray(line * map.width, (line + 1) * map.width), (row + line) * width + col);
      }
    });
    return { height, width, channels: 1, data };
  }

  corner(at) {
    return { row: Math.floor(at / this.columns) * this.step[0], col: (at % this.columns) * this.step[1] };
  }

  // Which map, and which of its places, a cell of the sheet is; null between the maps.
  find({ row, col }) {
    const at = Math.floor(row / this.step[0]) * this.columns + Math.floor(col / this.step[1]);
    const place = [row % this.step[0], col % this.step[1]];
    const inside = at < this.count && place[0] < this.size[0] && place[1] < this.size[1];
    return inside ? { at, place } : null;
  }

  frame(at) {
    return { ...this.corner(at), height: this.size[0], width: this.size[1] };
  }
}
