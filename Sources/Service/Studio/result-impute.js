/** Filled cells: the table with what was filled marked, and an interval for each. */
import * as api from "./api.js";
import { columnOf, isMissing, isNumeric, parseTable } from "./csv.js";
import { h } from "./dom.js";
import { counted, grouped } from "./format.js";
import { pagedTable } from "./cells.js";
import { overlaidLines } from "./lines.js";
import { pairsPicture } from "./result-pairs.js";

export async function imputePicture(context) {
  const { job, files, request, kind, name } = context;
  if (kind === "images") return pairsPicture(context);
  const output = files.find((file) => file.name === request.files?.output);
  if (!output) return null;
  const stem = output.name.replace(/\.[a-z0-9]+$/i, "");
  const intervals = files.find((file) => file.name.startsWith(`${stem}-intervals`));
  const [before, after, bounds] = await Promise.all([
    api.dataText(name).then(parseTable), api.jobText(job.id, output.name).then(parseTable),
    intervals ? api.jobText(job.id, intervals.name).then(parseTable) : null,
  ]);
  const filled = new Filled(before, after, bounds);
  return h("section", { class: "panel" }, h("h2", null, "Filled cells"), filled.byColumn(),
    kind === "series" && overlaidLines(after, before, request.reading?.series, ["Filled", "Observed"]), filled.table());
}

class Filled {
  constructor(before, after, bounds) {
    Object.assign(this, { before, after });
    this.bounds = new Map((bounds?.rows ?? []).map(([row, column, filled, lowest, highest, levels]) => [`${row} ${column}`, { filled, lowest, highest, levels }]));
    this.places = after.columns.map((column) => before.columns.indexOf(column));
    this.rows = [];
    this.counts = new Map();
    for (let index = 0; index < after.rows.length; index += 1) {
      let has = false;
      for (let column = 0; column < after.columns.length; column += 1) {
        if (!this.isFilled(index, column)) continue;
        has = true;
        this.counts.set(after.columns[column], (this.counts.get(after.columns[column]) ?? 0) + 1);
      }
      if (has) this.rows.push(index);
    }
  }

  isFilled(row, column) {
    const former = this.before.rows[row]?.[this.places[column]];
    return isMissing(former) && !isMissing(this.after.rows[row][column]);
  }

  byColumn() {
    return h("ul", { class: "facts" }, [...this.counts].sort((a, b) => b[1] - a[1]).slice(0, 12).map(([name, count]) => h("li", null, `${name}: ${grouped(count)}`)));
  }

  table() {
    const { after } = this;
    const columns = ["row", ...after.columns].map((name, index) => ({ name, isNumber: index === 0 || isNumeric(columnOf(after, name)) }));
    const cells = (index) => [grouped(index + 1), ...after.rows[index].map((cell, column) => {
      if (!this.isFilled(index, column)) return cell;
      return { text: cell, mark: "filled", note: this.interval(index, after.columns[column]) };
    })];
    const list = pagedTable({ label: "Filled table", columns, count: this.rows.length, cells: (place) => cells(this.rows[place]) });
    const only = h("input", {
      type: "checkbox", checked: true, on: {
        change: (event) => (event.target.checked ? list.update(this.rows.length, (place) => cells(this.rows[place])) : list.update(after.rows.length, cells)),
      },
    });
    return [h("p", { class: "field check" }, h("label", null, only, `Only the ${counted(this.rows.length, "row")} with filled cells`),
      this.bounds.size > 0 && h("span", { class: "hint" }, "Below each filled cell: the interval, or the other levels, that may contain the true value.")), list.node];
  }

  interval(row, column) {
    const found = this.bounds.get(`${row + 1} ${column}`);
    if (!found) return null;
    if (!found.levels) return found.lowest ? `${found.lowest} to ${found.highest}` : null;
    const others = found.levels.split("|").filter((level) => level !== found.filled);
    return others.length ? `or ${others.join(", ")}` : "no other level";
  }
}
