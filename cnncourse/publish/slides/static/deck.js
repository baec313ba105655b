// Makes a deck of the slides in the page: waits for fonts, pictures and explorers, measures, lays out, starts reveal.js.
(() => {
  "use strict";

  const { LETTERS, SIZE, WIDTHS, paginate } = window.deckLayout;
  const STAGE = { width: 1280, height: 720 };
  const PRINT = /print-pdf/.test(window.location.search);
  const MOST = 0.78; // of an explorer: larger letters would leave its pictures no room
  const PATIENCE = 20_000; // milliseconds for explorers to start

  function make(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  const nextFrame = () => new Promise((done) => setTimeout(done, 20)); // a window behind others draws no frames

  // ---- what must be there before anything is measured --------------------------------------------------------------

  const waiting = () => [...document.querySelectorAll(".explorer")].filter(
    (one) => one.querySelector(".explorer-still") && !one.querySelector(".explorer-fault"),
  );

  async function ready() {
    const families = ["400 32px Sans", "italic 400 32px Sans", "600 32px Sans", "italic 600 32px Sans", "400 20px Mono", "700 20px Mono", "32px Formula"];
    await Promise.all(families.map((one) => document.fonts.load(one)));
    const pictures = [...document.querySelectorAll(".slides img")];
    await Promise.all(pictures.map((one) => one.decode().catch(() => {})));
    for (const end = Date.now() + PATIENCE; waiting().length && Date.now() < end;) await nextFrame();
    await nextFrame();
  }

  // ---- sizes -------------------------------------------------------------------------------------------------------

  function blockOf(element) {
    const block = { element, kind: element.dataset.kind, cell: element.dataset.cell, ends: element.textContent.trim().slice(-1) };
    if (["code", "printed"].includes(block.kind)) block.lines = element.textContent.replace(/\n$/, "").split("\n");
    else if (block.kind === "figure") {
      const image = element.querySelector("img");
      const width = Number(image.getAttribute("width")) || image.naturalWidth;
      block.natural = { width, height: (width * image.naturalHeight) / image.naturalWidth };
    } else block.heights = {};
    return block;
  }

  // The heights of all blocks in each width and each size of letters.
  function measure(blocks, bench) {
    const measured = blocks.filter(({ heights }) => heights);
    for (const width of WIDTHS) {
      bench.style.width = `${width}px`;
      for (const block of measured) block.heights[width] = [];
      for (const { prose } of LETTERS) {
        bench.style.setProperty("--prose", `${prose}px`);
        for (const { element, heights } of measured) heights[width].push(heightOf(element));
      }
    }
  }

  // What cannot break and is too wide does not fit; an explorer adapts to the height that there is.
  function heightOf(element) {
    if (element.dataset.kind === "explorer") return SIZE.height / 2;
    if (element.scrollWidth > element.clientWidth + 1) return Infinity;
    return element.offsetHeight;
  }

  // ---- pages -------------------------------------------------------------------------------------------------------

  let lastHeading = null;

  // A heading begins a page, and is repeated, smaller, on those that go on. The lesson's title keeps to words.
  function groups(blocks) {
    const made = [];
    for (const block of blocks) {
      const titled = made.at(-1)?.heading?.element.querySelector("h1") && !["prose", "list"].includes(block.kind);
      if (block.kind === "heading" || !made.length || titled) made.push({ heading: null, blocks: [] });
      const group = made[made.length - 1];
      if (block.kind === "heading") group.heading = block;
      else group.blocks.push(block);
    }
    return made;
  }

  function pagesOf(flow) {
    const made = [];
    for (const { heading, blocks } of groups(flow.blocks)) {
      const title = heading?.element.firstElementChild;
      const first = heading ? { element: title, height: heading.heights[SIZE.width][0] } : again();
      if (title) lastHeading = title;
      const height = (start) => blocks[start]?.kind === "explorer" ? STAGE.height - 24 - 44 : STAGE.height - 44 - 56 - (start && first ? 52 : first ? first.height + 18 : 0);
      const pages = blocks.length ? paginate(blocks, height) : [{ start: 0, end: 0, columns: [], widths: [], level: 0 }];
      pages.forEach((page, place) => {
        const head = place === 0 ? first?.element : again()?.element;
        made.push(pageElement(page, blocks.slice(page.start, page.end), head, height(page.start)));
      });
    }
    return made;
  }

  function again() {
    if (!lastHeading) return null;
    const element = make("h2", { class: "again" });
    element.innerHTML = lastHeading.innerHTML;
    return { element, height: 34 };
  }

  function pageElement(page, blocks, head, height) {
    const letters = LETTERS[page.level];
    const body = make("div", { class: page.columns.length === 2 ? "body sides" : "body" });
    body.style.setProperty("--prose", `${letters.prose}px`);
    body.style.height = `${height}px`;
    let place = 0;
    page.columns.forEach((column, side) => {
      const holder = make("div", { class: "column" });
      holder.style.width = `${page.widths[side]}px`;
      const count = side === 0 && page.columns.length === 2 ? column.count : blocks.length - place;
      for (let i = 0; i < count; i += 1, place += 1) holder.append(sized(blocks[place], column, i));
      body.append(holder);
    });
    const used = Math.max(0, ...page.columns.map((column) => column.used));
    if (!blocks.some(({ kind }) => kind === "explorer")) body.style.paddingTop = `${Math.max(0, Math.min(90, (height - used) * 0.3))}px`;
    body.classList.toggle("squeezed", Boolean(page.squeezed));
    const section = make("section", { class: "page", tabindex: "-1" }, ...(head ? [head] : []), body);
    section.classList.toggle("title", head?.tagName === "H1");
    for (const block of blocks) section.classList.add(`with-${block.kind}`);
    return section;
  }

  function sized(block, column, place) {
    const { element } = block;
    if (block.lines) element.style.fontSize = `${column.parts[place].letters}px`;
    if (block.natural) {
      const image = element.querySelector("img");
      image.style.width = `${block.natural.width * column.scale}px`;
      image.removeAttribute("width");
    }
    if (element.dataset.fragment !== undefined) element.classList.add("fragment");
    return element;
  }

  // ---- explorers and questions: as large as the page allows, also after they have grown ----------------------------

  function fit(body) {
    const block = body.querySelector(".explorer") ?? body.querySelector(".column");
    const columns = body.querySelector(".cnn-explorer") ? [1, 2, 3] : [1];
    const zooms = columns.map((count) => largest(body, block, count));
    const best = Math.max(...zooms);
    const chosen = zooms.findIndex((zoom) => zoom > 0.95 * best);
    arrange(block, zooms[chosen], columns[chosen]);
  }

  function arrange(block, zoom, columns) {
    block.style.zoom = zoom;
    block.style.setProperty("--columns", columns);
    block.classList.toggle("in-columns", columns > 1);
  }

  function largest(body, block, columns) {
    const fits = (zoom) => {
      arrange(block, zoom, columns);
      return body.scrollHeight <= body.clientHeight && body.scrollWidth <= body.clientWidth;
    };
    const most = block.querySelector(".cnn-explorer") ? MOST : 1;
    if (fits(most)) return most;
    let [low, high] = [0.2, most];
    for (let step = 0; step < 7; step += 1) {
      const middle = (low + high) / 2;
      if (fits(middle)) low = middle;
      else high = middle;
    }
    return low;
  }

  // An explorer draws its canvases after its width has changed, so look again until it keeps still.
  async function settle(body) {
    fit(body);
    const block = body.querySelector(".explorer") ?? body.querySelector(".column");
    for (let turn = 0; turn < 12; turn += 1) {
      await nextFrame();
      const over = body.scrollHeight / body.clientHeight;
      if (over > 1) block.style.zoom = Number(block.style.zoom) * Math.max(0.9, Math.min(0.99, 1 / over));
      else if (turn > 2) break;
    }
  }

  function watch(body) {
    let busy = false;
    const observer = new ResizeObserver(async () => {
      if (busy || !body.clientHeight) return;
      busy = true;
      await settle(body);
      busy = false;
    });
    for (const one of body.querySelectorAll(".cnn-explorer, .cnn-prompt, .block")) observer.observe(one);
  }

  // ---- the deck ----------------------------------------------------------------------------------------------------

  function foot(section, lesson, place, count) {
    const where = make("span", {}, lesson);
    const number = make("span", { class: "place" }, `${place} / ${count}`);
    section.append(make("footer", { class: "foot" }, where, number));
  }

  // An address with a cell's name, as in 06_lenet_and_mnist.html#run-lenet5, opens the slide on which that cell begins.
  function name(block) {
    const { cell } = block.dataset;
    if (cell && !document.getElementById(cell)) block.id = cell;
  }

  const words = (notes) => [...notes.children].slice(1).map((one) => one.outerHTML).join(""); // without the clock

  function build() {
    const deck = document.querySelector(".reveal");
    const slides = deck.querySelector(".slides");
    const flows = [...slides.querySelectorAll(":scope > .flow")].map((element) => ({
      element,
      blocks: [...element.querySelectorAll(":scope > .block")].map(blockOf),
    }));
    measure(flows.flatMap(({ blocks }) => blocks), slides);
    const stacks = [];
    let said = null; // on paper a note stands once, after the first slide that it is about
    for (const flow of flows) {
      if (flow.element.dataset.opens !== undefined || !stacks.length) stacks.push(make("section", { class: "stack" }));
      const pages = pagesOf(flow);
      const notes = flow.element.querySelector(":scope > aside.notes");
      for (const page of pages) {
        page.dataset.timing = Math.max(1, Math.round(Number(flow.element.dataset.seconds) / pages.length));
        if (notes && !(PRINT && words(notes) === said)) page.append(notes.cloneNode(true));
        said = notes ? words(notes) : said;
      }
      stacks[stacks.length - 1].append(...pages);
    }
    slides.removeAttribute("style");
    slides.replaceChildren(...stacks);
    for (const block of slides.querySelectorAll("[data-cell]")) name(block);
    const pages = [...slides.querySelectorAll(".page")];
    pages.forEach((page, place) => foot(page, deck.dataset.lesson, place + 1, pages.length));
    return deck;
  }

  // ---- keys --------------------------------------------------------------------------------------------------------

  const OWN = ".explorer-live, a, button, summary";
  const own = (target) => target instanceof Element && target.closest(OWN);

  // Keys belong to the explorer, link or button that has the focus; Escape gives them back, and pages always turn.
  function keys(event) {
    if (!own(event.target)) return;
    const turn = { PageDown: () => Reveal.next(), PageUp: () => Reveal.prev(), Escape: () => {} }[event.key];
    if (!turn) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    event.target.blur();
    turn();
  }

  // Only what is shown can be reached, and the next Tab begins on it; in the overview all slides can be clicked.
  async function shown() {
    await nextFrame(); // until then it may not take the focus
    const current = Reveal.getCurrentSlide();
    for (const page of document.querySelectorAll(".page")) page.inert = page !== current && !Reveal.isOverview();
    if (!current.contains(document.activeElement)) current.focus({ preventScroll: true });
  }

  async function start() {
    await ready();
    const deck = build();
    const bodies = [...deck.querySelectorAll(".body")].filter((one) => one.matches(".squeezed") || one.querySelector(".explorer"));
    document.addEventListener("keydown", keys, true);
    await Reveal.initialize({
      ...STAGE,
      margin: 0,
      minScale: 0.1,
      maxScale: 8,
      center: false,
      hash: true,
      transition: "none",
      backgroundTransition: "none",
      controlsTutorial: false,
      jumpToSlide: true,
      slideNumber: PRINT ? false : "c", // G takes the number at the foot of a slide; reveal.js's own display of it is hidden
      viewDistance: 2,
      pdfMaxPagesPerSlide: 1,
      pdfSeparateFragments: false,
      defaultTiming: 0,
      keyboardCondition: (event) => !own(event.target),
      plugins: [RevealNotes],
    });
    for (const body of bodies) watch(body);
    if (!PRINT) {
      Reveal.on("slidechanged", shown);
      Reveal.on("overviewshown", shown);
      Reveal.on("overviewhidden", shown);
      shown();
    }
    document.documentElement.dataset.ready = "";
  }

  start();
})();
