// A kernel to write in: one text field a weight, which takes 2, -1.5 or 1/9.

import { keepKeys } from "./controls.js";
import { make } from "./dom.js";
import { formatWeight, readWeight } from "./numbers.js";

export class KernelGrid {
  constructor(onChange) {
    this.onChange = onChange;
    this.kernel = null;
    this.element = make("div", { class: "cnn-grid", role: "group", "aria-label": "kernel weights" });
  }

  // Fields are made anew only when the size changes; a field being written in keeps what the learner typed.
  show(kernel) {
    const sameSize = this.kernel && this.kernel.height === kernel.height && this.kernel.width === kernel.width;
    this.kernel = kernel;
    if (!sameSize) this.build();
    const most = Math.max(...kernel.data.map(Math.abs), 1e-12);
    this.fields.forEach((field, at) => {
      const value = kernel.data[at];
      if (readWeight(field.value) !== value && !(document.activeElement === field && field.dataset.typing)) {
        field.value = formatWeight(value);
      }
      field.style.setProperty("--cnn-share", `${Math.round((Math.abs(value) / most) * 60)}%`);
      field.dataset.sign = value < 0 ? "minus" : value > 0 ? "plus" : "zero";
      field.title = String(value);
    });
  }

  build() {
    const { height, width } = this.kernel;
    this.element.style.setProperty("--cnn-columns", width);
    this.element.dataset.size = Math.max(height, width) > 5 ? "large" : "small";
    this.fields = Array.from({ length: height * width }, (_, at) => this.field(Math.floor(at / width), at % width));
    this.element.replaceChildren(...this.fields);
  }

  field(row, col) {
    const input = make("input", {
      type: "text",
      inputmode: "text", // a phone's number pad has neither minus nor fraction
      autocomplete: "off",
      "aria-label": `weight in row ${row + 1}, column ${col + 1}`,
    });
    const at = row * this.kernel.width + col;
    input.addEventListener("focus", () => input.select());
    input.addEventListener("input", () => {
      input.dataset.typing = "yes";
      const value = readWeight(input.value);
      input.setAttribute("aria-invalid", String(Number.isNaN(value)));
      if (!Number.isNaN(value)) this.write(at, value);
    });
    input.addEventListener("blur", () => {
      delete input.dataset.typing;
      input.removeAttribute("aria-invalid");
      input.value = formatWeight(this.kernel.data[at]);
    });
    input.addEventListener("keydown", (event) => {
      const down = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }[event.key];
      if (!down) return;
      event.preventDefault();
      this.fields[at + down * this.kernel.width]?.focus();
    });
    keepKeys(input);
    return input;
  }

  write(at, value) {
    const data = Float64Array.from(this.kernel.data);
    data[at] = value;
    this.onChange({ ...this.kernel, data });
  }
}

// The same weights in another size: kept around the middle, with zeros at the new rim.
export function resizedKernel(kernel, height, width) {
  const [down, right] = [Math.floor((height - kernel.height) / 2), Math.floor((width - kernel.width) / 2)];
  const data = new Float64Array(height * width);
  for (let row = 0; row < height; row += 1) {
    for (let col = 0; col < width; col += 1) {
      const [from, along] = [row - down, col - right];
      const inside = from >= 0 && along >= 0 && from < kernel.height && along < kernel.width;
      data[row * width + col] = inside ? kernel.data[from * kernel.width + along] : 0;
    }
  }
  return { height, width, channels: 1, data };
}
