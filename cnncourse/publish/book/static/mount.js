// Brings the explorers of a page to life from their saved state, without a kernel and without a widget manager.
// A classic script, because browsers refuse to load module files from disk; a module made from text they do load.
(() => {
  "use strict";

  const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';
  const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';

  // ---- saved state -> values ---------------------------------------------------------------------------------------

  function decode(base64) {
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
    return new DataView(bytes.buffer);
  }

  // Binary values were taken out of the state when it was saved; each knows the path it came from.
  function restore({ state, buffers = [] }) {
    const values = structuredClone(state);
    for (const { path, data } of buffers) {
      const last = path[path.length - 1];
      const holder = path.slice(0, -1).reduce((inside, key) => inside[key], values);
      holder[last] = decode(data);
    }
    return values;
  }

  function same(a, b) {
    if (Object.is(a, b)) return true;
    if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return false;
    if (ArrayBuffer.isView(a) || ArrayBuffer.isView(b)) return false; // comparing pictures costs more than drawing them
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
  }

  // ---- the model that a view talks to ------------------------------------------------------------------------------

  class Model {
    #values;
    #listeners = [];

    constructor(values) {
      this.#values = values;
    }

    get(name) {
      return this.#values[name];
    }

    set(name, value) {
      const changes = typeof name === "string" ? { [name]: value } : name;
      const changed = Object.keys(changes).filter((key) => !same(this.#values[key], changes[key]));
      for (const key of changed) this.#values[key] = changes[key];
      for (const key of changed) this.#tell(`change:${key}`, changes[key]);
      if (changed.length) this.#tell("change");
      return this;
    }

    on(events, callback, context = this) {
      for (const event of events.split(/\s+/)) this.#listeners.push({ event, callback, context });
      return this;
    }

    off(events, callback) {
      const names = events ? events.split(/\s+/) : null;
      this.#listeners = this.#listeners.filter(
        (one) => (names && !names.includes(one.event)) || (callback && one.callback !== callback),
      );
      return this;
    }

    save_changes() {} // there is no kernel to save to, and none to hear a message

    send() {}

    #tell(event, ...details) {
      for (const one of this.#listeners.filter((listener) => listener.event === event)) {
        one.callback.call(one.context, this, ...details);
      }
    }
  }

  // ---- one of each: a model for each identity, a module and a style sheet for each text -----------------------------

  function once(make) {
    const made = new Map();
    return (key, ...rest) => {
      if (!made.has(key)) made.set(key, make(key, ...rest));
      return made.get(key);
    };
  }

  const styled = once((css) => {
    const style = document.createElement("style");
    style.textContent = css;
    document.head.append(style);
  });

  const imported = once(async (source) => {
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const module = await import(address);
    URL.revokeObjectURL(address);
    const widget = module.default ?? module;
    return typeof widget === "function" ? widget() : widget;
  });

  const experimental = {
    invoke: () => Promise.reject(new Error("there is no kernel on this page")),
  };

  const modelled = once(async (id, saved) => {
    if (!saved[id]) throw new Error("its saved state is missing from this page");
    const model = new Model(restore(saved[id]));
    if (model.get("_css")) styled(model.get("_css"));
    const widget = await imported(model.get("_esm"));
    await widget.initialize?.({ model, experimental });
    return { model, widget };
  });

  // ---- the page ----------------------------------------------------------------------------------------------------

  function report(holder, error) {
    const words = document.createElement("p");
    words.className = "explorer-fault";
    words.setAttribute("role", "alert");
    words.textContent = `This explorer could not start: ${error?.message ?? error}`;
    holder.prepend(words);
    console.error(error);
  }

  async function mount(view, saved) {
    const holder = view.closest(".explorer");
    const still = holder.querySelector(".explorer-still");
    const el = document.createElement("div");
    el.className = "explorer-live";
    try {
      const { model, widget } = await modelled(JSON.parse(view.textContent).model_id, saved);
      still.hidden = true;
      holder.append(el);
      await widget.render({ model, el, experimental });
      still.remove();
    } catch (error) {
      el.remove();
      still.hidden = false;
      report(holder, error);
    }
  }

  function start() {
    const views = document.querySelectorAll(`.explorer > ${VIEW}`);
    const state = document.querySelector(STATE);
    const saved = state ? JSON.parse(state.textContent).state : {};
    for (const view of views) mount(view, saved);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
