// Texts with `code` and *emphasis*; all else is text, so that nothing in it can become markup.

import { make } from "./dom.js";
import { promptWrite, promptWriteAlone } from "./prompt_read.js";

const PROMPT_MARKS = /`([^`]+)`|(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])/g;

export function promptText(text) {
  const nodes = [];
  let done = 0;
  for (const match of text.matchAll(PROMPT_MARKS)) {
    nodes.push(text.slice(done, match.index));
    nodes.push(match[1] !== undefined ? make("code", {}, match[1]) : make("em", {}, match[2]));
    done = match.index + match[0].length;
  }
  return [...nodes, text.slice(done)].filter((node) => node !== "");
}

// A number, a row of numbers in brackets, or a matrix as a table; `marked(row, column)` says which cells differ.
export function promptNumbers(rows, marked = () => false) {
  if (rows.length === 1) {
    const [row] = rows;
    return row.length === 1 ? promptWriteAlone(row[0]) : `(${row.map((number) => promptWrite(number)).join(", ")})`;
  }
  const cell = (number, differs) =>
    differs
      ? make("td", { class: "cnn-prompt-differs", title: "differs" }, promptWrite(number))
      : make("td", {}, promptWrite(number));
  const lines = rows.map((row, y) => make("tr", {}, ...row.map((number, x) => cell(number, marked(y, x)))));
  return make("table", { class: "cnn-prompt-matrix" }, make("tbody", {}, ...lines));
}
