// What to say to an answer: pure, so that it can be tested without a page.

import { promptAligned, promptBest, promptClose, promptRead, promptSame, promptWrite } from "./prompt_read.js";

// Base64 over UTF-8 JSON: out of sight, not secret.
export function promptUnseal(sealed) {
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(sealed), (sign) => sign.charCodeAt(0))));
}

function promptSize(rows) {
  if (rows.length > 1) return `${rows.length} rows of ${rows[0].length}`;
  return rows[0].length === 1 ? "one number" : `${rows[0].length} numbers`;
}

function promptOff(given, wanted) {
  const off = promptWrite(Number(Math.abs(given - wanted).toPrecision(3)));
  if (wanted !== 0 && given === -wanted) return "The right size with the other sign.";
  return Math.abs(given - wanted) <= 0.05 * Math.abs(wanted) ? `Close: off by ${off}.` : `Off by ${off}.`;
}

function promptTurned(rows, answer) {
  const turned = answer[0].map((_, column) => answer.map((row) => row[column]));
  return answer.length > 1 && promptSame(rows, turned, 0) && rows.length > 1;
}

// How far a wrong answer is from the right one, in one sentence.
export function promptDistance(rows, answer, tolerance) {
  const given = promptAligned(rows, answer);
  const wanted = answer.flat();
  if (promptTurned(rows, answer)) return "That is the answer with rows and columns exchanged.";
  if (given === null) return `You gave ${promptSize(rows)}; the answer has ${promptSize(answer)}.`;
  if (wanted.length === 1) return promptOff(given[0], wanted[0]);
  const sorted = (numbers) => JSON.stringify([...numbers].sort((a, b) => a - b));
  if (answer.length === 1 && sorted(given) === sorted(wanted)) return "The right numbers in another order.";
  const agree = given.filter((number, place) => promptClose(number, wanted[place], tolerance)).length;
  return `${agree} of ${wanted.length} numbers agree.`;
}

// A rounded fraction is on the way, and deserves better than "wrong".
function promptRoundedOff(rows, answer) {
  const given = promptAligned(rows, answer);
  const near = (number, wanted) => promptClose(number, wanted, 0.02 * Math.abs(wanted));
  const broken = answer.flat().some((number) => !Number.isInteger(number));
  return given !== null && broken && given.every((number, place) => near(number, answer.flat()[place]));
}

function promptReason(rows, secret) {
  const expected = (secret.wrong ?? []).find(([wrong]) => promptSame(rows, wrong, 0));
  if (expected) return expected[1];
  if (promptRoundedOff(rows, secret.answer)) return "Close, but rounded: write a fraction, or more digits.";
  if (promptAligned(rows, secret.answer) === null) {
    return `You gave ${promptSize(rows)}; ${promptSize(secret.answer)} would be an answer.`;
  }
  return secret.otherwise || "Not this. Try another way to count it.";
}

// Null where nothing can be read; else whether it is right, the numbers understood, and what to say in each mode.
export function promptJudgeNumber(typed, secret, unit = "") {
  const readings = promptRead(typed, unit);
  if (readings.length === 0) return null;
  const known = (secret.wrong ?? []).map(([wrong]) => wrong);
  const right = readings.some((rows) => promptSame(rows, secret.answer, secret.tolerance));
  const expected = readings.find((rows) => known.some((wrong) => promptSame(rows, wrong, 0)));
  const rows = (!right && expected) || promptBest(readings, secret.answer, secret.tolerance);
  const exact = right && promptSame(rows, secret.answer, 0);
  if (right) return { right, rows, distance: exact ? "" : "Within the tolerance.", reasons: [] };
  const distance = promptDistance(rows, secret.answer, secret.tolerance);
  return { right, rows, distance, reasons: [promptReason(rows, secret)] };
}

function promptMissing(count) {
  return count === 1 ? "One more belongs here." : `${count} more belong here.`;
}

// Null where nothing is picked. The reasons of wrong picks, and for right ones missed a nudge that names none.
export function promptJudgeChoice(picked, secret) {
  if (picked.length === 0) return null;
  const wrong = picked.filter((place) => !secret.right.includes(place));
  const missed = secret.right.filter((place) => !picked.includes(place));
  const right = wrong.length === 0 && missed.length === 0;
  const reasons = wrong.map((place) => secret.whys?.[place] ?? "");
  const nudges = missed.map((place) => secret.missed?.[place]).filter(Boolean);
  const missing = secret.right.length > 1 || wrong.length === 0 ? missed.length : 0;
  return { right, wrong, reasons, nudges: missing ? [promptMissing(missing), ...nudges] : [] };
}
