// Decides what stands on which page of a deck, and how large. Pure arithmetic on sizes that were measured before:
// every way to cut a slide's blocks into pages is tried, and the one that reads best from the back row is taken.
(() => {
  "use strict";

  const SIZE = { width: 1184, height: 600, gap: 20, aisle: 32 }; // pixels of a stage of 1280 × 720
  const LETTERS = [ // of prose and of code, from roomy to tight
    { prose: 36, code: 26, cost: 0 },
    { prose: 32, code: 24, cost: 0.1 },
    { prose: 29, code: 21, cost: 0.6 },
    { prose: 26, code: 18, cost: 1.5 },
    { prose: 24, code: 16, cost: 3.2 },
  ];
  const SPLITS = [[576, 576], [692, 460], [460, 692]];
  const WIDTHS = [SIZE.width, ...new Set(SPLITS.flat())];
  const ADVANCE = 0.6021; // width of a letter of DejaVu Sans Mono, of its size
  const LEADING = 1.4;
  const SMALLEST = 16; // letters of code
  const PAD = 28; // of a box of code, above and below together, or left and right
  const LARGEST = 1.9; // times its natural size may a figure grow
  const PAGE = 5; // what one more page costs, beside small letters and small figures
  const APART = { output: 1.6, colon: 3, text: 0.3, cell: 0 }; // what it costs to part two neighbours
  const WORDS = new Set(["prose", "list", "html"]);

  // ---- blocks ------------------------------------------------------------------------------------------------------

  // Rows that a line takes where so many letters stand beside each other; it breaks between words if it can.
  function rowsOf(line, columns) {
    let [rows, used] = [1, 0];
    for (const word of line.match(/\S+\s*|\s+/g) ?? []) {
      const length = word.trimEnd().length;
      if (used && used + length > columns) [rows, used] = [rows + 1, 0];
      if (length > columns) rows += Math.floor((length - 1) / columns);
      used = length > columns ? length % columns : used + word.length;
    }
    return rows;
  }

  // The largest letters in which no line breaks, or the smallest if none does; then its height.
  function codeSize(lines, width, letters) {
    const longest = Math.max(1, ...lines.map((line) => line.length));
    const fitting = Math.floor((width - PAD) / (ADVANCE * longest));
    const chosen = Math.max(SMALLEST, Math.min(letters, fitting));
    const columns = Math.floor((width - PAD) / (ADVANCE * chosen));
    const taken = lines.reduce((sum, line) => sum + rowsOf(line, columns), 0);
    return { letters: chosen, height: taken * chosen * LEADING + PAD, breaks: taken - lines.length };
  }

  // ---- columns -----------------------------------------------------------------------------------------------------

  // Heights of blocks one below the other; figures share what the others leave. Null if they do not fit.
  function column(blocks, width, height, level) {
    const letters = LETTERS[level];
    const parts = blocks.map((block) => {
      if (block.lines) return codeSize(block.lines, width, letters.code);
      if (block.natural) return null;
      return { height: block.heights[width][level] };
    });
    const gaps = SIZE.gap * (blocks.length - 1);
    const fixed = parts.reduce((sum, part) => sum + (part?.height ?? 0), gaps);
    const figures = blocks.filter((block) => block.natural);
    if (!figures.length) {
      if (fixed > height) return null;
      return { parts, used: fixed, scale: null, hard: hardToRead(parts) };
    }
    const tall = figures.reduce((sum, { natural }) => sum + natural.height, 0);
    const widest = Math.max(...figures.map(({ natural }) => natural.width));
    const scale = Math.min(LARGEST, width / widest, (height - fixed) / tall);
    const best = Math.min(1, SIZE.width / widest, SIZE.height / tall);
    if (scale < 0.8 * best) return null;
    return { parts, used: fixed + tall * scale, scale, hard: hardToRead(parts) };
  }

  // Code is read by its lines: small letters cost, broken lines cost more.
  const hardToRead = (parts) => parts.filter((part) => part?.letters).reduce(
    (sum, { letters, breaks }) => sum + 0.25 * Math.max(0, 20 - letters) + 0.7 * Math.min(6, breaks), 0,
  );

  function costOf(columns, level, height) {
    const scales = columns.map(({ scale }) => scale).filter((scale) => scale !== null);
    const small = scales.length ? 5 * Math.max(0, 1.35 - Math.min(...scales)) : 0;
    const hard = columns.reduce((sum, one) => sum + one.hard, 0);
    const uneven = columns.length === 2 ? 0.8 * Math.abs(columns[0].used - columns[1].used) / height : 0;
    const full = Math.max(...columns.map(({ used }) => used)) / height;
    return LETTERS[level].cost + small + hard + uneven + 1.2 * Math.max(0, 0.35 - full);
  }

  // The best page for these blocks, at least as good as none: one column, or two with the cut anywhere.
  function page(blocks, height) {
    let best = null;
    const offer = (columns, widths, level) => {
      if (columns.some((one) => one === null)) return;
      const cost = costOf(columns, level, height) + (columns.length === 2 ? 0.4 : 0);
      if (!best || cost < best.cost) best = { columns, widths, level, cost };
    };
    for (let level = 0; level < LETTERS.length; level += 1) {
      if (best && best.cost < LETTERS[level].cost) break;
      const one = column(blocks, SIZE.width, height, level);
      offer([one], [SIZE.width], level);
      for (let cut = 1; cut < blocks.length; cut += 1) {
        if (blocks.every(({ kind }) => WORDS.has(kind))) break; // text does not run in columns
        for (const widths of SPLITS) {
          const left = column(blocks.slice(0, cut), widths[0], height, level);
          const right = left && column(blocks.slice(cut), widths[1], height, level);
          if (right) offer([{ ...left, count: cut }, right], widths, level);
        }
      }
    }
    return best;
  }

  // ---- pages of a slide --------------------------------------------------------------------------------------------

  const alone = (block) => block.kind === "explorer";
  const closes = (block) => block.kind === "explorer" || block.kind === "prompt";

  function parting(before, after) {
    if (closes(before) || alone(after)) return 0;
    if (before.cell === after.cell && before.kind === "code") return APART.output;
    if (before.ends === ":") return APART.colon;
    return before.cell === after.cell ? APART.text : APART.cell;
  }

  function allowed(blocks) {
    if (blocks.length === 1) return true;
    return !blocks.some(alone) && !blocks.slice(0, -1).some(closes);
  }

  // Cut blocks into pages at the least cost. `height(place)` is what a page that begins there has for its body.
  function paginate(blocks, height) {
    const cheapest = [{ cost: 0, pages: [] }];
    for (let end = 1; end <= blocks.length; end += 1) {
      for (let start = end - 1; start >= 0; start -= 1) {
        const some = blocks.slice(start, end);
        if (!allowed(some)) break;
        const made = page(some, height(start)) ?? (some.length === 1 ? squeezed(some[0]) : null);
        if (!made) break;
        const apart = start ? parting(blocks[start - 1], blocks[start]) : 0;
        const cost = cheapest[start].cost + PAGE + apart + made.cost;
        if (!cheapest[end] || cost < cheapest[end].cost) {
          cheapest[end] = { cost, pages: [...cheapest[start].pages, { ...made, start, end }] };
        }
      }
    }
    return cheapest[blocks.length].pages;
  }

  // What no page can hold stands alone, and the page shrinks it.
  function squeezed(block) {
    const level = LETTERS.length - 1;
    const part = block.lines ? codeSize(block.lines, SIZE.width, SMALLEST) : null;
    return { columns: [{ parts: [part], used: SIZE.height, scale: null, hard: 0 }], widths: [SIZE.width], level, cost: 20, squeezed: true };
  }

  window.deckLayout = { LETTERS, SIZE, WIDTHS, paginate };
})();
