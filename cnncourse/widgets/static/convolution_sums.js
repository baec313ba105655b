// The working of one window: window times kernel, the products, and their sum written out.

import { ArrayView } from "./canvas.js";
import { windowBlock } from "./convolution_scene.js";
import { make } from "./dom.js";
import { writtenSum } from "./numbers.js";
import { captioned } from "./shell.js";

export class Working {
  constructor(kernelGrid) {
    this.under = new ArrayView({ label: "values under the window", maxCell: 38, maxHeight: 190 });
    this.products = new ArrayView({ label: "products", maxCell: 38, maxHeight: 190 });
    this.words = make("p", { class: "cnn-arithmetic" });
    const sign = (text) => make("span", { class: "cnn-sign", "aria-hidden": "true" }, text);
    const sums = make(
      "div",
      { class: "cnn-sums" },
      captioned("Window", this.under.element),
      sign("×"),
      captioned("Kernel", kernelGrid),
      sign("="),
      captioned("Products", this.products.element),
    );
    this.element = make("div", { class: "cnn-working" }, sums, this.words);
  }

  show(scene, place, { under, products, sum }, aside) {
    this.under.show(under, { kind: scene.kind, range: scene.range });
    this.products.show(products, { kind: "signed" });
    const { terms, total } = writtenSum(under, scene.kernel, sum);
    const written = make("span", { class: "cnn-terms" }, `${terms.join(" + ")} = `);
    this.words.replaceChildren(written, make("strong", {}, total), ` → output[${place[0]}, ${place[1]}]`);
    if (aside) this.words.append(make("span", { class: "cnn-aside" }, aside));
    const { row, col, height, width } = windowBlock(scene, place);
    this.under.label(`window of ${height} by ${width} from row ${row}, column ${col}`);
  }

  close() {
    this.under.destroy();
    this.products.destroy();
  }
}
