// Feature maps of one layer, side by side on one canvas; the pointer or the arrow keys ask a value what it looks at.

import { MAPS, levelOf, rangeOf } from "./colour.js";
import { make } from "./dom.js";
import { oncePerFrame } from "./frame.js";
import { captioned } from "./shell.js";

const MAP_GAP = 4; // CSS pixels
const LARGEST_MAP = 150; // CSS pixels along a side
const MAP_WAYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export class PadMaps {
  // `look` hears of the value pointed at, { map, row, col }, or null.
  constructor({ columns, look }) {
    this.columns = columns; // the most, and the most on a phone
    this.look = look;
    this.at = null;
    this.canvas = make("canvas", { class: "cnn-pad-maps", role: "img" });
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.buffer = make("canvas");
    this.bufferContext = this.buffer.getContext("2d", { willReadFrequently: true });
    this.title = make("span");
    this.room = make("div", { class: "cnn-view" }, this.canvas);
    this.element = captioned(this.title, this.room);
    this.redraw = oncePerFrame(() => this.draw());
    this.sizes = new ResizeObserver(() => this.room.clientWidth !== this.wide && this.resize());
    this.sizes.observe(this.room);
    this.listen();
  }

  // `maps` are { count, height, width, data }; `most` is the value shown brightest; null shows empty frames.
  show(maps, { title, range = null, asks = false }) {
    const sameShape = this.maps && this.maps.count === maps.count && this.maps.width === maps.width && this.maps.height === maps.height;
    this.maps = maps;
    if (this.title.textContent !== title) this.title.textContent = title;
    const signed = !range && rangeOf(maps.data, "grey")[0] < 0;
    this.kind = signed ? "signed" : "grey";
    this.range = range ?? (signed ? rangeOf(maps.data, "signed") : [0, Math.max(1e-9, rangeOf(maps.data, "signed")[1])]);
    this.ask(asks);
    this.paint();
    if (sameShape) this.redraw();
    else this.resize();
  }

  ask(asks) {
    this.asks = asks;
    if (asks) this.canvas.tabIndex = 0;
    else this.canvas.removeAttribute("tabindex");
    this.canvas.setAttribute("role", asks ? "application" : "img"); // so that screen readers hand the arrow keys over
  }

  label(text) {
    if (this.canvas.getAttribute("aria-label") !== text) this.canvas.setAttribute("aria-label", text);
  }

  // All maps below each other, one pixel a value; drawing later only enlarges them.
  paint() {
    const { count, height, width, data } = this.maps;
    if (this.buffer.width !== width || this.buffer.height !== count * height) {
      Object.assign(this.buffer, { width, height: count * height });
      this.pixels = new ImageData(width, count * height);
    }
    const [table, out] = [MAPS[this.kind], this.pixels.data];
    for (let at = 0; at < data.length; at += 1) {
      const from = 3 * levelOf(data[at], ...this.range);
      out[4 * at] = table[from];
      out[4 * at + 1] = table[from + 1];
      out[4 * at + 2] = table[from + 2];
      out[4 * at + 3] = 255;
    }
    this.bufferContext.putImageData(this.pixels, 0, 0);
  }

  resize() {
    this.wide = this.room.clientWidth;
    if (!this.maps || !this.wide) return;
    const { count, height, width } = this.maps;
    const [most, onPhone] = this.columns;
    this.cols = Math.min(count, this.wide < 420 ? onPhone : most);
    this.side = Math.min(LARGEST_MAP, Math.floor((this.wide - (this.cols - 1) * MAP_GAP) / this.cols));
    this.high = Math.round((this.side * height) / width);
    const rows = Math.ceil(count / this.cols);
    const [across, down] = [this.cols * (this.side + MAP_GAP) - MAP_GAP, rows * (this.high + MAP_GAP) - MAP_GAP];
    this.scale = window.devicePixelRatio || 1;
    Object.assign(this.canvas.style, { width: `${across}px`, height: `${down}px` });
    Object.assign(this.canvas, { width: Math.round(across * this.scale), height: Math.round(down * this.scale) });
    this.draw();
  }

  corner(map) {
    return [(map % this.cols) * (this.side + MAP_GAP), Math.floor(map / this.cols) * (this.high + MAP_GAP)];
  }

  draw() {
    if (!this.maps || !this.wide) return;
    const { context: ctx, maps: { count, height, width } } = this;
    ctx.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    ctx.clearRect(0, 0, this.canvas.width, this.canvas.height);
    ctx.imageSmoothingEnabled = false;
    for (let map = 0; map < count; map += 1) {
      ctx.drawImage(this.buffer, 0, map * height, width, height, ...this.corner(map), this.side, this.high);
    }
    if (this.at) this.drawMark(ctx);
  }

  drawMark(ctx) {
    const { map, row, col } = this.at;
    const [cell, high] = [this.side / this.maps.width, this.high / this.maps.height];
    const [left, top] = this.corner(map);
    const [x, y] = [left + col * cell, top + row * high];
    for (const [style, line, rim] of [["#ffffff", 4, 2], ["#c2185b", 2, 2]]) {
      Object.assign(ctx, { strokeStyle: style, lineWidth: line });
      ctx.strokeRect(x - rim, y - rim, cell + 2 * rim, high + 2 * rim);
    }
  }

  // ---- asking ------------------------------------------------------------------------------------------------------

  valueAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) * this.canvas.clientWidth) / box.width;
    const y = ((event.clientY - box.top) * this.canvas.clientHeight) / box.height;
    const [across, down] = [Math.floor(x / (this.side + MAP_GAP)), Math.floor(y / (this.high + MAP_GAP))];
    const map = down * this.cols + across;
    const { count, height, width } = this.maps;
    const col = Math.floor(((x - across * (this.side + MAP_GAP)) / this.side) * width);
    const row = Math.floor(((y - down * (this.high + MAP_GAP)) / this.high) * height);
    const inside = across >= 0 && across < this.cols && down >= 0 && map < count && row < height && col < width;
    return inside ? { map, row, col } : null;
  }

  askAt(place) {
    const here = this.asks ? place : null;
    if (JSON.stringify(here) === JSON.stringify(this.at)) return;
    this.at = here;
    this.redraw();
    this.look(here);
  }

  // One value further; from the edge of a map on to the next map.
  step([down, along]) {
    const { count, height, width } = this.maps;
    const { map, row, col } = this.at ?? { map: 0, row: Math.floor(height / 2), col: Math.floor(width / 2) - along };
    const [nextRow, nextCol] = [row + down, col + along];
    const leap = (nextCol < 0 ? -1 : nextCol >= width ? 1 : 0) + (nextRow < 0 ? -this.cols : nextRow >= height ? this.cols : 0);
    if (map + leap < 0 || map + leap >= count) return;
    this.askAt({ map: map + leap, row: (nextRow + height) % height, col: (nextCol + width) % width });
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointermove", (event) => this.maps && this.askAt(this.valueAt(event)));
    canvas.addEventListener("pointerdown", (event) => this.maps && this.askAt(this.valueAt(event)));
    for (const end of ["pointerleave", "blur"]) canvas.addEventListener(end, () => this.askAt(null));
    canvas.addEventListener("keydown", (event) => {
      const way = MAP_WAYS[event.key];
      if (!this.asks || event.altKey || event.metaKey || event.ctrlKey || (!way && event.key !== "Escape")) return;
      event.preventDefault();
      if (way) this.step(way);
      else this.askAt(null);
    });
  }

  close() {
    this.sizes.disconnect();
    this.redraw.cancel();
  }
}
