"""An explorer in a bare page: its state, a model of four methods, and no kernel; as an exported page mounts it."""

from __future__ import annotations

import base64
from typing import Any

from ipywidgets.widgets.widget import _remove_buffers

PAGE = """<!doctype html><html lang="en"{theme}><head><meta charset="utf-8"><title>explorer</title>
<meta name="viewport" content="width=device-width"></head><body style="margin: 12px"><main></main></body></html>"""
MOUNT = """async ({ state, buffers, kernel }) => {
  window.unpack = (state, buffers) => {
    for (const { path, data } of buffers) {
      const holder = path.slice(0, -1).reduce((inside, key) => inside[key], state);
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      holder[path.at(-1)] = new DataView(bytes.buffer);
    }
  };
  window.unpack(state, buffers);
  const listeners = [];
  window.model = {
    get: (name) => state[name],
    set: (name, value) => {
      state[name] = value;
      for (const [event, call] of [...listeners]) if (event === `change:${name}`) call();
    },
    on: (event, call) => listeners.push([event, call]),
    off: (event, call) => {
      const at = listeners.findIndex((one) => one[0] === event && one[1] === call);
      if (at >= 0) listeners.splice(at, 1);
    },
    save_changes: () => { window.saved = (window.saved ?? 0) + 1; },
    send: () => {},
    listeners,
    widget_manager: kernel ? {} : undefined,
  };
  const style = document.createElement("style");
  style.textContent = state._css;
  document.head.append(style);
  const address = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
  const { default: widget } = await import(address);
  window.addView = (el) => widget.render({ model: window.model, el });
  window.unmount = await window.addView(document.querySelector("main"));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
ANSWER = """({ state, buffers }) => {
  window.unpack(state, buffers);
  window.model.set("answer", state.answer);
}"""
# The colours of a canvas, as one number that any changed pixel changes.
FINGERPRINT = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let at = 0; at < data.length; at += 1) sum = (sum * 31 + data[at]) % 4294967291;
  return sum;
}"""


# A page's kernel as a test sees it: what it is asked is kept in ``window.asked``, and its answers are set by the test.
LISTEN = "() => { window.asked = []; window.model.send = (message) => window.asked.push(message); }"


def saved_state(explorer: Any) -> dict[str, Any]:
    """Return what a saved notebook holds of an explorer: its state, with the arrays apart."""
    state, paths, buffers = _remove_buffers(explorer.get_state())
    state = {name: value for name, value in state.items() if not name.startswith("_") or name in ("_esm", "_css")}
    packed = [base64.b64encode(buffer).decode() for buffer in buffers]
    return {"state": state, "buffers": [{"path": p, "data": d} for p, d in zip(paths, packed, strict=True)]}


def mount(page: Any, explorer: Any, *, dark: bool = False, kernel: bool = False) -> None:
    """Show an explorer in a page of playwright and wait for its first drawing.

    With `kernel`, the page takes itself for one with a running notebook; `answer_page` is then what answers it.
    """
    page.set_content(PAGE.format(theme=' data-theme="dark"' if dark else ""))
    page.evaluate(MOUNT, {**saved_state(explorer), "kernel": kernel})


def answer_page(page: Any, explorer: Any) -> None:
    """Let an explorer's own function answer the question that its page asks now."""
    names = [name for name in explorer.keys if not name.startswith("_") and name not in ("answer", "image", "layout")]
    state = page.evaluate("(names) => Object.fromEntries(names.map((name) => [name, window.model.get(name)]))", names)
    explorer.set_state(state)
    page.evaluate(ANSWER, saved_state(explorer))


def next_frame(page: Any) -> None:
    """Wait until what was asked for is drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def fingerprint(page: Any, canvas: int = 0) -> int:
    """Return a number that changes with any pixel of the page's canvas of that place."""
    next_frame(page)
    number: int = page.locator(".cnn-explorer canvas").nth(canvas).evaluate(FINGERPRINT)
    return number
