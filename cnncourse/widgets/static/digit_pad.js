// The digit pad: draw a digit or pick one, and a network reads it while you draw; its feature maps follow.

import { ArrayView } from "./canvas.js";
import { keepKeys } from "./controls.js";
import { PAD_SIDE, inkExtent, pictureToRead } from "./drawing.js";
import { make } from "./dom.js";
import { atMostEvery, oncePerFrame } from "./frame.js";
import { lenetRun, lenetSees, lenetWeights } from "./lenet.js";
import { formatNumber } from "./numbers.js";
import { OwnAnswers } from "./own_answers.js";
import { PadSheet } from "./pad_drawing.js";
import { PadMaps } from "./pad_maps.js";
import { digitImage, digitTiles, padSettings, padVerdict, sharePercent } from "./pad_parts.js";
import { captioned, faultParts, openShell } from "./shell.js";
import { fromWire } from "./wire.js";

const PAD_STATE = ["picked", "strokes", "pen", "centre", "shift"];
const PAD_EVENTS = [...PAD_STATE, "weights", "answer", "note"];
const PAD_KEYS = [
  ["mouse, finger, pen", "on the sheet: draw"],
  ["← ↑ → ↓", "on the sheet: move the pen, three times as far with Shift; on the maps: the next value; on the digits: the next one"],
  ["Space", "on the sheet: put the pen down, and lift it"],
  ["Backspace, Delete", "on the sheet: take back a stroke; clear"],
];
const PAD_LAYERS = [["maps1", "First layer", [6, 3]], ["maps2", "Second layer", [8, 4]]];
const [EMPTY_WORDS, LOST_WORDS] = ["nothing drawn yet", "nothing left on the sheet"];

const padKey = ({ picked, strokes, pen, centre, shift }) => JSON.stringify([picked, strokes, pen, centre, shift]);

function sheetLevels(wire) {
  const { buffer, byteOffset = 0, byteLength } = wire.buffer ? wire : new DataView(wire);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

class DigitPadView {
  constructor(model, el) {
    this.model = model;
    this.redraw = oncePerFrame(() => this.draw());
    this.save = atMostEvery(150, () => model.save_changes());
    this.answers = new OwnAnswers(model, {
      settings: () => this.state(),
      keyOf: padKey,
      locked: "what you draw here stays unread",
      redraw: this.redraw,
    });
    this.readDigits();
    this.build(el);
    this.events = PAD_EVENTS.map((name) => `change:${name}`);
    for (const event of this.events) model.on(event, this.redraw);
    this.draw();
  }

  readDigits() {
    const levels = sheetLevels(this.model.get("sheet"));
    this.meant = this.model.get("meant").split("").map(Number);
    this.digits = this.meant.map((_, place) => levels.subarray(place * PAD_SIDE ** 2, (place + 1) * PAD_SIDE ** 2));
  }

  // ---- the page ----------------------------------------------------------------------------------------------------

  build(el) {
    this.shell = openShell(el, "Digit pad", PAD_KEYS);
    this.shell.root.classList.add("cnn-pad");
    keepKeys(this.shell.root);
    const [undo, clear] = [() => this.undo(), () => this.change({ picked: -1, strokes: [], shift: [0, 0] })];
    this.sheet = new PadSheet({
      begin: (point) => this.begin(point),
      extend: (strokes) => this.change({ strokes }),
      strokes: () => this.model.get("strokes"),
      shift: () => this.model.get("shift"),
      undo,
      clear,
    });
    this.settings = padSettings({ change: (values) => this.change(values), undo, clear });
    this.seen = new ArrayView({ label: "what the network sees", maxCell: 16, maxHeight: 290 });
    this.verdict = padVerdict();
    const [height, width] = this.model.get("size");
    const drawing = captioned("Draw a digit", this.sheet.element, this.settings.tools);
    const seen = captioned(`What the network sees: ${height}\u00a0×\u00a0${width}`, this.seen.element, this.settings.element);
    seen.classList.add("cnn-pad-seen");
    const reading = captioned("What it reads", this.verdict.element, this.shell.faultBox);
    reading.classList.add("cnn-pad-reading");
    this.shell.body.append(make("div", { class: "cnn-pad-stage" }, drawing, seen, reading));
    this.buildMaps();
    this.images = this.digits.map((levels) => digitImage(levels));
    const pick = (picked) => this.change({ picked, strokes: [], shift: [0, 0] });
    this.tiles = digitTiles({ images: this.images, meant: this.meant, pick });
    this.shell.body.append(this.tiles.element);
  }

  buildMaps() {
    this.maps = [];
    this.mapsRoom = make("div", { class: "cnn-pad-layers" });
    this.mapsRoom.dataset.network = this.model.get("own") ? "own" : "lenet";
    this.pointed = make("p", { class: "cnn-reading-line" });
    this.shell.body.append(this.mapsRoom);
  }

  // ---- changing ----------------------------------------------------------------------------------------------------

  change(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    // A question takes the changed state along; sending it before would make the kernel answer twice.
    if (!this.answers.active || !this.answers.ask()) this.save();
    this.redraw();
  }

  // Whoever begins to draw leaves the picked digit, and starts on an empty sheet.
  begin(point) {
    const { picked, strokes } = this.state();
    if (picked < 0) this.change({ strokes: [...strokes, [point]] });
    else this.change({ picked: -1, shift: [0, 0], strokes: [[point]] });
  }

  undo() {
    const { strokes } = this.state();
    if (strokes.length) this.change({ strokes: strokes.slice(0, -1) });
  }

  state() {
    return Object.fromEntries(PAD_STATE.map((name) => [name, this.model.get(name)]));
  }

  // ---- computing ---------------------------------------------------------------------------------------------------

  picture(state) {
    const levels = this.digits[state.picked];
    const digit = levels && { height: PAD_SIDE, width: PAD_SIDE, channels: 1, data: Float64Array.from(levels, (level) => level / 255) };
    return pictureToRead({ ...state, digit, size: this.model.get("size") });
  }

  // Probabilities with the layers and their maps, or a fault, or words that say why there is neither.
  read(picture) {
    if (this.answers.active) return this.readInKernel();
    const wire = this.model.get("weights");
    if (wire !== this.wire) [this.wire, this.network] = [wire, lenetWeights(fromWire(wire).data)];
    const answer = lenetRun(this.network, picture);
    const layers = PAD_LAYERS.map(([name, title, columns]) => ({ maps: answer[name], title, columns, sees: lenetSees[name] }));
    return { probabilities: answer.probabilities, layers };
  }

  readInKernel() {
    const { current, fault, output } = this.answers.read();
    if (!current && !this.answers.recorded) return { waiting: true };
    if (!current) return { words: "not read", unread: true, layers: this.darkLayers() };
    if (fault) return { fault, layers: this.darkLayers() };
    const layers = (this.answers.answer.layers ?? []).map(({ title, maps }) => {
      const [count, height, width] = maps.shape;
      return { title, columns: [8, 4], maps: { count, height, width, data: fromWire(maps).data } };
    });
    return { probabilities: Array.from(output.data), layers };
  }

  // ---- showing -----------------------------------------------------------------------------------------------------

  draw() {
    const state = this.state();
    const picture = this.picture(state);
    const drawn = state.picked < 0 && state.strokes.length > 0;
    const empty = !drawn && state.picked < 0;
    const bare = !inkExtent(picture);
    this.sheet.show({ ...state, digit: this.images[state.picked] ?? null });
    this.settings.show(state, { drawn, empty });
    this.tiles.mark(state.picked);
    this.seen.show(picture, { kind: "grey", range: [0, 1] });
    this.seen.label(`what the network sees, ${picture.height} by ${picture.width} pixels${bare ? ", empty" : ""}`);
    const reading = bare ? { words: empty ? EMPTY_WORDS : LOST_WORDS, layers: this.darkLayers(picture) } : this.read(picture);
    if (!reading.waiting) this.showReading(reading, state);
    this.shell.note([this.model.get("note"), this.noteOf(reading)].filter(Boolean).join(" "));
  }

  showReading(reading, { picked }) {
    const { probabilities = null, fault = null, layers } = reading;
    const words = reading.words ?? (probabilities ? sharePercent(Math.max(...probabilities)) : "no answer");
    const meant = probabilities && picked >= 0 ? this.meant[picked] : -1;
    this.verdict.show({ probabilities, words, meant });
    this.shell.fault(fault && faultParts(fault));
    this.showLayers(layers ?? []);
    this.shell.speak(this.spoken({ probabilities, words, fault, picked, meant }));
  }

  // Nothing was read, and the maps keep their room all the same.
  darkLayers(picture) {
    const layers = this.layers ?? (this.answers.active ? [] : this.read(picture).layers);
    return layers.map((layer) => ({ ...layer, maps: { ...layer.maps, data: new Float64Array(layer.maps.data.length) } }));
  }

  noteOf(reading) {
    const { answers } = this;
    if (!answers.active || (reading.words && !reading.unread)) return "";
    return answers.recorded && !reading.unread ? "" : answers.words({ current: !reading.waiting });
  }

  showLayers(layers) {
    this.layers = layers;
    if (this.maps.length !== layers.length) {
      for (const view of this.maps) view.close();
      this.maps = layers.map(({ columns }, place) => new PadMaps({ columns, look: (at) => this.lookAt(place, at) }));
      this.mapsRoom.replaceChildren(...this.maps.map((view) => view.element), this.pointed);
    }
    layers.forEach(({ maps, title, sees }, place) => {
      const size = `${maps.count} maps of ${maps.height} × ${maps.width}`;
      this.maps[place].show(maps, { title: `${title}: ${size}`, asks: Boolean(sees) });
      this.maps[place].label(`${title}, ${size.replace("×", "by")}`);
    });
    this.lookAgain();
  }

  // ---- pointing at a value of a map --------------------------------------------------------------------------------

  lookAt(place, at) {
    this.looking = at && { place, at };
    this.lookAgain();
  }

  lookAgain() {
    const layer = this.looking && this.layers[this.looking.place];
    if (!layer?.sees) {
      this.seen.mark([]);
      this.pointed.textContent = this.layers.some(({ sees }) => sees)
        ? "Point at a map: a frame shows which pixels the value looks at." : "";
      return;
    }
    const { maps, title, sees } = layer;
    const { map, row, col } = this.looking.at;
    const block = sees({ row, col });
    const value = maps.data[(map * maps.height + row) * maps.width + col];
    this.seen.mark([block]);
    this.pointed.textContent = `${title}, map ${map + 1}, row ${row}, column ${col}: ${formatNumber(value)}. ` +
      `It looks at ${block.height} × ${block.width} pixels.`;
    this.shell.speak(this.pointed.textContent);
  }

  // ---- words -------------------------------------------------------------------------------------------------------

  spoken({ probabilities, words, fault, picked, meant }) {
    if (fault) return `The network failed: ${fault.message}`;
    if (!probabilities) return words;
    const order = probabilities.map((share, digit) => [share, digit]).sort((a, b) => b[0] - a[0]);
    const [best, next] = order.map(([share, digit]) => `${digit}, ${sharePercent(share)}`);
    const what = picked >= 0 ? `Digit ${picked + 1} of the sheet, meant as ${meant},` : "Your drawing";
    return `${what} reads ${best}; next comes ${next}.`;
  }

  close() {
    for (const event of this.events) this.model.off(event, this.redraw);
    for (const part of [this.redraw, this.save]) part.cancel();
    for (const part of [this.answers, this.sheet, this.shell, ...this.maps]) part.close();
    this.seen.destroy();
  }
}

function render({ model, el }) {
  const view = new DigitPadView(model, el);
  return () => view.close();
}

export default { render };
