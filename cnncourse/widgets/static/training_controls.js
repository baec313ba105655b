// The controls of the training monitor: buttons and how far it is, learning rate and batch size.

import { button, choice, slider } from "./controls.js";
import { make, setText, uniqueId } from "./dom.js";
import { threeFigures } from "./training_curves.js";

const [LOWEST_POWER, HIGHEST_POWER] = [-4, 1];
const RATE_STEPS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8]; // round numbers, about evenly spread over a decade
const RATES = [];
for (let power = LOWEST_POWER; power < HIGHEST_POWER; power += 1) {
  for (const step of RATE_STEPS) RATES.push(Number((step * 10 ** power).toPrecision(2)));
}
RATES.push(10 ** HIGHEST_POWER);

export const rateAt = (place) => RATES[place];

// The place of the rate nearest to this one, as seen on the scale of powers of ten.
export function placeOfRate(rate) {
  const far = (place) => Math.abs(Math.log(RATES[place] / rate));
  return RATES.reduce((best, _, place) => (far(place) < far(best) ? place : best), 0);
}

export const stepWords = ({ step, steps }) => `${step.toLocaleString("en")} of ${steps.toLocaleString("en")} steps`;

// `press(wish)` and `set({rate, batch})` hear what is asked for.
export function trainingControls({ press, set }) {
  let wishes = { rate: 0.1, batch: 1 };
  const why = make("p", { class: "cnn-training-hint", id: uniqueId("hint") });
  const named = (text, wish, look = "") => {
    const made = button({ text, look, onClick: () => press(typeof wish === "function" ? wish() : wish) });
    made.setAttribute("aria-describedby", why.id);
    return made;
  };
  const main = named("Start", () => main.dataset.wish, "cnn-primary");
  const stop = named("Stop", "stop");
  const again = named("New run", "again");
  const done = make("progress", { "aria-label": "steps done" });
  const count = make("span", { class: "cnn-training-count" });
  const rate = slider({
    label: "Learning rate",
    max: RATES.length - 1,
    text: (place) => `up to ${threeFigures(placeOfRate(wishes.rate) === place ? wishes.rate : RATES[place])}`,
    onInput: (place) => set({ ...wishes, rate: RATES[place] }),
  });
  rate.element.classList.add("cnn-wide");
  const batch = choice({
    label: "Batch size",
    options: [],
    value: "",
    onChange: (size) => set({ ...wishes, batch: Number(size) }),
  });
  const element = make(
    "div",
    { class: "cnn-training-controls" },
    make("div", { class: "cnn-row" }, main, stop, again, make("div", { class: "cnn-training-done" }, done, count)),
    make("div", { class: "cnn-row" }, rate.element, batch.element),
    why,
  );
  const show = ({ now, run, asked, hint, alive }) => {
    wishes = asked;
    const { can } = now;
    main.dataset.wish = can.pause ? "pause" : "start";
    setText(main, run.state === "training" ? "Pause" : run.step ? "Resume" : "Start");
    main.disabled = !alive || !(can.start || can.pause);
    stop.disabled = !alive || !can.stop;
    again.disabled = !alive || !can.again;
    Object.assign(done, { max: Math.max(1, run.steps), value: Math.min(run.step, run.steps) });
    setText(count, [stepWords(run), run.timing].filter(Boolean).join("; "));
    const sizes = [...new Set([...now.batches, asked.batch])].sort((one, other) => one - other);
    if (batch.sizes !== sizes.join()) {
      batch.fill(sizes.map((size) => [String(size), size.toLocaleString("en")]));
      batch.sizes = sizes.join();
    }
    rate.set(placeOfRate(asked.rate));
    batch.set(String(asked.batch));
    rate.input.disabled = batch.input.disabled = !(alive && can.set);
    setText(why, hint);
    why.hidden = !hint;
  };
  return { element, show };
}
