// What a learner types, read kindly: every way in which it can be meant, as rows of numbers.

const PROMPT_NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/;

function promptCell(cell) {
  const logarithm = /^([+-]?)ln(.+)$/.exec(cell);
  if (logarithm) return (logarithm[1] === "-" ? -1 : 1) * Math.log(promptCell(logarithm[2]));
  if (cell.endsWith("%")) return promptCell(cell.slice(0, -1)) / 100;
  const [above, below, ...more] = cell.split("/");
  if (below !== undefined) return more.length || Number(below) === 0 ? NaN : promptCell(above) / promptCell(below);
  const [base, power] = cell.split("^");
  if (power !== undefined) return /^-?\d+$/.test(power) ? promptCell(base) ** Number(power) : NaN;
  return PROMPT_NUMBER.test(cell) ? Number(cell) : NaN;
}

// Rows are parted by "|", cells by blanks.
function promptRows(text) {
  const lines = text.split("|").map((line) => line.trim()).filter(Boolean);
  const rows = lines.map((line) => line.split(/\s+/).map(promptCell));
  const whole = rows.length > 0 && rows.every((row) => row.length === rows[0].length && row.every(Number.isFinite));
  return whole ? rows : null;
}

// The course writes small matrices as "012 220": each digit a cell.
function promptDigitRows(text) {
  const words = text.split(/[\s|]+/).filter(Boolean);
  const alike = words.length > 1 && words.every((word) => /^\d{2,}$/.test(word) && word.length === words[0].length);
  return alike ? words.map((word) => [...word].map(Number)) : null;
}

function promptClean(text, unit) {
  let plain = text.trim().toLowerCase().replace(/[−–]/g, "-").replace(/^[=≈~]\s*/, "");
  const word = unit.trim().toLowerCase();
  if (word && plain.endsWith(word)) plain = plain.slice(0, -word.length);
  return plain
    .replace(/(?<=\d)\s*(px|pixels?)\s*$/, "")
    .replace(/(?<=\d)['’_\u00a0\u202f](?=\d)/g, "")
    .replace(/(?<=[\d.])\s*[x×✕]\s*(?=[-+.\d])/g, " ")
    .replace(/(?<=\d)\s+(and|by)\s+(?=[-+.\d])/g, " ")
    .replace(/\s*%/g, "%")
    .replace(/\bln\s*\(\s*([^()]*?)\s*\)/g, "ln$1")
    .replace(/\bln\s+(?=[\d.])/g, "ln")
    .replace(/[\])}]\s*,?\s*[[({]/g, "|")
    .replace(/[[\](){}]/g, " ")
    .replace(/[;\n]/g, "|")
    .replace(/,\s*$/, "")
    .trim();
}

// A comma parts numbers, or thousands, or stands for a decimal point.
function promptCommas(text) {
  const apart = (t) => t.replace(/\s*,\s*/g, " ");
  const decimal = apart(text.replace(/(\d),(?=\d)/g, "$1."));
  const thousands = apart(text.replace(/(?<![\d.,])\d{1,3}(,\d{3})+(?![\d,])/g, (m) => m.replaceAll(",", "")));
  return /,\d{3},\d{3}/.test(text) ? [thousands, decimal, apart(text)] : [decimal, thousands, apart(text)];
}

// A stroke makes a fraction, or ends a row.
function promptStrokes(text) {
  const found = [text.replace(/\s+\/\s+|\s+\/|\/\s+/g, "|")];
  if (/^\S+\s+\/\s+\S+$/.test(text)) found.unshift(text.replace(/\s/g, ""));
  const lines = text.split("/");
  if (lines.length > 1 && lines.every((line) => line.trim().includes(" "))) found.push(lines.join("|"));
  return found;
}

export function promptRead(text, unit = "") {
  const bracketed = /[[({]/.test(text) || /,\s/.test(text);
  const plain = promptClean(text, unit);
  const commas = promptCommas(plain);
  const strokes = (bracketed ? commas.reverse() : commas).flatMap(promptStrokes);
  const spaced = /^\d{1,3}( \d{3})+$/.test(plain) ? [[[Number(plain.replaceAll(" ", ""))]]] : [];
  const readings = [...strokes.map(promptRows), ...strokes.map(promptDigitRows), ...spaced].filter(Boolean);
  const seen = new Set();
  return readings.filter((rows) => !seen.has(JSON.stringify(rows)) && seen.add(JSON.stringify(rows)));
}

// The numbers laid beside those of the answer, in the answer's order; null where the shapes have nothing in common.
export function promptAligned(rows, answer) {
  const [flat, wanted] = [rows.flat(), answer.flat()];
  const line = (matrix) => matrix.length === 1 || matrix[0].length === 1;
  const same = rows.length === answer.length && rows[0].length === answer[0].length;
  return flat.length === wanted.length && (same || rows.length === 1 || (line(rows) && line(answer))) ? flat : null;
}

export function promptClose(a, b, tolerance) {
  return Math.abs(a - b) <= tolerance + 1e-10 * Math.max(1, Math.abs(b));
}

export function promptSame(rows, answer, tolerance) {
  const wanted = answer.flat();
  const given = promptAligned(rows, answer);
  return given !== null && given.every((number, place) => promptClose(number, wanted[place], tolerance));
}

// Of all that can be meant: what is right, else what has the right shape, else the first.
export function promptBest(readings, answer, tolerance) {
  return (
    readings.find((rows) => promptSame(rows, answer, tolerance)) ??
    readings.find((rows) => promptAligned(rows, answer)) ??
    readings[0]
  );
}

export function promptWrite(number, thousands = false) {
  const rounded = Number.isInteger(number) ? number : Number(number.toPrecision(6));
  const plain = Math.abs(rounded) < 1e15 ? rounded.toString() : rounded.toExponential();
  const grouped = thousands && Number.isInteger(rounded) ? plain.replace(/\B(?=(\d{3})+$)/g, ",") : plain;
  return grouped.replaceAll("-", "−");
}

// 1/9 says more than 0.111111; 0.25 needs no help.
export function promptWriteAlone(number) {
  if (Math.abs(number * 1e4 - Math.round(number * 1e4)) < 1e-8) return promptWrite(number, true);
  for (let below = 2; below <= 100; below += 1) {
    const above = Math.round(number * below);
    if (above !== 0 && Math.abs(number * below - above) < 1e-9) {
      return `${promptWrite(above)}/${below} ≈ ${promptWrite(Number(number.toPrecision(4)))}`;
    }
  }
  return promptWrite(number, true);
}
