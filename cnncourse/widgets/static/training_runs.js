// The table of runs: what each was set to and how far it came; one of them is chosen.

import { button, keepKeys } from "./controls.js";
import { make, setText, uniqueId } from "./dom.js";
import { runColour } from "./training_chart.js";

const RUN_COLUMNS = [
  ["rate", "learning rate"], ["batch", "batch"], ["done", "epochs"], ["loss", "loss"],
  ["accuracy", "accuracy"], ["validation", "held out"], ["state", "state"],
]; // prettier-ignore

// `choose(place)` and `remove(number)` hear what is asked for.
export function trainingRuns({ choose, remove }) {
  const group = uniqueId("runs");
  const head = make("tr", {}, ...["run", ...RUN_COLUMNS.map(([, title]) => title)].map((title) => make("th", { scope: "col" }, title)));
  const body = make("tbody");
  const table = make("table", { class: "cnn-runs" }, make("caption", { class: "cnn-unseen" }, "Runs; the chosen one is drawn strong"), make("thead", {}, head), body);
  const gone = button({ text: "Remove the chosen run", onClick: () => remove(Number(gone.dataset.number)) });
  const element = make("div", { class: "cnn-training-runs" }, table, gone);
  const addRow = () => {
    const input = make("input", { type: "radio", name: group });
    input.addEventListener("change", () => choose([...body.children].indexOf(row)));
    keepKeys(input);
    const [badge, name] = [make("span", { class: "cnn-run-badge" }), make("span")];
    const cells = RUN_COLUMNS.map(([key, title]) => make("td", { "data-key": key, "data-label": title }));
    const row = make("tr", {}, make("th", { scope: "row" }, make("label", {}, input, badge, " ", name)), ...cells);
    Object.assign(row, { parts: { input, badge, name, cells } });
    body.append(row);
  };
  const show = ({ runs, chosen, canChoose, canRemove }) => {
    while (body.childElementCount < runs.length) addRow();
    while (body.childElementCount > runs.length) body.lastChild.remove();
    runs.forEach((run, place) => {
      const row = body.children[place];
      const { input, badge, name, cells } = row.parts;
      row.classList.toggle("cnn-picked", place === chosen);
      input.checked = place === chosen;
      input.disabled = !canChoose;
      badge.className = `cnn-run-badge ${runColour({ run })}`;
      setText(badge, String(run.number));
      setText(name, run.called);
      const values = { ...run, done: `${run.epoch.toFixed(2)} of ${run.epochs}` };
      cells.forEach((cell) => setText(cell, String(values[cell.dataset.key])));
    });
    gone.dataset.number = runs[chosen].number;
    gone.disabled = !canRemove;
    element.hidden = runs.length < 2;
  };
  return { element, show };
}
