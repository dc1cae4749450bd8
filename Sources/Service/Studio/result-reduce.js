/** The map of a reduction: colors, search, neighbors, selections, and what is decoded under the pointer. */
import * as api from "./api.js";
import { columnOf, isMissing, isNumeric, numbersOf, parseTable } from "./csv.js";
import { announce, button, debounced, h, replace } from "./dom.js";
import { counted, grouped, plain, significant } from "./format.js";
import { idxLabels, itemsOf, player } from "./items.js";
import { Decoder, pageData } from "./map-decoder.js";
import { channels, classColor, mostClasses, pointState, shade } from "./map-points.js";
import { PointMap } from "./map.js";
import { selectionElement } from "./selection.js";

/** The steps of colors of numbers. */
const shades = 64;
/** The nearest items that are listed. */
const listed = 8;

export async function reducePicture(context) {
  const { job, files, request } = context;
  const output = files.find((file) => file.name === request.files?.output && /\.csv$/i.test(file.name));
  if (!output) return null;
  const page = files.find((file) => file.name === "map.html");
  const [codes, source, items, labels, page_] = await Promise.all([
    api.jobText(job.id, output.name).then((text) => parseTable(text)), sourceTable(context), itemsOf(context.name, context.kind).catch(() => null),
    labelsOf(request), page ? api.jobText(job.id, page.name).then(pageData).catch(() => null) : null,
  ]);
  const view = new MapView({ context, codes, source, items, labels, page: page_ });
  return h("section", { class: "panel map-panel" }, h("h2", null, "Map"), view.node);
}

/** The table that was reduced, if its rows are those of the codes. */
async function sourceTable({ kind, name, request }) {
  if (kind !== "table" || !/\.(csv|tsv|txt)(\.gz)?$/i.test(name)) return null;
  return api.dataText(name).then((text) => parseTable(text, request.files?.first)).catch(() => null);
}

/** The labels that the request names, with their names. */
async function labelsOf(request) {
  const file = request.options?.labels;
  if (!file) return null;
  const names = request.options.labelNames ?? [];
  const labels = await api.dataBytes(file).then(idxLabels).catch(() => null);
  return labels?.map((label) => names[Number(label)] ?? label) ?? null;
}

class MapView {
  constructor({ context, codes, source, items, labels, page }) {
    Object.assign(this, { context, codes, items });
    this.axes = codes.columns.filter((name) => /^z\d+$/.test(name));
    this.leading = codes.columns.filter((name) => !/^z\d+$/.test(name));
    this.count = codes.rows.length;
    this.values = this.axes.map((name) => Float32Array.from(numbersOf(columnOf(codes, name))));
    this.source = source?.rows.length === this.count ? source : null;
    this.labels = labels?.length === this.count ? labels : null;
    this.shownClasses = null;
    this.found = null;
    this.selected = null;
    this.picked = -1;
    const [x, y] = [this.values[0], this.values[1] ?? new Float32Array(this.count)];
    this.map = new PointMap({
      x, y, label: `Map of ${counted(this.count, "item")}`, onPoint: (index, place) => this.point(index, place),
      onPick: (index) => this.pick(index), onLasso: (list) => this.select(list),
    });
    this.decoder = page && this.axes.length >= 2 ? new Decoder(page, () => this.decoder.show(this.place)) : null;
    this.build();
    this.colorBy(this.sources[0]?.name ?? "");
  }

  /** What points can be colored by. */
  get sources() {
    const own = this.leading.filter((name) => !/^(name|image|sound|file|row)$/i.test(name))
      .map((name) => ({ name, cells: () => columnOf(this.codes, name) }));
    const labels = this.labels ? [{ name: "labels", cells: () => this.labels }] : [];
    const folders = this.folderNames();
    const columns = (this.source?.columns ?? []).map((name) => ({ name, cells: () => columnOf(this.source, name) }));
    const chosen = this.context.request.options?.color;
    return [...labels, ...(folders ? [{ name: "first word of the name", cells: () => folders }] : []), ...own, ...columns]
      .sort((a, b) => (b.name === chosen) - (a.name === chosen));
  }

  /** The names of files without their numbers, as in `dune-01.jpg`, where these are few. */
  folderNames() {
    const names = this.leading.length ? columnOf(this.codes, this.leading[0]) : null;
    if (!names || this.source) return null;
    const words = names.map((name) => name.replace(/[-_ ]?\d*\.[a-z0-9]+$/i, ""));
    const different = new Set(words).size;
    return different > 1 && different <= 40 && different < names.length / 2 ? words : null;
  }

  name(index) {
    if (this.leading.length && !this.source) return this.codes.rows[index][this.codes.columns.indexOf(this.leading[0])];
    return `${{ table: "Row", images: "Image", sounds: "Sound", series: "Window" }[this.context.kind] ?? "Item"} ${grouped(index + 1)}`;
  }

  picture(index) {
    if (!this.items?.picture) return null;
    const place = this.leading.length ? this.items.place(this.name(index)) : index;
    return place >= 0 && place < this.items.count ? this.items.picture(place) : null;
  }

  sound(index) {
    const place = this.items?.sound ? this.items.place(this.name(index)) : -1;
    return place >= 0 ? this.items.sound(place) : null;
  }

  build() {
    const { sources } = this;
    const color = sources.length > 0 && h("label", { class: "field" }, "Color by",
      h("select", { on: { change: (event) => this.colorBy(event.target.value) } },
        h("option", { value: "" }, "Nothing"), sources.map((source, index) => h("option", { value: source.name, selected: index === 0 }, source.name))));
    const search = h("label", { class: "field" }, "Search", h("input", {
      type: "search", placeholder: this.source ? "A value, such as Gentoo" : "A name",
      on: { input: debounced((event) => this.search(event.target.value)) },
    }));
    const axis = (title, first) => h("label", { class: "field narrow" }, title, h("select", {
      on: { change: (event) => this.useAxis(first, Number(event.target.value)) },
    }, this.axes.map((name, index) => h("option", { value: String(index), selected: index === (first ? 0 : 1) }, name))));
    this.legend = h("div", { class: "map-legend" });
    this.status = h("p", { class: "dim", role: "status" });
    this.item = h("section", { "aria-live": "off" });
    this.near = h("section");
    this.decoded = h("section");
    this.selection = h("section");
    this.node = h("div", null,
      h("div", { class: "map-bar" }, color, search, this.axes.length > 2 && [axis("Across", true), axis("Up", false)]),
      h("div", { class: "map-sides" }, h("div", null, this.map.node, this.legend, this.status),
        h("div", { class: "map-info" }, this.selection, this.item, this.near, this.decoded)));
    this.showItem(-1);
    if (this.decoder) replace(this.decoded, h("h3", null, "Decoded at the pointer"), this.decoder.node);
    this.decoder?.show(null);
  }

  useAxis(isFirst, index) {
    if (isFirst) this.map.x = this.values[index];
    else this.map.y = this.values[index];
    this.map.fit();
    this.decoded.hidden = this.map.x !== this.values[0] || this.map.y !== this.values[1];
  }

  colorBy(name) {
    const source = this.sources.find((known) => known.name === name);
    this.shownClasses = null;
    if (!source) {
      this.map.setColors(new Uint16Array(this.count), (isDark) => Uint8Array.from(channels(classColor(0, isDark))));
      replace(this.legend);
    } else if (isNumeric(source.cells()) && new Set(source.cells()).size > 12) this.colorByNumbers(source);
    else this.colorByClasses(source);
    this.states();
  }

  colorByNumbers({ name, cells }) {
    const values = numbersOf(cells()), sorted = values.filter((value) => !Number.isNaN(value)).sort();
    const [low, high] = [sorted[Math.floor(0.01 * sorted.length)], sorted[Math.floor(0.99 * (sorted.length - 1))]];
    const color = Uint16Array.from(values, (value) => (Number.isNaN(value) ? shades
      : Math.round(Math.min(Math.max((value - low) / (high - low || 1), 0), 1) * (shades - 1))));
    this.classes = null;
    this.map.setColors(color, (isDark) => Uint8Array.from([
      ...Array.from({ length: shades }, (_, index) => shade(index / (shades - 1))).flat(), ...(isDark ? [95, 103, 112] : [185, 191, 198])]));
    const scale = h("canvas", { width: shades, height: 1, class: "map-scale", "aria-hidden": "true" });
    const pen = scale.getContext("2d");
    for (let index = 0; index < shades; index += 1) {
      pen.fillStyle = `rgb(${shade(index / (shades - 1)).join(" ")})`;
      pen.fillRect(index, 0, 1, 1);
    }
    replace(this.legend, h("p", { class: "scale" }, `${name}: ${plain(low, 4)}`, scale, plain(high, 4)));
  }

  colorByClasses({ name, cells }) {
    const all = cells(), counts = new Map();
    for (const cell of all) counts.set(cell, (counts.get(cell) ?? 0) + 1);
    const levels = [...counts].sort((a, b) => b[1] - a[1]).map(([level]) => level);
    const places = new Map(levels.map((level, index) => [level, Math.min(index, mostClasses)]));
    this.classes = Uint16Array.from(all, (cell) => places.get(cell));
    const shown = levels.slice(0, mostClasses);
    this.map.setColors(this.classes, (isDark) => Uint8Array.from(
      Array.from({ length: mostClasses + 1 }, (_, index) => channels(classColor(index, isDark))).flat()));
    const hidden = new Set();
    const key = (title, index, count) => h("button", {
      type: "button", class: "key", "aria-pressed": "true", on: {
        click: (event) => {
          if (!hidden.delete(index)) hidden.add(index);
          event.currentTarget.setAttribute("aria-pressed", String(!hidden.has(index)));
          this.shownClasses = hidden.size ? hidden : null;
          this.states();
        },
      },
    }, h("span", { class: `swatch c${index}` }), isMissing(title) ? "missing" : title, " ", h("small", null, grouped(count)));
    const rest = levels.slice(mostClasses).reduce((sum, level) => sum + counts.get(level), 0);
    replace(this.legend, h("div", { class: "keys", role: "group", "aria-label": `Classes of ${name} to show` },
      shown.map((level, index) => key(level, index, counts.get(level))), rest > 0 && key("others", mostClasses, rest)));
  }

  /** Which points are hidden, dim or strong, by classes, search and selection. */
  states() {
    const state = new Uint8Array(this.count).fill(pointState.shown);
    for (let index = 0; index < this.count; index += 1) {
      if (this.shownClasses && this.classes && this.shownClasses.has(this.classes[index])) state[index] = pointState.hidden;
      else if (this.found) state[index] = this.found[index] ? pointState.strong : pointState.dim;
      else if (this.selected) state[index] = this.selected.has(index) ? pointState.strong : pointState.dim;
    }
    this.map.setStates(state);
  }

  search(text) {
    const wanted = text.trim().toLowerCase();
    if (!wanted) { this.found = null; this.status.textContent = ""; this.states(); return; }
    this.found = new Uint8Array(this.count);
    let count = 0;
    for (let index = 0; index < this.count; index += 1) {
      const row = this.source ? this.source.rows[index] : this.codes.rows[index].slice(0, this.leading.length);
      const isFound = row.some((cell) => cell?.toLowerCase().includes(wanted)) || this.name(index).toLowerCase().includes(wanted)
        || this.labels?.[index].toLowerCase().includes(wanted);
      if (isFound) { this.found[index] = 1; count += 1; }
    }
    this.status.textContent = count ? `${counted(count, "item")} found` : `Nothing contains “${text.trim()}”`;
    this.states();
  }

  point(index, place) {
    this.place = place && this.map.coordinates(place);
    this.showItem(index >= 0 ? index : this.picked);
    this.decoder?.show(this.place);
  }

  showItem(index) {
    if (index === this.shownItem) return;
    this.shownItem = index;
    if (index < 0) {
      replace(this.item, h("h3", null, "Item"), h("p", { class: "hint" }, "Point at the map; click a point to list its nearest neighbors."));
      return;
    }
    const picture = this.picture(index);
    replace(this.item, h("h3", null, this.name(index)), this.labels && h("p", { class: "dim" }, this.labels[index]),
      picture && h("img", { class: "item-picture", src: picture, alt: this.name(index) }),
      this.source && h("div", { class: "scroll cells", tabindex: "0", role: "region", "aria-label": "Cells" }, h("table", null, h("tbody", null,
        this.source.columns.slice(0, 60).map((name, column) => h("tr", null, h("th", { scope: "row" }, name), h("td", null, this.source.rows[index][column] || "–")))))));
  }

  /** Lists the nearest neighbors of a point, by all latent dimensions. */
  pick(index) {
    this.picked = index;
    this.map.setMarks(index < 0 ? [] : [index]);
    if (index < 0) { replace(this.near); return; }
    const distances = new Float64Array(this.count);
    for (const axis of this.values) for (let other = 0; other < this.count; other += 1) distances[other] += (axis[other] - axis[index]) ** 2;
    distances[index] = Infinity;
    const best = [];
    for (let other = 0; other < this.count; other += 1) {
      if (best.length === listed && distances[other] >= distances[best.at(-1)]) continue;
      best.push(other);
      best.sort((a, b) => distances[a] - distances[b]);
      if (best.length > listed) best.pop();
    }
    this.map.setMarks([index, ...best]);
    const sound = this.sound(index);
    replace(this.near, h("h3", null, `Nearest to ${this.name(index)}`), sound && player(sound, this.name(index)),
      h("ol", { class: "neighbors" }, best.map((other) => {
        const picture = this.picture(other);
        return h("li", null, button([picture && h("img", { src: picture, alt: "" }), h("span", { class: "name" }, this.name(other)), this.labels && h("span", { class: "dim" }, this.labels[other]),
          h("span", { class: "dim number" }, significant(Math.sqrt(distances[other])))], () => { this.showItem(other); this.pick(other); }, { class: "neighbor" }));
      })));
    announce(`${this.name(index)}; nearest is ${this.name(best[0])}`);
  }

  select(list) {
    this.selected = list?.length ? new Set(list) : null;
    this.states();
    if (!this.selected) { replace(this.selection); return; }
    announce(`${counted(list.length, "item")} selected`);
    replace(this.selection, selectionElement({
      indices: list, codes: this.codes, source: this.source, name: (index) => this.name(index),
      picture: this.items?.picture ? (index) => this.picture(index) : null, clear: () => this.select(null),
    }));
  }
}
