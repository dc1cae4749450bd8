/** A map of points: pan, zoom, lasso, a pointer for the keyboard; what is shown beside it is its owner's. */
import { button, h } from "./dom.js";
import { PointRaster, pointState } from "./map-points.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

/** A map on a canvas with its buttons; `node` is the element. */
export class PointMap {
  /**
   * @param {{x: Float32Array, y: Float32Array, label: string, onPoint: Function, onPick: Function,
   *   onLasso: Function}} options The points, and what is called with the place and the nearest point under
   *   the pointer, with a point that is chosen, and with the points of a lasso.
   */
  constructor({ x, y, label, onPoint, onPick, onLasso }) {
    Object.assign(this, { x, y, onPoint, onPick, onLasso });
    this.count = x.length;
    this.color = new Uint16Array(this.count);
    this.state = new Uint8Array(this.count).fill(pointState.shown);
    this.palette = () => Uint8Array.from([0, 0, 0]);
    this.marks = [];
    this.pointer = null;
    this.nearest = -1;
    this.lasso = null;
    this.isSelecting = false;
    this.held = new Map();
    this.box = boxOf(x, y);
    this.zoom = 1;
    this.middle = [0.5, 0.5];
    this.build(label);
  }

  build(label) {
    this.canvas = h("canvas", {
      class: "map-points", tabindex: "0", role: "application", "aria-label": label,
      "aria-roledescription": "map", "aria-describedby": "map-help",
    });
    this.over = h("canvas", { class: "map-over", "aria-hidden": "true" });
    this.raster = new PointRaster(this.canvas);
    this.plane = h("div", { class: "map-plane" }, this.canvas, this.over);
    this.mode = button("Select an area", () => this.selectAreas(!this.isSelecting), { "aria-pressed": "false" });
    this.node = h("div", { class: "map" },
      h("div", { class: "map-buttons", role: "group", "aria-label": "Map" },
        button("+", () => this.zoomBy(1.5), { "aria-label": "Closer" }),
        button("−", () => this.zoomBy(1 / 1.5), { "aria-label": "Further away" }),
        button("Whole map", () => this.showAll()), this.mode),
      this.plane,
      h("p", { class: "hint", id: "map-help" },
        "Wheel, pinch or + and − zoom; dragging moves; Shift and dragging selects. Arrow keys move the pointer, "
        + "Enter chooses the nearest point, 0 shows the whole map."));
    this.listen();
    new ResizeObserver(() => this.redraw()).observe(this.plane);
    // The scheme of the page outlives the map, and must not keep it.
    const weak = new WeakRef(this);
    const follow = () => { if (weak.deref()) weak.deref().redraw(); else dark.removeEventListener("change", follow); };
    dark.addEventListener("change", follow);
  }

  listen() {
    const { canvas } = this;
    const place = (event) => [event.offsetX, event.offsetY];
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoomBy(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), this.back(...place(event)));
    }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.held.set(event.pointerId, place(event));
      this.moved = 0;
      if (this.held.size === 1 && (this.isSelecting || event.shiftKey)) this.lasso = [place(event)];
    });
    canvas.addEventListener("pointermove", (event) => {
      const here = place(event), before = this.held.get(event.pointerId);
      if (!before) { this.point(this.back(...here)); return; }
      this.moved += Math.hypot(here[0] - before[0], here[1] - before[1]);
      if (this.lasso) this.lasso.push(here);
      else if (this.held.size === 2) this.pinch(event.pointerId, here);
      else this.pan(here[0] - before[0], here[1] - before[1]);
      this.held.set(event.pointerId, here);
      this.redraw();
    });
    canvas.addEventListener("pointerup", (event) => {
      if (this.lasso && this.moved > 8) this.finishLasso();
      else if (this.moved < 5 && this.held.size === 1) {
        this.point(this.back(...place(event)));
        this.onPick(this.nearest);
      }
      this.lasso = null;
      this.held.delete(event.pointerId);
      this.redraw();
    });
    canvas.addEventListener("pointercancel", (event) => { this.held.delete(event.pointerId); this.lasso = null; });
    canvas.addEventListener("pointerleave", () => { if (!this.held.size) this.point(null); });
    canvas.addEventListener("dblclick", () => this.showAll());
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const move = moves[event.key], from = this.pointer ?? this.middle;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (move) {
      const step = (event.shiftKey ? 0.1 : 0.02) / this.zoom;
      const next = [from[0] + move[0] * step, from[1] + move[1] * step];
      const edge = 0.5 / this.zoom;
      this.middle = this.middle.map((value, axis) => Math.min(Math.max(value, next[axis] - edge), next[axis] + edge));
      this.point(next);
    } else if (event.key === "+" || event.key === "=") this.zoomBy(1.5, from);
    else if (event.key === "-") this.zoomBy(1 / 1.5, from);
    else if (event.key === "0" || event.key === "Home") this.showAll();
    else if (event.key === "Enter" || event.key === " ") this.onPick(this.nearest);
    else if (event.key === "Escape") this.onLasso(null);
    else return;
    event.preventDefault();
  }

  selectAreas(isOn) {
    this.isSelecting = isOn;
    this.mode.setAttribute("aria-pressed", String(isOn));
    this.plane.classList.toggle("selecting", isOn);
  }

  /** Sets the color of each point: places in a palette, which is a function of whether the page is dark. */
  setColors(color, palette) {
    this.color = color;
    this.palette = palette;
    this.redraw();
  }

  /** Sets which points are hidden, dim, shown or strong. */
  setStates(state) { this.state = state; this.redraw(); }

  /** Shows the whole plane of points that have moved. */
  fit() { this.box = boxOf(this.x, this.y); this.showAll(); }

  /** Points with a ring around them. */
  setMarks(marks) { this.marks = marks; this.redraw(); }

  showAll() { this.zoom = 1; this.middle = [0.5, 0.5]; this.redraw(); }

  zoomBy(factor, around = this.pointer ?? this.middle) {
    const next = Math.min(Math.max(this.zoom * factor, 0.5), 400);
    this.middle = this.middle.map((value, axis) => around[axis] + (value - around[axis]) * this.zoom / next);
    this.zoom = next;
    this.redraw();
  }

  pan(across, down) {
    this.middle = [this.middle[0] - across / this.size[0] / this.zoom, this.middle[1] + down / this.size[1] / this.zoom];
  }

  pinch(identifier, here) {
    const [[, other]] = [...this.held].filter(([key]) => key !== identifier);
    const before = this.held.get(identifier);
    const factor = Math.hypot(here[0] - other[0], here[1] - other[1])
      / Math.max(Math.hypot(before[0] - other[0], before[1] - other[1]), 1);
    this.zoomBy(factor, this.back((here[0] + other[0]) / 2, (here[1] + other[1]) / 2));
    this.pan((here[0] - before[0]) / 2, (here[1] - before[1]) / 2);
  }

  /** The size of the map on the page. */
  get size() { return [this.plane.clientWidth || 1, this.plane.clientHeight || 1]; }

  /** How a point is turned into a place on the page: factor and offset of x and of y. */
  get view() {
    const [width, height] = this.size, { box, zoom, middle } = this;
    const a = width * zoom / (box.x[1] - box.x[0]), c = -height * zoom / (box.y[1] - box.y[0]);
    return {
      a, b: (0.5 - middle[0] * zoom) * width - a * box.x[0],
      c, d: (0.5 + middle[1] * zoom) * height - c * box.y[0],
    };
  }

  /** The part of the plane, 0 to 1 from left to right and from bottom to top, at a place on the page. */
  back(left, top) {
    const [width, height] = this.size;
    return [(left / width - 0.5) / this.zoom + this.middle[0], (0.5 - top / height) / this.zoom + this.middle[1]];
  }

  /** The coordinates of a part of the plane. */
  coordinates([across, up]) {
    const { x, y } = this.box;
    return [x[0] + across * (x[1] - x[0]), y[0] + up * (y[1] - y[0])];
  }

  point(place) {
    this.pointer = place;
    this.nearest = place ? this.nearestTo(...this.coordinates(place)) : -1;
    this.onPoint(this.nearest, place);
    this.redraw();
  }

  nearestTo(x, y) {
    const { a, c } = this.view;
    let [best, nearest] = [24 * 24, -1];
    for (let index = 0; index < this.count; index += 1) {
      if (this.state[index] === pointState.hidden) continue;
      const distance = (a * (this.x[index] - x)) ** 2 + (c * (this.y[index] - y)) ** 2;
      if (distance < best) { best = distance; nearest = index; }
    }
    return nearest;
  }

  finishLasso() {
    const { a, b, c, d } = this.view, path = this.lasso, inside = [];
    for (let index = 0; index < this.count; index += 1) {
      if (this.state[index] === pointState.hidden) continue;
      if (isInside(a * this.x[index] + b, c * this.y[index] + d, path)) inside.push(index);
    }
    this.selectAreas(false);
    this.onLasso(inside);
  }

  redraw() {
    if (this.waits) return;
    this.waits = true;
    requestAnimationFrame(() => { this.waits = false; this.draw(); });
  }

  draw() {
    const [width, height] = this.size;
    if (width < 2 || height < 2) return;
    // Very many points are drawn at one pixel of the page each, so that moving stays smooth.
    const ratio = this.count > 50_000 ? 1 : Math.min(devicePixelRatio || 1, 2), { a, b, c, d } = this.view;
    const base = Math.min(Math.max(70 / Math.sqrt(this.count), 1), 3.4);
    const radius = Math.min(base * Math.sqrt(Math.max(this.zoom, 1)), 6);
    const style = getComputedStyle(this.plane);
    this.raster.draw({
      width: Math.round(width * ratio), height: Math.round(height * ratio), x: this.x, y: this.y,
      a: a * ratio, b: b * ratio, c: c * ratio, d: d * ratio,
      color: this.color, state: this.state, palette: this.palette(dark.matches), radius: radius * ratio,
      opacity: this.count > 20_000 ? 0.55 : this.count > 3_000 ? 0.7 : 0.85,
      background: style.backgroundColor.match(/\d+/g).slice(0, 3).map(Number),
    });
    this.drawOver(ratio, radius, style.color);
  }

  drawOver(ratio, radius, ink) {
    const [width, height] = this.size, { a, b, c, d } = this.view, pen = this.over.getContext("2d");
    this.over.width = Math.round(width * ratio);
    this.over.height = Math.round(height * ratio);
    pen.scale(ratio, ratio);
    pen.strokeStyle = ink;
    const ring = (index, size, line) => {
      pen.lineWidth = line;
      pen.beginPath();
      pen.arc(a * this.x[index] + b, c * this.y[index] + d, size, 0, 2 * Math.PI);
      pen.stroke();
    };
    this.marks.forEach((index, place) => ring(index, radius + (place ? 3.5 : 5.5), place ? 1.25 : 2.5));
    if (this.nearest >= 0) ring(this.nearest, radius + 4, 2);
    if (this.lasso) {
      pen.lineWidth = 1.5;
      pen.setLineDash([5, 4]);
      pen.beginPath();
      this.lasso.forEach(([left, top], place) => (place ? pen.lineTo(left, top) : pen.moveTo(left, top)));
      pen.closePath();
      pen.stroke();
    }
    if (this.pointer && document.activeElement === this.canvas && !this.held.size) {
      const [x, y] = this.coordinates(this.pointer), left = a * x + b, top = c * y + d;
      pen.setLineDash([]);
      pen.lineWidth = 1;
      pen.beginPath();
      pen.moveTo(left - 8, top);
      pen.lineTo(left + 8, top);
      pen.moveTo(left, top - 8);
      pen.lineTo(left, top + 8);
      pen.stroke();
    }
  }
}

/** Whether a place is inside a polygon, by how often a line to the right crosses its edges. */
function isInside(left, top, path) {
  let inside = false;
  for (let index = 0, last = path.length - 1; index < path.length; last = index, index += 1) {
    const [x1, y1] = path[index], [x2, y2] = path[last];
    if ((y1 > top) !== (y2 > top) && left < (x2 - x1) * (top - y1) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

/** The part of the plane that shows nearly all points: outliers of a thousandth may be outside. */
function boxOf(x, y) {
  const side = (values) => {
    const sorted = Float32Array.from(values).filter(Number.isFinite).sort();
    if (!sorted.length) return [-1, 1];
    const at = (part) => sorted[Math.min(Math.floor(part * sorted.length), sorted.length - 1)];
    let [low, high] = [sorted[0], sorted.at(-1)];
    const [inner, outer] = [at(0.002), at(0.998)];
    if (high - low > 2 * (outer - inner) && outer > inner) [low, high] = [inner, outer];
    const margin = (high - low) * 0.04 || 1;
    return [low - margin, high + margin];
  };
  return { x: side(x), y: side(y) };
}
