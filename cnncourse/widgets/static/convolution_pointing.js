// Pointing at the convolution explorer: what lies under the pointer, and moving the window by pointer or by keys.

import { contains } from "./canvas.js";
import { placeWithin, windowBlock } from "./convolution_scene.js";

export class Pointing {
  // `view` has a scene, the place shown, pause(), moveTo(place) and redraw().
  constructor(view) {
    this.view = view;
    this.peek = null; // what the pointer is over, which never moves the window itself
  }

  inputHandlers() {
    return {
      hover: (cell) => this.look(cell && { cell }),
      pick: (cell) => this.look({ cell }),
      move: (rows, cols, event) => (event.shiftKey ? this.point(rows, cols) : this.moveBy(rows, cols)),
      drag: (cell, from) => this.drag(cell, from),
    };
  }

  outputHandlers() {
    return {
      hover: (cell) => this.look(cell && { place: [cell.row, cell.col] }),
      pick: (cell) => (this.view.pause(), this.view.moveTo([cell.row, cell.col])),
      move: (rows, cols) => this.moveBy(rows, cols),
    };
  }

  look(peek) {
    this.peek = peek;
    this.view.redraw();
  }

  point(rows, cols) {
    const { scene, place } = this.view;
    if (scene.problem) return;
    const pointed = this.peek?.cell; // the first key press points at the window's corner, later ones walk from there
    const from = pointed ?? windowBlock(scene, place);
    const to = pointed ? [from.row + rows, from.col + cols] : [from.row, from.col];
    const [row, col] = placeWithin(to, scene.padded);
    this.look({ cell: { row, col } });
  }

  // Grabbing the window itself moves it; a drag that starts elsewhere only points.
  drag(cell, from) {
    const { scene, place } = this.view;
    if (!cell || scene.problem) return;
    if (!this.grabbed || this.grabbed.from !== from) {
      const block = windowBlock(scene, place);
      this.grabbed = { from, block: contains(block, from) ? block : null };
    }
    const { block } = this.grabbed;
    if (!block) return this.look({ cell });
    const { stride } = scene.settings;
    const row = Math.round((block.row + cell.row - from.row) / stride);
    const col = Math.round((block.col + cell.col - from.col) / stride);
    this.peek = null;
    this.view.moveTo(placeWithin([row, col], scene.shape));
  }

  moveBy(rows, cols) {
    const { scene, position } = this.view;
    if (scene.problem) return;
    this.view.pause();
    this.peek = null;
    const [row, col] = placeWithin(position, scene.shape);
    this.view.moveTo(placeWithin([row + rows, col + cols], scene.shape));
  }
}
