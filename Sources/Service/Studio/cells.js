/** Tables of data in pages, with cells that are marked. */
import { h, replace } from "./dom.js";
import { grouped, plain } from "./format.js";

/** The rows of a page. */
const pageSize = 20;

/**
 * A table in pages.
 *
 * @param {{label: string, columns: (string | {name: string, isNumber?: boolean})[], count: number,
 *   cells: Function, onRow?: Function}} options `cells(index)` gives the cells of a row: texts, nodes, or
 *   `{text, mark, note}`.
 */
export function pagedTable({ label, columns, count, cells, size = pageSize }) {
  let from = 0, total = count, read = cells;
  const body = h("tbody");
  const place = h("span", { class: "dim", role: "status" });
  const earlier = h("button", { type: "button", class: "small", on: { click: () => go(from - size) } }, "Earlier");
  const later = h("button", { type: "button", class: "small", on: { click: () => go(from + size) } }, "Later");
  const pager = h("div", { class: "pager" }, earlier, later, place);
  const isNumber = columns.map((column) => Boolean(column.isNumber));
  function go(next) {
    from = Math.min(Math.max(next, 0), Math.max(Math.floor((total - 1) / size) * size, 0));
    const rows = [];
    for (let index = from; index < Math.min(from + size, total); index += 1) {
      const { cells: list, ...more } = Array.isArray(read(index)) ? { cells: read(index) } : read(index);
      rows.push(h("tr", { class: more.class }, list.map((cell, column) => cellElement(cell, isNumber[column], column === 0))));
    }
    replace(body, rows);
    earlier.disabled = from === 0;
    later.disabled = from + size >= total;
    pager.hidden = total <= size;
    place.textContent = total ? `${grouped(from + 1)} to ${grouped(Math.min(from + size, total))} of ${grouped(total)}` : "";
  }
  const node = h("div", { class: "paged" }, h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
    h("table", { class: "data-table" }, h("caption", { class: "visually-hidden" }, label),
      h("thead", null, h("tr", null, columns.map((column, index) =>
        h("th", { scope: "col", class: isNumber[index] ? "number" : null }, column.name ?? column)))), body)), pager);
  go(0);
  return {
    node,
    /** Shows other rows. */
    update(nextCount, nextCells) { total = nextCount; read = nextCells; go(0); },
  };
}

function cellElement(cell, isNumber, isFirst) {
  const tag = isFirst ? "th" : "td";
  const common = { class: isNumber ? "number" : null, scope: isFirst ? "row" : null };
  if (cell && typeof cell === "object" && !(cell instanceof Node) && "text" in cell) {
    return h(tag, { ...common, class: [isNumber && "number", cell.mark].filter(Boolean).join(" ") || null, title: cell.title },
      cell.text, cell.note && h("span", { class: "cell-note" }, cell.note));
  }
  return h(tag, common, cell === "" || cell === null || cell === undefined ? h("span", { class: "dim" }, "–") : cell);
}

/** The cells of a table that another one changed: the new value with the former one below it. */
export function changedTable(before, after) {
  const columns = after.columns, places = columns.map((name) => before.columns.indexOf(name));
  const numeric = columns.map((_, column) => after.rows.slice(0, 50).every((row) => row[column] === "" || Number.isFinite(Number(row[column]))));
  return pagedTable({
    label: "Values after and before", columns: columns.map((name, column) => ({ name, isNumber: numeric[column] })), count: after.rows.length,
    cells: (index) => after.rows[index].map((cell, column) => {
      const former = before.rows[index]?.[places[column]];
      if (former === undefined || former === cell || Number(former) === Number(cell)) return shortened(cell, numeric[column]);
      return { text: shortened(cell, numeric[column]), mark: "changed", note: `was ${former === "" ? "missing" : shortened(former, numeric[column])}` };
    }),
  }).node;
}

const shortened = (cell, isNumber) => (isNumber && cell !== "" && cell.length > 9 ? plain(Number(cell), 6) : cell);
