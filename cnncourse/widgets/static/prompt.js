// Predict-then-reveal and quizzes: a form that keeps its answer back until there is one to compare it with.

import { make, uniqueId } from "./dom.js";
import { promptJudgeChoice, promptJudgeNumber, promptUnseal } from "./prompt_judge.js";
import { promptAligned, promptClose } from "./prompt_read.js";
import { promptNumbers, promptText } from "./prompt_text.js";

const PROMPT_WORDS = {
  predict: { title: "Predict", commit: "Commit", give: "I don’t know: show me" },
  quiz: { title: "Check yourself", commit: "Check", give: "Show me the answer" },
};
const PROMPT_UNREADABLE =
  "I cannot read that as numbers, so it does not count. Try 5, −4, 0.25, 1/9, 5 × 5 or rows like 0 1 / 2 3.";
const PROMPT_GIVE_UP_AFTER = 3;

function promptField(model) {
  const [id, help] = [uniqueId("answer"), uniqueId("help")];
  const input = make("input", {
    id, type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false", "aria-describedby": help,
  });
  const unit = model.get("unit") ? make("span", { class: "cnn-prompt-unit" }, model.get("unit")) : null;
  const row = make("div", { class: "cnn-prompt-field" }, make("label", { for: id }, "Your answer"), input, unit);
  const text = "Numbers, fractions, shapes or rows: 5, 1/9, 5 × 5, 0 1 / 2 3.";
  return { inputs: [input], rows: [], nodes: [row, make("p", { id: help, class: "cnn-prompt-help" }, text)] };
}

function promptChoices(model) {
  const type = model.get("kind") === "multiple" ? "checkbox" : "radio";
  const name = uniqueId("choice");
  const inputs = model.get("choices").map((_, place) => make("input", { type, name, value: String(place) }));
  const rows = model.get("choices").map((choice, place) =>
    make("label", { class: "cnn-prompt-choice" }, inputs[place], make("span", {}, ...promptText(choice)),
      make("span", { class: "cnn-prompt-tag" })));
  const help = type === "checkbox" ? [make("p", { class: "cnn-prompt-help" }, "Tick all that apply.")] : [];
  return { inputs, rows, nodes: [...help, ...rows] };
}

function promptBuild(model, words) {
  const field = model.get("kind") === "number" ? promptField(model) : promptChoices(model);
  const commit = make("button", { type: "submit", class: "cnn-prompt-commit" }, words.commit);
  const give = make("button", { type: "button", class: "cnn-prompt-quiet" }, words.give);
  const again = make("button", { type: "button", class: "cnn-prompt-again" }, "Try again");
  const hint = model.get("hint")
    ? make("details", { class: "cnn-prompt-hint" }, make("summary", {}, "Hint"), make("p", {}, ...promptText(model.get("hint"))))
    : null;
  const legend = make("legend", {}, make("span", { class: "cnn-prompt-title" }, words.title), " ",
    make("span", { class: "cnn-prompt-question" }, ...promptText(model.get("question"))));
  const form = make("form", { autocomplete: "off" },
    make("fieldset", {}, legend, ...field.nodes), hint,
    make("div", { class: "cnn-prompt-actions" }, commit, give));
  form.noValidate = true;
  const result = make("div", { class: "cnn-prompt-result", role: "status", "aria-live": "polite", "aria-atomic": "true" });
  const root = make("div", { class: "cnn-prompt", role: "region", "data-mode": model.get("mode") }, form, result, again);
  // Keys belong to the control that has the focus: JupyterLab would move or add cells on arrows, letters and Enter.
  // It looks for the attribute on the focused element itself first.
  for (const control of root.querySelectorAll("input, button, summary")) {
    control.setAttribute("data-lm-suppress-shortcuts", "true");
  }
  root.setAttribute("aria-label", words.title);
  return { ...field, commit, give, again, form, result, root };
}

function promptVerdict(sign, words) {
  return make("p", { class: "cnn-prompt-verdict" }, make("span", { class: "cnn-prompt-sign", "aria-hidden": "true" }, sign), words);
}

function promptParagraphs(texts, name = "") {
  return texts.filter(Boolean).map((text) => make("p", { class: name }, ...promptText(text)));
}

function promptPair(term, ...content) {
  return make("div", {}, make("dt", {}, term), make("dd", {}, ...content));
}

// What was said beside what is so; cells of a matrix that differ are outlined.
function promptBeside(model, secret, attempt, judged) {
  const unit = model.get("unit") ? ` ${model.get("unit")}` : "";
  const pairs = [];
  if (model.get("kind") === "number") {
    const given = judged && promptAligned(judged.rows, secret.answer);
    const width = judged ? judged.rows[0].length : 1;
    const differs = (y, x) => given && !promptClose(given[y * width + x], secret.answer.flat()[y * width + x], secret.tolerance);
    const said = judged?.rows.length > 1 ? promptNumbers(judged.rows, differs) : attempt.typed;
    if (judged) pairs.push(promptPair("You said", said));
    pairs.push(promptPair("Answer", promptNumbers(secret.answer), unit));
  } else {
    const named = (places) => places.flatMap((p, n) => [...(n ? ["; "] : []), ...promptText(model.get("choices")[p])]);
    if (judged) pairs.push(promptPair("You said", ...named(attempt.picked)));
    pairs.push(promptPair("Answer", ...named(secret.right)));
  }
  return make("dl", { class: "cnn-prompt-beside" }, ...pairs);
}

function promptExplained(secret) {
  const whys = secret.whys ? secret.right.map((place) => secret.whys[place]) : [];
  return promptParagraphs([...whys, secret.because], "cnn-prompt-because");
}

function promptPredicted(model, secret, attempt, judged) {
  const verdict = () => {
    if (!judged) return promptVerdict("→", "Here is the answer.");
    if (judged.right) return promptVerdict("✓", ["That matches.", judged.distance].filter(Boolean).join(" "));
    return promptVerdict("≠", judged.distance || "Not the same.");
  };
  return [verdict(), promptBeside(model, secret, attempt, judged), ...promptExplained(secret)];
}

function promptChecked(model, secret, attempt, judged) {
  if (attempt.outcome === "shown") return promptPredicted(model, secret, attempt, null);
  if (judged.right) {
    const tries = attempt.tries > 1 ? `Right, on try ${attempt.tries}.` : "Right.";
    return [promptVerdict("✓", tries), ...promptExplained(secret)];
  }
  const said = judged.rows ? attempt.typed : null;
  const named = (judged.wrong ?? []).map((place) => promptText(model.get("choices")[place]));
  const reasons = judged.reasons.map((reason, n) =>
    make("p", { class: "cnn-prompt-because" }, make("strong", {}, ...(said === null ? named[n] : [said])), ": ", ...promptText(reason)));
  const words = judged.reasons.length ? "Not yet." : "Right so far, not complete.";
  return [promptVerdict("✗", words), ...reasons, ...promptParagraphs(judged.nudges ?? [])];
}

function promptTags(view, model, secret, attempt, settled) {
  view.rows.forEach((row, place) => {
    const picked = (attempt.picked ?? []).includes(place);
    const [right, tried] = [secret.right.includes(place), (attempt.tried ?? []).includes(place)];
    const wrong = (settled && picked && !right) || (!settled && model.get("kind") === "single" && tried);
    const tag = settled && right ? "✓ answer" : wrong ? "✗ not this" : "";
    row.querySelector(".cnn-prompt-tag").textContent = tag;
    row.dataset.mark = tag ? (right ? "right" : "wrong") : "";
  });
}

// Settled: what was said stays and can still be reached by keyboard, the rest is out of reach until "Try again".
function promptLock(view, settled, attempt, held) {
  view.inputs.forEach((input, place) => {
    if (input.type === "text") input.readOnly = settled;
    else input.disabled = settled && !(attempt.picked ?? []).includes(place);
  });
  view.commit.hidden = settled;
  view.again.hidden = !settled;
  if (settled && view.root.contains(held) && (held.hidden || held.disabled)) view.again.focus();
}

function promptRestore(view, attempt) {
  view.inputs.forEach((input, place) => {
    if (input.type === "text") input.value = attempt.typed ?? "";
    else input.checked = (attempt.picked ?? []).includes(place);
  });
}

function renderPrompt({ model, el }) {
  const mode = model.get("mode");
  const number = model.get("kind") === "number";
  const secret = promptUnseal(model.get("sealed"));
  const view = promptBuild(model, PROMPT_WORDS[mode]);
  let painted = null;

  const judge = (said) =>
    number ? promptJudgeNumber(said.typed ?? "", secret, model.get("unit")) : promptJudgeChoice(said.picked ?? [], secret);
  const said = () => ({
    typed: number ? view.inputs[0].value.trim() : "",
    picked: number ? [] : view.inputs.flatMap((input, place) => (input.checked ? [place] : [])),
  });

  function paint() {
    const attempt = model.get("attempt") ?? {};
    if (JSON.stringify(attempt) === painted) return;
    painted = JSON.stringify(attempt);
    const held = view.root.getRootNode().activeElement; // before it is hidden and the browser lets go of it
    const outcome = attempt.outcome ?? "";
    const settled = outcome !== "" && (mode === "predict" || outcome !== "wrong");
    const judged = outcome && outcome !== "shown" ? judge(attempt) : null;
    const say = mode === "predict" ? promptPredicted : promptChecked;
    promptRestore(view, attempt);
    view.root.dataset.outcome = outcome;
    view.result.replaceChildren(...(outcome ? say(model, secret, attempt, judged) : []));
    view.give.hidden = settled || (mode === "quiz" && (attempt.tries ?? 0) < PROMPT_GIVE_UP_AFTER);
    if (!number) promptTags(view, model, secret, attempt, settled);
    promptLock(view, settled, attempt, held);
    // The page around may hold something back until now.
    if (settled) el.dispatchEvent(new CustomEvent("cnncourse:revealed", { bubbles: true }));
  }

  function keep(attempt) {
    model.set("attempt", attempt);
    model.save_changes();
    paint();
  }

  function commit(event) {
    event.preventDefault();
    if (view.commit.hidden) return;
    const [now, before] = [said(), model.get("attempt") ?? {}];
    const judged = judge(now);
    if (number) view.inputs[0].setAttribute("aria-invalid", String(judged === null));
    if (judged === null) {
      painted = null;
      view.root.dataset.outcome = "unread";
      const empty = number ? (now.typed ? PROMPT_UNREADABLE : "Type your answer first.") : "Pick an answer first.";
      view.result.replaceChildren(promptVerdict("…", empty));
      return;
    }
    const tried = [...new Set([...(before.tried ?? []), ...(judged.wrong ?? [])])];
    keep({ ...now, tried, tries: (before.tries ?? 0) + 1, outcome: judged.right ? "right" : "wrong" });
  }

  view.form.addEventListener("submit", commit);
  // JupyterLab keeps Enter from submitting a text field, so it is asked for by name
  if (number) {
    view.inputs[0].addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing && !event.shiftKey) commit(event);
    });
  }
  view.form.addEventListener("click", (event) => {
    if (event.target.type === "checkbox" && view.commit.hidden) event.preventDefault();
  });
  view.give.addEventListener("click", () => keep({ tries: (model.get("attempt") ?? {}).tries ?? 0, outcome: "shown" }));
  view.again.addEventListener("click", () => {
    keep({});
    view.inputs[0].focus();
  });
  model.on("change:attempt", paint);
  paint();
  el.append(view.root);
  return () => model.off?.("change:attempt", paint);
}

export default { render: renderPrompt };
