// The game player: the learner plays apples and stones beside an agent that played the same games before.

import { ArrayView } from "./canvas.js";
import { button, choice } from "./controls.js";
import { make, setText } from "./dom.js";
import { atMostEvery, oncePerFrame } from "./frame.js";
import { orchardFalling, orchardField, orchardPlay } from "./orchard.js";
import { captioned, openShell } from "./shell.js";

const GAME_STATE = ["games", "agent", "best", "game", "moves"];
const GAME_PACE = 200; // milliseconds a step while time runs
const GAME_KEYS = [
  ["← →", "on your field: move the basket by a column; the game goes on by a step"],
  ["↓ or ↑", "stay, for a step"],
];

const orchardScore = (rewards) => {
  const apples = rewards.filter((reward) => reward > 0).length;
  const stones = rewards.filter((reward) => reward < 0).length;
  return { apples, stones, total: apples - stones };
};
const scoreWords = ({ apples, stones, total }) => `apples ${apples}, stones ${stones}, return ${String(total).replace("-", "−")}`;

class GameView {
  constructor(model, el) {
    this.model = model;
    this.timer = 0;
    this.heading = 0; // the move to come while time runs
    this.redraw = oncePerFrame(() => this.draw());
    this.save = atMostEvery(120, () => model.save_changes());
    this.build(el);
    this.names = GAME_STATE.map((name) => `change:${name}`);
    for (const name of this.names) model.on(name, this.redraw);
    this.redraw();
  }

  build(el) {
    this.shell = openShell(el, "Game player", GAME_KEYS);
    this.own = new ArrayView({ label: "your game", maxCell: 18, on: { move: (rows, cols) => this.move(cols) } });
    this.agents = new ArrayView({ label: "the agent's game", maxCell: 18 });
    [this.ownScore, this.agentScore, this.words] = [make("p"), make("p"), make("p", { class: "cnn-arithmetic" })];
    const stage = make("div", { class: "cnn-stage" }, captioned("You", this.own.element, this.ownScore), captioned("The agent, at the same step", this.agents.element, this.agentScore));
    const moves = [["← Left", -1], ["Stay", 0], ["Right →", 1]].map(([text, move]) => button({ text, onClick: () => this.move(move) }));
    this.play = button({ text: "Let time run", onClick: () => (this.timer ? this.pause() : this.start()), look: "cnn-primary" });
    const again = button({ text: "Begin again", onClick: () => (this.pause(), this.change({ moves: [] })) });
    const games = this.model.get("games").map((_, at) => [String(at), `game ${at + 1}`]);
    this.game = choice({ label: "Game", options: games, value: "0", onChange: (at) => (this.pause(), this.change({ game: Number(at), moves: [] })) });
    const legend = make("p", { class: "cnn-size" }, "+ is an apple, worth 1; × is a stone, worth −1. The bar at the bottom is the basket.");
    this.shell.body.append(legend, stage, this.words, make("div", { class: "cnn-row" }, ...moves), make("div", { class: "cnn-row" }, this.play, again, this.game.element));
  }

  get steps() {
    return this.model.get("agent")[this.model.get("game")].length;
  }

  // While time runs, a key says where to go next; otherwise it is a step of its own.
  move(move) {
    if (this.timer) this.heading = move;
    else this.take(move);
  }

  take(move) {
    const moves = this.model.get("moves");
    if (moves.length < this.steps) this.change({ moves: [...moves, move] });
  }

  start() {
    const tick = () => {
      if (this.model.get("moves").length >= this.steps) return this.pause();
      this.timer = setTimeout(tick, GAME_PACE);
      return this.take(this.heading);
    };
    if (this.model.get("moves").length >= this.steps) this.change({ moves: [] });
    this.heading = 0;
    this.timer = setTimeout(tick, GAME_PACE);
    this.own.canvas.focus();
    this.redraw();
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.redraw();
  }

  change(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.save();
    this.redraw();
  }

  draw() {
    const [games, agent, best, game, moves] = GAME_STATE.map((name) => this.model.get(name));
    const [things, time] = [games[game], moves.length];
    const [own, theirs] = [orchardPlay(things, moves), orchardPlay(things, agent[game].slice(0, time))];
    this.own.show(orchardField(things, time, own.baskets[time]), { kind: "grey", range: [0, 1] });
    this.agents.show(orchardField(things, time, theirs.baskets[time]), { kind: "grey", range: [0, 1] });
    const [mine, its] = [own, theirs].map(({ rewards }) => scoreWords(orchardScore(rewards)));
    setText(this.ownScore, mine);
    setText(this.agentScore, its);
    this.play.textContent = this.timer ? "Pause" : "Let time run";
    this.game.set(String(game));
    const over = time >= this.steps ? ` The game is over. Who knows the future can reach ${best[game]}.` : "";
    const came = { 1: " You caught an apple.", "-1": " You caught a stone." }[own.rewards[time - 1]] ?? "";
    setText(this.words, `Step ${time} of ${this.steps}.${came}${over}`);
    this.tell(things, time, own.baskets[time], { mine, its, came, over });
  }

  tell(things, time, basket, { mine, its, came, over }) {
    const seen = orchardFalling(things, time).map((thing) => gameThing(thing, basket));
    this.own.label(`your game at step ${time}: basket in column ${basket + 1} of 15; ${seen.join("; ")}`);
    this.agents.label(`the agent's game at step ${time}: ${its}`);
    this.shell.speak(`Step ${time}.${came}${over || ` ${seen.join("; ")}.`} You: ${mine}. The agent: ${its}.`);
  }

  close() {
    clearTimeout(this.timer);
    for (const name of this.names) this.model.off(name, this.redraw);
    for (const view of [this.own, this.agents]) view.destroy();
    this.redraw.cancel();
    this.save.cancel();
    this.shell.close();
  }
}

function gameThing({ apple, age, column }, basket) {
  const aside = column - basket;
  const where = aside ? `${Math.abs(aside)} to the ${aside < 0 ? "left" : "right"}` : "straight above";
  return `${apple ? "apple" : "stone"} ${where}, ${11 - age} steps away`;
}

function render({ model, el }) {
  const view = new GameView(model, el);
  return () => view.close();
}

export default { render };
