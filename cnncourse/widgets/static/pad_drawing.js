// The sheet of the digit pad: drawn on with mouse, finger, pen, or the keyboard.

import { PAD_SIDE } from "./drawing.js";
import { make, uniqueId } from "./dom.js";
import { oncePerFrame } from "./frame.js";

const CURSOR_STEP = 1; // pixels that an arrow key moves the cursor
const NEXT_POINT = 0.25; // pixels; slow hands would leave thousands of points
const CURSOR_WAYS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const PAD_GROUND = "#000000";
const PAD_INK = "#ffffff";

const withinSheet = (x) => Math.min(PAD_SIDE, Math.max(0, x));
const roundedPoint = ([x, y]) => [Math.round(100 * x) / 100, Math.round(100 * y) / 100];

// Adds points to the last stroke, leaving out those where the pen has hardly moved.
function extendedStrokes(strokes, points) {
  const stroke = [...strokes[strokes.length - 1]];
  for (const [x, y] of points) {
    const [lastX, lastY] = stroke[stroke.length - 1];
    if (Math.hypot(x - lastX, y - lastY) >= NEXT_POINT) stroke.push(roundedPoint([x, y]));
  }
  return [...strokes.slice(0, -1), stroke];
}

// `pen` answers for the state: begin(point) puts it down, extend(strokes) goes on, strokes() and shift() tell.
export class PadSheet {
  constructor({ begin, extend, strokes, shift, undo, clear }) {
    this.act = { begin, extend, strokes, shift, undo, clear };
    this.canvas = make("canvas", { "aria-hidden": "true" });
    this.cursor = make("div", { class: "cnn-pad-cursor", "aria-hidden": "true" });
    this.hint = make("p", { class: "cnn-pad-hint", "aria-hidden": "true" }, "draw here");
    const help = make("p", { id: uniqueId("help"), class: "cnn-unseen" },
      "Arrow keys move the pen, space puts it down and lifts it, backspace takes back a stroke, delete clears the sheet.");
    this.pad = make("div", {
      class: "cnn-pad-sheet", tabindex: "0", role: "application", "aria-label": "Drawing pad", "aria-describedby": help.id,
    }, this.canvas, this.hint, this.cursor);
    this.element = make("div", { class: "cnn-pad-frame" }, this.pad, help);
    this.pen = { at: [PAD_SIDE / 2, PAD_SIDE / 4], down: false };
    this.redraw = oncePerFrame(() => this.draw());
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this.pad);
    this.listenPointer();
    this.listenKeys();
    this.showCursor();
  }

  // ---- pointer -----------------------------------------------------------------------------------------------------

  // Where the pen is, before the shift: what is drawn appears under the pen all the same.
  pointOf(event) {
    const box = this.canvas.getBoundingClientRect();
    const [down, right] = this.act.shift();
    const x = withinSheet(((event.clientX - box.left) / box.width) * PAD_SIDE);
    const y = withinSheet(((event.clientY - box.top) / box.height) * PAD_SIDE);
    return roundedPoint([x - right, y - down]);
  }

  listenPointer() {
    const { pad } = this;
    pad.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !event.isPrimary) return;
      pad.setPointerCapture(event.pointerId);
      pad.focus({ preventScroll: true });
      event.preventDefault();
      this.lift();
      this.cursor.hidden = true;
      this.act.begin(this.pointOf(event));
    });
    pad.addEventListener("pointermove", (event) => {
      if (!pad.hasPointerCapture(event.pointerId) || !this.act.strokes().length) return;
      const between = event.getCoalescedEvents?.() ?? []; // a fast pen moves several times between two frames
      const points = (between.length ? between : [event]).map((one) => this.pointOf(one));
      this.act.extend(extendedStrokes(this.act.strokes(), points));
    });
  }

  // ---- keyboard ----------------------------------------------------------------------------------------------------

  listenKeys() {
    const keys = {
      " ": () => this.press(),
      Backspace: () => (this.lift(), this.act.undo()),
      Delete: () => (this.lift(), this.act.clear()),
      Escape: () => this.lift(),
    };
    this.pad.addEventListener("keydown", (event) => {
      const way = CURSOR_WAYS[event.key];
      if ((!way && !keys[event.key]) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      if (way) this.walk(way, event.shiftKey ? 3 : 1);
      else keys[event.key]();
      this.showCursor();
    });
    this.pad.addEventListener("blur", () => this.lift());
  }

  penPoint() {
    const [down, right] = this.act.shift();
    return [this.pen.at[0] - right, this.pen.at[1] - down];
  }

  press() {
    this.pen.down = !this.pen.down;
    if (this.pen.down) this.act.begin(this.penPoint());
  }

  lift() {
    this.pen.down = false;
    this.showCursor();
  }

  walk(way, times) {
    this.pen.at = this.pen.at.map((at, axis) => Math.min(PAD_SIDE - 1, Math.max(1, at + CURSOR_STEP * times * way[axis])));
    if (this.pen.down && this.act.strokes().length) this.act.extend(extendedStrokes(this.act.strokes(), [this.penPoint()]));
  }

  showCursor() {
    this.cursor.style.left = `${(100 * this.pen.at[0]) / PAD_SIDE}%`;
    this.cursor.style.top = `${(100 * this.pen.at[1]) / PAD_SIDE}%`;
    this.cursor.dataset.pen = this.pen.down ? "down" : "up";
    this.cursor.hidden = false;
  }

  // ---- what is on the sheet ----------------------------------------------------------------------------------------

  // `digit` is a picked one, as an image of its pixels, or null.
  show({ strokes, pen, shift, digit }) {
    this.shown = { strokes, pen, shift, digit };
    this.hint.hidden = Boolean(digit || strokes.length);
    this.redraw();
  }

  resize() {
    const side = Math.round(this.pad.clientWidth * (window.devicePixelRatio || 1));
    if (!side || side === this.canvas.width) return;
    Object.assign(this.canvas, { width: side, height: side });
    this.draw();
  }

  draw() {
    if (!this.shown || !this.canvas.width) return;
    const { strokes, pen, shift: [down, right], digit } = this.shown;
    const ctx = this.canvas.getContext("2d", { willReadFrequently: true });
    const scale = this.canvas.width / PAD_SIDE;
    ctx.setTransform(scale, 0, 0, scale, 0, 0);
    ctx.fillStyle = PAD_GROUND;
    ctx.fillRect(0, 0, PAD_SIDE, PAD_SIDE);
    ctx.translate(right, down);
    ctx.imageSmoothingEnabled = false;
    if (digit) ctx.drawImage(digit, 0, 0, PAD_SIDE, PAD_SIDE);
    else drawInk(ctx, strokes, pen);
  }

  close() {
    this.sizes.disconnect();
    this.redraw.cancel();
  }
}

function drawInk(ctx, strokes, pen) {
  Object.assign(ctx, { strokeStyle: PAD_INK, lineWidth: pen, lineCap: "round", lineJoin: "round" });
  for (const stroke of strokes) {
    ctx.beginPath();
    ctx.moveTo(...stroke[0]);
    for (const point of stroke) ctx.lineTo(...point);
    ctx.stroke();
  }
}
