// Pointing at the filter explorer's picture: the frame of a patch drawn, moved and resized, or a point that is read.

import { frameInside } from "./filter_scene.js";

const SHORTEST = 3; // pixels: sides of a frame drawn with the pointer
const LONGEST = 48;

export class FilterPointing {
  // `view` has a model, an image, change(values) and redraw().
  constructor(view) {
    this.view = view;
    this.point = null; // the pixel that is read
  }

  handlers() {
    return {
      hover: (cell) => this.searching || this.look(cell),
      drag: (cell, from) => this.searching && cell && this.drawFrame(cell, from),
      pick: (cell) => this.click(cell),
      move: (rows, cols, event) => (this.searching ? this.moveFrame(rows, cols, event.shiftKey) : this.movePoint(rows, cols)),
    };
  }

  get searching() {
    return this.view.model.get("detector") === "patch";
  }

  look(cell) {
    this.point = cell;
    this.view.redraw();
  }

  drawFrame(cell, from) {
    if (cell.row === from.row && cell.col === from.col) return;
    this.drawn = from;
    const { image } = this.view;
    const side = (a, b, room) => Math.min(LONGEST, room, Math.max(SHORTEST, Math.abs(a - b) + 1));
    const [height, width] = [side(cell.row, from.row, image.height), side(cell.col, from.col, image.width)];
    // The frame grows from where the pointer went down, towards the pointer.
    const row = cell.row < from.row ? from.row - height + 1 : from.row;
    const col = cell.col < from.col ? from.col - width + 1 : from.col;
    this.setFrame([row, col, height, width]);
  }

  // A click ends each drag too; only one without a drag moves the frame.
  click(cell) {
    if (!this.searching) return this.look(cell);
    const dragged = this.drawn;
    this.drawn = null;
    if (dragged) return undefined;
    const [, , height, width] = this.view.model.get("patch");
    return this.setFrame([cell.row - Math.floor(height / 2), cell.col - Math.floor(width / 2), height, width]);
  }

  moveFrame(rows, cols, resize) {
    const { image, model } = this.view;
    const [row, col, height, width] = frameInside(model.get("patch"), image);
    if (!resize) return this.setFrame([row + rows, col + cols, height, width]);
    const side = (value, room) => Math.min(LONGEST, room, Math.max(1, value));
    return this.setFrame([row, col, side(height + rows, image.height), side(width + cols, image.width)]);
  }

  movePoint(rows, cols) {
    const { height, width } = this.view.image;
    const { row, col } = this.point ?? { row: Math.floor(height / 2), col: Math.floor(width / 2) };
    const within = (at, size) => Math.min(size - 1, Math.max(0, at));
    this.look({ row: within(row + rows, height), col: within(col + cols, width) });
  }

  setFrame(frame) {
    this.view.change({ patch: frameInside(frame, this.view.image) });
  }
}
