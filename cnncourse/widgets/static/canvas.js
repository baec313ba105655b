// The one view of the explorers: an array as cells. Small arrays show their numbers, photographs become plain pixels.
// Its canvas is made once; showing another array writes pixels into it and nothing else.

import { MAPS, inkOn, levelOf, rangeOf } from "./colour.js";
import { make } from "./dom.js";
import { oncePerFrame } from "./frame.js";
import { drawChip, drawLines, drawMark, drawPadding } from "./marks.js";
import { decimalsFor, formatNumber } from "./numbers.js";

const NUMBERS_FROM = 19; // CSS pixels a cell must measure before numbers fit into it
const LINES_FROM = 7;
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export class ArrayView {
  // `on` may hold hover(cell or null), pick(cell), drag(cell, from), move(rows, columns, event). `smooth` shows a
  // photograph and no cells, however few pixels it has.
  constructor({ label, maxCell = 46, maxHeight = 330, smooth = false, on = {}, format = formatNumber }) {
    this.limits = { maxCell, maxHeight };
    this.smooth = smooth;
    this.format = format;
    this.on = on;
    this.canvas = make("canvas", { class: "cnn-canvas", "aria-label": label, role: "img" });
    this.element = make("div", { class: "cnn-view" }, this.canvas);
    this.buffer = make("canvas");
    // Both are written pixel by pixel, which a canvas in the memory of the graphics card is slow at.
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.bufferContext = this.buffer.getContext("2d", { willReadFrequently: true });
    this.camera = { top: 0, left: 0, zoom: 1 }; // the first cell shown; zoom 1 shows all of them
    this.marks = [];
    this.array = null;
    this.redraw = oncePerFrame(() => this.draw());
    this.sizes = new ResizeObserver(() => this.element.clientWidth !== this.room && this.resize());
    this.sizes.observe(this.element);
    if (Object.keys(on).length) this.listen();
  }

  destroy() {
    this.sizes.disconnect();
    this.redraw.cancel();
  }

  label(text) {
    if (this.canvas.getAttribute("aria-label") !== text) this.canvas.setAttribute("aria-label", text);
  }

  // `inner` is the part that is picture, the rest being padding; `shown(at)` says which cells have a value yet.
  show(array, { kind = "slate", range = null, inner = null, shown = null, decimals = null } = {}) {
    const sameShape = this.array && array && this.array.height === array.height && this.array.width === array.width;
    Object.assign(this, { array, kind, inner, shown });
    if (array) {
      this.range = range ?? rangeOf(array.data, kind);
      this.decimals = decimals ?? decimalsFor(array.data);
      this.paint();
    }
    if (sameShape) this.redraw();
    else this.resize();
  }

  mark(marks) {
    if (!marks.length && !this.marks.length) return;
    this.marks = marks;
    this.redraw();
  }

  // Values become colours once here; drawing later only enlarges them.
  paint() {
    const { height, width, channels = 1 } = this.array;
    if (this.buffer.width !== width || this.buffer.height !== height) {
      Object.assign(this.buffer, { width, height });
      this.pixels = new ImageData(width, height);
    }
    if (channels === 3) paintChannels(this.pixels.data, this.array.data, this.range);
    else paintLevels(this.pixels.data, this.array.data, this.range, MAPS[this.kind]);
    if (this.shown) for (let at = 0; at < height * width; at += 1) if (!this.shown(at)) this.pixels.data[at * 4 + 3] = 0;
    this.bufferContext.putImageData(this.pixels, 0, 0);
  }

  resize() {
    if (!this.array) return;
    this.room = this.element.clientWidth;
    const { room } = this;
    if (!room) return;
    const { height, width } = this.array;
    const fit = Math.min(this.limits.maxCell, room / width, this.limits.maxHeight / height);
    this.base = fit >= LINES_FROM && !this.smooth ? Math.floor(fit) : fit;
    const [wide, high] = [Math.max(1, Math.round(width * this.base)), Math.max(1, Math.round(height * this.base))];
    this.scale = window.devicePixelRatio || 1;
    Object.assign(this.canvas.style, { width: `${wide}px`, height: `${high}px` });
    const [deviceWide, deviceHigh] = [Math.round(wide * this.scale), Math.round(high * this.scale)];
    // Writing the size empties a canvas, so only a new size is written, and drawing follows at once.
    if (this.canvas.width !== deviceWide || this.canvas.height !== deviceHigh) {
      Object.assign(this.canvas, { width: deviceWide, height: deviceHigh });
    }
    this.draw();
  }

  get cell() {
    return this.base * this.camera.zoom;
  }

  draw() {
    if (!this.array || !this.base) return;
    const ctx = this.context;
    const { top, left } = this.camera;
    const { cell } = this;
    const { rows, cols } = this.seen;
    ctx.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    ctx.clearRect(0, 0, this.canvas.width, this.canvas.height);
    ctx.imageSmoothingEnabled = this.smooth || cell < 1;
    ctx.drawImage(this.buffer, left, top, cols, rows, 0, 0, cols * cell, rows * cell);
    if (cell >= LINES_FROM && !this.smooth) drawLines(ctx, this, NUMBERS_FROM);
    if (this.inner) drawPadding(ctx, this);
    if (cell >= NUMBERS_FROM && !this.smooth && (this.array.channels ?? 1) === 1) this.drawNumbers(ctx);
    for (const mark of this.marks) drawMark(ctx, this, mark);
    this.drawn = performance.now(); // read by the measurements
  }

  // Only whole cells are shown: a number cut at the edge would be read as another one.
  get seen() {
    const { array, camera } = this;
    return { rows: wholeCells(array.height, camera.zoom), cols: wholeCells(array.width, camera.zoom) };
  }

  *visibleCells() {
    const { top, left } = this.camera;
    const { rows, cols } = this.seen;
    for (let row = top; row < top + rows; row += 1) for (let col = left; col < left + cols; col += 1) yield [row, col];
  }

  place(row, col) {
    return [(col - this.camera.left) * this.cell, (row - this.camera.top) * this.cell];
  }

  drawNumbers(ctx) {
    const { cell, array, decimals, pixels } = this;
    const texts = [];
    let longest = 1;
    for (const [row, col] of this.visibleCells()) {
      const at = row * array.width + col;
      if (this.shown && !this.shown(at)) continue;
      const text = this.format(array.data[at], decimals);
      longest = Math.max(longest, text.length);
      texts.push([row, col, at * 4, text]);
    }
    const size = Math.min(17, cell * 0.44, (cell * 1.5) / longest);
    if (size < 7.5) return;
    ctx.font = `${size}px ui-sans-serif, system-ui, "Segoe UI", Roboto, sans-serif`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    for (const [row, col, at, text] of texts) {
      const padding = this.inner && !contains(this.inner, { row, col });
      ctx.fillStyle = padding ? "#10151c" : inkOn(pixels.data[at], pixels.data[at + 1], pixels.data[at + 2]);
      const [x, y] = this.place(row, col);
      if (padding) drawChip(ctx, x, y, cell);
      ctx.fillText(text, x + cell / 2, y + cell / 2 + size * 0.06);
    }
  }

  cellAt(event) {
    const box = this.canvas.getBoundingClientRect();
    // A page at 200 % or a slide may show the canvas enlarged: hence the ratio.
    const x = ((event.clientX - box.left) * this.canvas.clientWidth) / box.width;
    const y = ((event.clientY - box.top) * this.canvas.clientHeight) / box.height;
    const [down, along] = [Math.floor(y / this.cell), Math.floor(x / this.cell)];
    const inside = this.array && down >= 0 && along >= 0 && down < this.seen.rows && along < this.seen.cols;
    return inside ? { row: this.camera.top + down, col: this.camera.left + along } : null;
  }

  listen() {
    const { canvas, on } = this;
    let from = null;
    canvas.addEventListener("pointermove", (event) => {
      const cell = this.cellAt(event);
      if (from && on.drag) on.drag(cell, from);
      else on.hover?.(cell);
    });
    canvas.addEventListener("pointerdown", (event) => {
      from = this.cellAt(event);
      if (on.drag && event.pointerType !== "touch") canvas.setPointerCapture(event.pointerId);
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (from = null));
    canvas.addEventListener("pointerleave", () => on.hover?.(null));
    canvas.addEventListener("click", (event) => {
      const cell = this.cellAt(event);
      if (cell) on.pick?.(cell);
    });
    if (!on.move) return;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application"); // so that screen readers hand the arrow keys over
    canvas.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step || event.altKey || event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      event.stopPropagation(); // the notebook would otherwise move to another cell
      on.move(step[0], step[1], event);
    });
  }
}

const MISSING = 128; // what NaN looks like: mid grey

function paintLevels(out, data, [low, high], table) {
  for (let at = 0; at < data.length; at += 1) {
    const value = data[at];
    const to = at * 4;
    out[to + 3] = 255;
    if (value === value) {
      const from = levelOf(value, low, high) * 3;
      out[to] = table[from];
      out[to + 1] = table[from + 1];
      out[to + 2] = table[from + 2];
    } else out.fill(MISSING, to, to + 3); // only NaN is not itself
  }
}

function paintChannels(out, data, [low, high]) {
  const scale = 255 / (high - low);
  let to = 0;
  for (let from = 0; from < data.length; from += 3, to += 4) {
    for (let c = 0; c < 3; c += 1) {
      const value = data[from + c];
      out[to + c] = value === value ? (value - low) * scale : MISSING; // rounded and cut to 0..255 by its type
    }
    out[to + 3] = 255;
  }
}

export const wholeCells = (size, zoom) => Math.max(1, Math.floor(size / zoom + 1e-6));

export function contains(block, { row, col }) {
  return row >= block.row && col >= block.col && row < block.row + block.height && col < block.col + block.width;
}
