/** The points of a lasso: what is special about them, and their rows as a file. */
import { columnOf, csvText, isMissing, isNumeric, numbersOf } from "./csv.js";
import { button, h } from "./dom.js";
import { counted, percent, plain } from "./format.js";

/** The columns that differ most are listed. */
const listed = 8;

export function selectionElement({ indices, codes, source, name, picture, clear }) {
  const table = source ?? codes;
  return [
    h("div", { class: "section-head" }, h("h3", null, `${counted(indices.length, "item")} selected`), button("Clear", clear, { class: "quiet small" })),
    source && differences(indices, source),
    picture && h("ul", { class: "thumbnails small" }, indices.slice(0, 40).map((index) =>
      h("li", null, h("img", { src: picture(index), alt: name(index), title: name(index), loading: "lazy" })))),
    !source && !picture && h("ul", { class: "plain scroll-list" }, indices.slice(0, 100).map((index) => h("li", null, name(index)))),
    h("p", null, button("Save the selection as CSV", () => save(indices, table), { class: "small" })),
  ];
}

/** The columns by which the selection differs most from all rows. */
function differences(indices, table) {
  const rows = table.columns.map((column) => difference(column, columnOf(table, column), indices)).filter(Boolean)
    .sort((a, b) => b.size - a.size).slice(0, listed);
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "How the selection differs" }, h("table", { class: "compact" },
    h("caption", { class: "visually-hidden" }, "How the selection differs from all rows"),
    h("thead", null, h("tr", null, ["Column", "Selected", "All"].map((title) => h("th", { scope: "col" }, title)))),
    h("tbody", null, rows.map((row) => h("tr", null, h("th", { scope: "row" }, row.column), h("td", null, row.own), h("td", { class: "dim" }, row.all))))));
}

function difference(column, cells, indices) {
  const chosen = indices.map((index) => cells[index]);
  if (isNumeric(cells) && new Set(cells).size > 2) {
    const all = statistics(numbersOf(cells)), own = statistics(numbersOf(chosen));
    if (!own.count) return null;
    return { column, size: Math.abs(own.mean - all.mean) / (all.deviation || 1), own: `mean ${plain(own.mean, 4)}`, all: plain(all.mean, 4) };
  }
  const count = (list) => list.reduce((counts, cell) => counts.set(cell, (counts.get(cell) ?? 0) + 1), new Map());
  const [own, all] = [count(chosen), count(cells)];
  let best = null;
  for (const [level, number] of own) {
    const part = number / chosen.length, usual = all.get(level) / cells.length;
    if (!best || part - usual > best.part - best.usual) best = { level, part, usual };
  }
  if (!best || all.size > cells.length / 2) return null;
  return {
    column, size: (best.part - best.usual) * 2, own: `${isMissing(best.level) ? "missing" : best.level} ${percent(best.part, 0)}`, all: percent(best.usual, 0),
  };
}

function statistics(values) {
  let count = 0, sum = 0, squares = 0;
  for (const value of values) if (!Number.isNaN(value)) { count += 1; sum += value; squares += value * value; }
  const mean = sum / count;
  return { count, mean, deviation: Math.sqrt(Math.max(squares / count - mean * mean, 0)) };
}

function save(indices, table) {
  const text = csvText(["row", ...table.columns], indices.map((index) => [index + 1, ...table.rows[index]]));
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  h("a", { href: address, download: "selection.csv" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
