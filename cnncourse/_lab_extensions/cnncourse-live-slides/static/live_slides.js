// JupyterLab, slide by slide: only the cells of one slide are shown, large, and they can be changed and run as ever.
// Written as the container that JupyterLab loads, so that it needs no build step.
(() => {
  "use strict";

  const NAME = "cnncourse-live-slides";
  const COMMAND = "cnncourse:live-slides";
  const LOOK = `
    /* JupyterLab gives parts their sizes by number, and does not know that the screen is theirs now */
    .cnn-live:fullscreen > .lm-Widget { width: 100% !important; }
    .cnn-live:fullscreen > .jp-NotebookPanel-notebook { height: calc(100% - 2rem) !important; }
    .cnn-live .jp-WindowedPanel-outer { box-sizing: border-box; padding: 1.5rem 3vw; }
    .cnn-live .jp-Cell.cnn-elsewhere { display: none; }
    .cnn-live .jp-Cell { zoom: 1.7; }
    .cnn-live .jp-Notebook-footer, .cnn-live .jp-cell-toolbar { display: none; }
  `;

  const kindOf = (cell) => cell.model.getMetadata("slideshow")?.slide_type ?? "-";
  const silent = (cell) => ["skip", "notes"].includes(kindOf(cell));

  // For each cell the number of its slide; what is skipped, and notes, belong to the one before and stay out of sight.
  function slidesOf(cells) {
    let slide = 0;
    return cells.map((cell, place) => {
      if (place && ["slide", "subslide"].includes(kindOf(cell))) slide += 1;
      return slide;
    });
  }

  // ---- one notebook being shown ------------------------------------------------------------------------------------

  class Show {
    constructor(panel) {
      this.panel = panel;
      this.book = panel.content;
      this.settings = this.book.notebookConfig;
      this.book.notebookConfig = { ...this.settings, windowingMode: "none" }; // hidden cells must stay in the page
      this.draw = () => this.#draw();
      this.keys = (event) => this.#keys(event);
      panel.node.classList.add("cnn-live");
      this.book.activeCellChanged.connect(this.draw);
      document.addEventListener("keydown", this.keys, true);
      panel.node.requestFullscreen?.().catch(() => {}); // a browser may refuse; the slides show all the same
      this.draw();
    }

    #draw() {
      const cells = [...this.book.widgets];
      const slides = slidesOf(cells);
      const now = slides[this.book.activeCellIndex];
      cells.forEach((cell, place) => {
        cell.node.classList.toggle("cnn-elsewhere", slides[place] !== now || silent(cell));
      });
      this.book.node.querySelector(".jp-WindowedPanel-outer")?.scrollTo(0, 0);
    }

    turn(by) {
      const slides = slidesOf([...this.book.widgets]);
      const wanted = slides[this.book.activeCellIndex] + by;
      const place = slides.findIndex((slide, at) => slide === wanted && !silent(this.book.widgets[at]));
      if (place < 0) return;
      this.book.activeCellIndex = place;
      this.book.mode = "command";
    }

    // A presenter's remote sends Page Down and Page Up; they turn over even while somebody types.
    #keys(event) {
      const by = { PageDown: 1, PageUp: -1 }[event.key];
      if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      this.turn(by);
    }

    close() {
      this.book.activeCellChanged.disconnect(this.draw);
      document.removeEventListener("keydown", this.keys, true);
      this.panel.node.classList.remove("cnn-live");
      for (const cell of this.book.widgets) cell.node.classList.remove("cnn-elsewhere");
      this.book.notebookConfig = this.settings;
      if (document.fullscreenElement) document.exitFullscreen();
    }
  }

  // ---- the plugin --------------------------------------------------------------------------------------------------

  let show = null;

  function toggle(app) {
    const panel = app.shell.currentWidget;
    if (show) show.close();
    show = show || !panel?.content?.activeCellChanged ? null : new Show(panel);
  }

  function activate(app, palette) {
    const style = document.createElement("style");
    style.textContent = LOOK;
    document.head.append(style);
    app.commands.addCommand(COMMAND, {
      label: "Show as Slides, Alive",
      caption: "Show one slide at a time; Page Down and Page Up turn over, Shift + Enter runs and goes on",
      isToggled: () => show !== null,
      execute: () => toggle(app),
    });
    app.commands.addKeyBinding({ command: COMMAND, keys: ["Alt R"], selector: "body" });
    palette?.addItem({ command: COMMAND, category: "Notebook Operations" });
  }

  async function paletteToken(scope) {
    const [version] = Object.values(scope["@jupyterlab/apputils"] ?? {});
    return version ? (await version.get())().ICommandPalette : null;
  }

  let shared = {};
  const extension = async () => {
    const token = await paletteToken(shared);
    const plugin = { id: `${NAME}:plugin`, autoStart: true, optional: token ? [token] : [], activate };
    return () => ({ __esModule: true, default: plugin });
  };

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB[NAME] = { init: (scope) => (shared = scope), get: extension };
})();
