/** The columns of a table as they are understood: kinds, missing cells, distributions and remarks. */
import * as api from "./api.js";
import { edgesOf, histogram, sparkline } from "./chart.js";
import { isMissing } from "./csv.js";
import { button, h, icon } from "./dom.js";
import { counted, grouped, percent, plain } from "./format.js";
import { chosenKinds, withKind } from "./reading.js";

/** The kinds that a column can be taken for. */
export const kinds = [
  ["number", "Number"], ["integer", "Whole number"], ["boolean", "Yes or no"], ["category", "Category"],
  ["ordinal", "Ordered category"], ["date", "Date"], ["time", "Time of day"], ["text", "Text"],
  ["identifier", "Identifier (not used)"],
];

const rules = {
  constant: "the same in each row", identifier: "different in each row",
};

/** The columns that are drawn at first. */
const shownColumns = 60;

export async function columnsTable(name, table, reading, change) {
  const sample = await api.preview(name, 0, 1000).catch(() => null);
  const chosen = chosenKinds(reading);
  const hasRemarks = table.columns.some((column) => remarks(column));
  const row = (column) => columnRow(column, table.rows, sample, chosen.get(column.name), hasRemarks, (kind) => change(withKind(reading, column.name, kind)));
  const body = h("tbody", null, table.columns.slice(0, shownColumns).map(row));
  const rest = table.columns.slice(shownColumns);
  return h("section", null,
    h("div", { class: "section-head" }, h("h2", null, "Columns"),
      chosen.size > 0 && button("Undo all changes of kinds", () => {
        const { columns, ...others } = reading;
        change(others);
      }, { class: "quiet small" })),
    h("div", { class: "scroll wide-only", tabindex: "0", role: "region", "aria-label": "Columns" }, h("table", { class: "columns-table" },
      h("caption", { class: "visually-hidden" }, "The columns as they are understood"),
      h("thead", null, h("tr", null, ["Column", "Kind", "Missing", "Distribution", "Values", ...(hasRemarks ? ["Remarks"] : [])].map((title) =>
        h("th", { scope: "col", class: title === "Missing" ? "number" : null }, title)))),
      body)),
    rest.length > 0 && button(`Show ${counted(rest.length, "more column")}`, (event) => {
      body.append(...rest.map(row));
      event.target.remove();
    }, { class: "quiet small" }));
}

function columnRow(column, rows, sample, chosen, hasRemarks, change) {
  const share = rows ? column.missing / rows : 0;
  const known = kinds.some(([kind]) => kind === column.kind);
  const select = h("select", { "aria-label": `Kind of ${column.name}`, on: { change: (event) => change(event.target.value) } },
    !known && h("option", { value: "", selected: true }, column.kind === "constant" ? "The same in each row" : column.kind),
    kinds.map(([kind, title]) => h("option", { value: kind, selected: kind === column.kind }, title)));
  return h("tr", { class: column.ignored ? "ignored" : null },
    h("th", { scope: "row", "data-label": "Column" }, column.name),
    h("td", { "data-label": "Kind" }, select, chosen && h("span", { class: "tag" }, "changed")),
    h("td", { "data-label": "Missing", class: "number" }, column.missing ? [grouped(column.missing), " ",
      h("span", { class: "dim" }, percent(share))] : h("span", { class: "dim" }, "0")),
    h("td", { "data-label": "Distribution" }, distribution(column, sample)),
    h("td", { "data-label": "Values" }, valuesText(column)),
    hasRemarks && h("td", { "data-label": "Remarks" }, remarks(column)));
}

/** A small histogram: of numbers as the server counted them, of others by the first rows. */
function distribution(column, sample) {
  if (column.histogram?.length) {
    return sparkline(column.histogram, `From ${plain(column.minimum)} to ${plain(column.maximum)}, mean ${plain(column.mean, 3)}`);
  }
  if (column.exampleCounts?.length && column.exampleCounts.length === column.levels) {
    const total = column.exampleCounts.reduce((sum, count) => sum + count, 0);
    return sparkline(column.exampleCounts, column.examples.map((level, index) => `${level} ${percent(column.exampleCounts[index] / total, 0)}`).join(", "));
  }
  const place = sample?.columns?.indexOf(column.name) ?? -1;
  if (place < 0) return null;
  const cells = sample.rows.map((row) => row[place]).filter((cell) => !isMissing(cell));
  if (!cells.length) return null;
  if (["number", "integer"].includes(column.kind)) {
    const values = cells.map(Number).filter(Number.isFinite);
    if (!values.length) return null;
    const [least, greatest] = [Math.min(...values), Math.max(...values)];
    return sparkline(histogram(values, edgesOf(least, greatest, 20)), `From ${plain(least)} to ${plain(greatest)}`);
  }
  if (column.kind === "date" || column.kind === "time") {
    const times = cells.map((cell) => Date.parse(cell.length < 9 ? `1970-01-01T${cell}` : cell.replace(" ", "T"))).filter(Number.isFinite);
    if (!times.length) return null;
    return sparkline(histogram(times, edgesOf(Math.min(...times), Math.max(...times), 20)), "Times of the first rows");
  }
  if (column.kind === "identifier" || column.kind === "text") return null;
  const counts = new Map();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const levels = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 20);
  return sparkline(levels.map(([, count]) => count),
    levels.slice(0, 4).map(([level, count]) => `${level} ${percent(count / cells.length, 0)}`).join(", "));
}

function valuesText(column) {
  if (column.first) return `${column.first} to ${column.last}`;
  if (typeof column.minimum === "number" && ["number", "integer"].includes(column.kind)) {
    return [`${plain(column.minimum)} to ${plain(column.maximum)}`, h("span", { class: "dim" }, `, mean ${plain(column.mean, 4)}`)];
  }
  const examples = column.examples.map((text) => (text.length > 18 ? `${text.slice(0, 17)}…` : text)).join(", ");
  return [column.levels > 0 && h("span", { class: "dim" }, `${counted(column.levels, "level")}: `), examples, column.levels > column.examples.length && "…"];
}

function remarks(column) {
  const words = (column.missingWords ?? []).filter((word) => (word.word ?? word.text ?? "") !== "");
  const list = [
    column.ignored && [icon("info", 15), `Not used: ${column.ignored}`],
    column.odd?.count > 0 && [icon("warning", 15), `${counted(column.odd.count, "odd cell")}, such as ${
      column.odd.first.map((cell) => `“${cell.text}” in line ${grouped(cell.line)}`).slice(0, 2).join(", ")}`],
    words.length > 0 && [`Taken as missing: ${words.map((word) => `“${word.word ?? word.text}”`).join(", ")}`],
    !column.ignored && rules[column.rule] && [rules[column.rule]],
    column.detail && [column.detail],
  ].filter(Boolean);
  return list.length ? h("ul", { class: "remarks" }, list.map((parts) => h("li", null, parts))) : null;
}
