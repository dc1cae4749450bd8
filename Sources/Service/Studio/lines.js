/** Lines of a time series, with stretches that are marked. */
import { responsive } from "./chart.js";
import { isMissing, numbersOf } from "./csv.js";
import { h, s } from "./dom.js";
import { plain, ticks } from "./format.js";

/** The path of values over a width: of many values the least and greatest of each pixel. */
function pathOf(values, width, down) {
  const parts = [];
  let isOpen = false;
  const step = Math.max(values.length / width, 1);
  for (let start = 0; start < values.length; start += step) {
    const part = values.subarray(Math.floor(start), Math.max(Math.floor(start + step), Math.floor(start) + 1));
    let [low, high] = [Infinity, -Infinity];
    for (const value of part) { if (value < low) low = value; if (value > high) high = value; }
    if (!(high >= low)) { isOpen = false; continue; }
    const x = (start / Math.max(values.length - 1, 1) * width).toFixed(1);
    parts.push(`${isOpen ? "L" : "M"}${x} ${down(low).toFixed(1)}`);
    if (high > low) parts.push(`L${x} ${down(high).toFixed(1)}`);
    isOpen = true;
  }
  return parts.join("");
}

/**
 * A chart of one or two lines over the places of a series.
 *
 * @param {{label: string, lines: {name: string, values: Float64Array}[], places: string[], bands?: number[][],
 *   level?: number, height?: number}} options `bands` are ranges of places, ends excluded.
 */
export function seriesChart({ label, lines, places, height = 190 }) {
  let state = { bands: [], level: null, window: null };
  const drawn = responsive(height, (width, tall) => {
    const [left, bottom, top] = [46, 24, 8], inner = width - left - 4;
    const [first, last] = state.window ?? [0, places.length];
    const shown = lines.map((line) => line.values.subarray(first, last));
    let [least, greatest] = [Infinity, -Infinity];
    for (const values of shown) for (const value of values) { if (value < least) least = value; if (value > greatest) greatest = value; }
    if (!(greatest > least)) greatest = least + 1;
    const down = (value) => top + (1 - (value - least) / (greatest - least)) * (tall - top - bottom);
    const across = (place) => left + (place - first) / Math.max(last - first - 1, 1) * inner;
    const bands = state.bands.filter(([from, to]) => to > first && from < last).map(([from, to]) => [Math.max(from, first), Math.min(to, last - 1)]);
    return s("svg", { viewBox: `0 0 ${width} ${tall}`, width, height: tall, "aria-hidden": "true" },
      bands.map(([from, to]) => s("rect", { x: across(from), y: top, width: Math.max(across(to) - across(from), 1.5), height: tall - top - bottom, class: "band" })),
      ticks(least, greatest, 4).filter((value) => value <= greatest).map((value) => [
        s("line", { x1: left, x2: width - 4, y1: down(value), y2: down(value), class: "grid" }),
        s("text", { x: left - 6, y: down(value) + 4, class: "end" }, plain(value, 3))]),
      shown.map((values, index) => s("path", { d: pathOf(values, inner, down), transform: `translate(${left} 0)`, class: `line s${index} thin` })),
      state.level !== null && state.level <= greatest && s("line", { x1: left, x2: width - 4, y1: down(state.level), y2: down(state.level), class: "level" }),
      [0, 0.5, 1].map((part) => s("text", {
        x: left + part * inner, y: tall - 6, class: ["start", "middle", "end"][part * 2],
      }, (places[first + Math.round(part * (last - first - 1))] ?? "").slice(0, 16))));
  }, label);
  return {
    node: h("figure", { class: "figure" }, lines.length > 1 && h("ul", { class: "legend" }, lines.map((line, index) =>
      h("li", null, h("span", { class: `swatch b${index}` }), line.name))), drawn.node),
    update(next) { state = { ...state, ...next }; drawn.redraw(); },
  };
}

/** The channels of a series before and after, a chart each. */
export function overlaidLines(before, after, time, titles, most = 4) {
  const places = (before.rows ?? []).map((row) => row[Math.max(before.columns.indexOf(time), 0)]);
  const names = after.columns.filter((name) => name !== time && before.columns.includes(name))
    .filter((name) => after.rows.slice(0, 200).some((row) => !isMissing(row[after.columns.indexOf(name)]) && Number.isFinite(Number(row[after.columns.indexOf(name)]))));
  const values = (table, name) => numbersOf(table.rows.map((row) => row[table.columns.indexOf(name)]));
  const charts = names.slice(0, most).map((name) => h("div", null, h("h3", null, name), seriesChart({
    label: `${name}: ${titles.join(" and ").toLowerCase()}`, places,
    lines: [{ name: titles[0], values: values(before, name) }, { name: titles[1], values: values(after, name) }],
  }).node));
  return h("div", { class: "series-charts" }, charts);
}
