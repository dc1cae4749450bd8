/** What the decoder makes of the place under the pointer, from the square of places that the command decoded. */
import { h, replace } from "./dom.js";

/** The data of a map page that the command wrote; none where it has no decoded places. */
export function pageData(text) {
  // The page is read as text: a parser would apply its style, which the policy of this page forbids.
  const mark = "id=\"map-data\">", start = text.indexOf(mark);
  if (start < 0) return null;
  const data = JSON.parse(text.slice(start + mark.length, text.indexOf("</script>", start)));
  return data.lattice ? data : null;
}

/** Shows decoded places in `node`. */
export class Decoder {
  constructor(data, redraw) {
    this.box = data.box;
    this.lattice = data.lattice;
    this.node = h("div", { class: "decoded" });
    if (this.lattice.sheet) {
      const image = new Image();
      image.addEventListener("load", () => { this.read(image); redraw(); });
      image.src = this.lattice.sheet;
    }
  }

  read(image) {
    const copy = h("canvas", { width: image.width, height: image.height });
    const pen = copy.getContext("2d", { willReadFrequently: true });
    pen.drawImage(image, 0, 0);
    this.pixels = pen.getImageData(0, 0, image.width, image.height);
    const side = this.lattice.side;
    this.canvas = h("canvas", { class: "item-picture", width: image.width / side, height: image.height / side, role: "img", "aria-label": "The image that is decoded at the pointer" });
  }

  /** Shows what is decoded at coordinates of the plane; nothing is outside of the square. */
  show(place) {
    const { box, lattice } = this;
    const part = place && [(place[0] - box[0]) / (box[1] - box[0]), (place[1] - box[2]) / (box[3] - box[2])];
    if (!part || part.some((value) => !(value >= 0 && value <= 1))) {
      if (this.shown !== null) replace(this.node, h("p", { class: "hint" }, "Point at any place of the map, also between the points."));
      this.shown = null;
      return;
    }
    if (lattice.cells) this.showCells(part);
    else if (this.pixels) this.showPixels(part);
  }

  showCells([across, up]) {
    const { side, columns, cells } = this.lattice;
    const index = Math.min(Math.floor((1 - up) * side), side - 1) * side + Math.min(Math.floor(across * side), side - 1);
    if (index === this.shown) return;
    this.shown = index;
    replace(this.node, h("div", { class: "scroll cells", tabindex: "0", role: "region", "aria-label": "Decoded cells" }, h("table", null, h("tbody", null,
      columns.map((name, column) => h("tr", null, h("th", { scope: "row" }, name), h("td", null, cells[index][column] ?? "–")))))));
  }

  /** A blend of the four decoded places around the pointer. */
  showPixels([across, up]) {
    const { side } = this.lattice, { pixels, canvas } = this, { width, height } = canvas;
    const clamp = (place) => Math.min(Math.max(place, 0), side - 1);
    const [left, top] = [clamp(across * side - 0.5), clamp((1 - up) * side - 0.5)];
    const [column, row] = [Math.floor(left), Math.floor(top)], [right, below] = [clamp(column + 1), clamp(row + 1)];
    const [u, v] = [left - column, top - row];
    const corners = [[column, row, (1 - u) * (1 - v)], [right, row, u * (1 - v)], [column, below, (1 - u) * v], [right, below, u * v]];
    const pen = canvas.getContext("2d"), result = pen.createImageData(width, height);
    for (let line = 0; line < height; line += 1) {
      for (let place = 0; place < 4 * width; place += 1) {
        let sum = 0;
        for (const [x, y, weight] of corners) sum += weight * pixels.data[((y * height + line) * pixels.width + x * width) * 4 + place];
        result.data[line * 4 * width + place] = Math.round(sum);
      }
    }
    pen.putImageData(result, 0, 0);
    if (!this.shown) replace(this.node, canvas);
    this.shown = true;
  }
}
