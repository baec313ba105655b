// The game of apples and stones. cnncourse/applications/orchard.py says the same in Python; a test compares them.

export const ORCHARD_SIDE = 15; // pixels
export const ORCHARD_FALL = ORCHARD_SIDE - 4; // steps until a thing reaches the basket
export const ORCHARD_GAP = 5; // steps from one thing to the next
export const ORCHARD_REACH = 2; // columns on either side of the basket's middle
const ORCHARD_SHAPES = {
  apple: [[0, 1], [1, 0], [1, 1], [1, 2], [2, 1]],
  stone: [[0, 0], [0, 2], [1, 1], [2, 0], [2, 2]],
  basket: [[0, 0], [0, 4], [1, 0], [1, 1], [1, 2], [1, 3], [1, 4]],
};

// In which column a thing is after so many steps; at a wall it turns round.
export function orchardColumn({ start, drift }, age) {
  const span = ORCHARD_SIDE - 3;
  const along = (((start - 1 + drift * age) % (2 * span)) + 2 * span) % (2 * span);
  return 1 + Math.min(along, 2 * span - along);
}

// Where the basket was and what came, from the first picture on, for moves of −1, 0 or 1.
export function orchardPlay(things, moves) {
  const baskets = [Math.floor(ORCHARD_SIDE / 2)];
  const rewards = [];
  moves.forEach((move, at) => {
    const basket = baskets[at] + move;
    baskets.push(Math.min(ORCHARD_SIDE - 1 - ORCHARD_REACH, Math.max(ORCHARD_REACH, basket)));
    rewards.push(orchardReward(things, at + 1, baskets[at + 1]));
  });
  return { baskets, rewards };
}

function orchardReward(things, time, basket) {
  const late = time - ORCHARD_FALL;
  if (late < 0 || late % ORCHARD_GAP) return 0;
  const thing = things[late / ORCHARD_GAP];
  if (Math.abs(orchardColumn(thing, ORCHARD_FALL) - basket) > ORCHARD_REACH) return 0;
  return thing.apple ? 1 : -1;
}

// What is in the air, the lowest first.
export function orchardFalling(things, time) {
  const first = Math.max(0, Math.floor((time - ORCHARD_FALL) / ORCHARD_GAP) + 1);
  const last = Math.min(things.length - 1, Math.floor(time / ORCHARD_GAP));
  const seen = [];
  for (let at = first; at <= last; at += 1) {
    const age = time - at * ORCHARD_GAP;
    seen.push({ ...things[at], age, column: orchardColumn(things[at], age) });
  }
  return seen;
}

export function orchardField(things, time, basket) {
  const data = new Float64Array(ORCHARD_SIDE * ORCHARD_SIDE);
  const lay = (name, top, left) => {
    for (const [down, along] of ORCHARD_SHAPES[name]) data[(top + down) * ORCHARD_SIDE + left + along] = 1;
  };
  for (const { apple, age, column } of orchardFalling(things, time)) lay(apple ? "apple" : "stone", age, column - 1);
  lay("basket", ORCHARD_SIDE - 2, basket - ORCHARD_REACH);
  return { height: ORCHARD_SIDE, width: ORCHARD_SIDE, channels: 1, data };
}
