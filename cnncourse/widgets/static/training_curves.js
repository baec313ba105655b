// The curves of trainings as they come from Python: rows of numbers, and what can be read from them.

import { superscript } from "./chart.js";
import { formatNumber } from "./numbers.js";
import { fromWire } from "./wire.js";

// The columns of a row, as COLUMNS in cnncourse/widgets/_training_curves.py.
const CURVE_WIDTH = 9;
export const CURVE = {
  step: 0, epoch: 1, loss: 4, lossLow: 2, lossHigh: 3, accuracy: 7, accuracyLow: 5, accuracyHigh: 6, rate: 8,
};

// One curve a run, in their order. `live` holds the rows of the run that Python has chosen, `still` those of the others.
export function trainingCurves({ runs, chosen, live, still }) {
  const [mine, others] = [fromWire(live), fromWire(still)];
  let from = 0;
  return runs.map((run, place) => {
    const data = place === chosen ? mine?.data : others?.data;
    const begin = place === chosen ? 0 : from;
    if (place !== chosen) from += run.rows;
    const rows = Array.from({ length: run.rows }, (_, row) => data.subarray((begin + row) * CURVE_WIDTH, (begin + row + 1) * CURVE_WIDTH));
    return { run, rows: rows.filter((row) => row[CURVE.epoch] === row[CURVE.epoch]) }; // a row of NaN: no step yet
  });
}

export function rowNearest(rows, epoch) {
  let best = 0;
  rows.forEach((row, place) => {
    if (Math.abs(row[CURVE.epoch] - epoch) <= Math.abs(rows[best][CURVE.epoch] - epoch)) best = place;
  });
  return best;
}

export const threeFigures = (value) => {
  if (!Number.isFinite(value) || value === 0) return formatNumber(value);
  const [digits, power] = value.toExponential(2).split("e").map(Number);
  return power >= 5 || power < -4 ? `${digits} · 10${superscript(power)}` : String(Number(value.toPrecision(3)));
};

const share = (value) => `${(100 * value).toFixed(1)} %`;

// What a row says, in words; a row of many steps has a lowest and a highest value.
export function rowWords(row, points) {
  const told = (name, write) => {
    const [low, high] = [row[CURVE[`${name}Low`]], row[CURVE[`${name}High`]]];
    const alone = write(low) === write(high) ? `this batch ${write(low)}` : `single batches ${write(low)} to ${write(high)}`;
    return `${name} ${write(row[CURVE[name]])}${low === low ? ` (${alone})` : ""}`;
  };
  const near = points.find(([epoch]) => Math.abs(epoch - row[CURVE.epoch]) < 1e-3);
  return [
    `Epoch ${row[CURVE.epoch].toFixed(2)}, step ${row[CURVE.step].toLocaleString("en")}: ${told("loss", threeFigures)}`,
    told("accuracy", share),
    ...(near ? [`held out ${share(near[1])}`] : []),
    `learning rate ${threeFigures(row[CURVE.rate])}.`,
  ].join(", ");
}

// Values to write along an axis from 0: at most `most` steps of 1, 2 or 5 times a power of ten.
export function niceTicks(high, most = 5) {
  const rough = high / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((times) => times * power >= rough * (1 - 1e-9));
  return Array.from({ length: Math.floor(high / step + 1e-9) + 1 }, (_, at) => Number((at * step).toPrecision(12)));
}
