/** The evaluation of a model: its tables, verdict, notes and warnings, as on the report page. */
import { h, icon, notice } from "./dom.js";
import { metric, metricNumber, metricUnit, significant } from "./format.js";

/** The rows of a table that are shown at first. */
const shownRows = 12;

/** The places of the best value of each metric of a table. */
function bestPlaces(table) {
  return table.metrics.map((column) => {
    const values = table.methods.map((method) => method.values[column.name]);
    const known = values.filter((value) => typeof value === "number" && !Number.isNaN(value));
    if (column.better === "neither" || known.length < 2) return new Set();
    const best = column.better === "higher" ? Math.max(...known) : Math.min(...known);
    return new Set(values.flatMap((value, place) => (value === best ? [place] : [])));
  });
}

function tableElement(table, caption) {
  const best = bestPlaces(table);
  const hasModel = table.methods.some((method) => method.isBaseline);
  const rows = table.methods.map((method, place) =>
    h("tr", { class: hasModel && !method.isBaseline && place === 0 ? "own" : null, hidden: place >= shownRows },
      h("th", { scope: "row" }, method.name),
      table.metrics.map((column, position) => {
        const value = metric(method.values[column.name], column.format);
        const interval = method.intervals?.[column.name];
        return h("td", { class: "number" },
          best[position].has(place) ? h("b", null, value) : value,
          interval && h("span", { class: "interval" },
            ` [${metric(interval[0], column.format)}, ${metric(interval[1], column.format)}]`));
      })));
  const better = { lower: " (lower is better)", higher: " (higher is better)" };
  const body = h("table", null,
    h("caption", { class: table.title ? null : "visually-hidden" }, table.title || caption),
    h("thead", null, h("tr", null, h("td"), table.metrics.map((column) =>
      h("th", { scope: "col", class: "number" }, column.name,
        better[column.better] && [
          h("span", { class: "better", "aria-hidden": "true" }, column.better === "lower" ? " ↓" : " ↑"),
          h("span", { class: "visually-hidden" }, better[column.better])])))),
    h("tbody", null, rows));
  const more = table.methods.length - shownRows;
  const toggle = more > 0 && h("button", {
    type: "button", class: "quiet small",
    on: { click: (event) => { rows.forEach((row) => { row.hidden = false; }); event.target.remove(); } },
  }, `Show ${more} more rows`);
  return h("div", { class: "evaluation-table" },
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": table.title || caption }, body),
    toggle);
}

/** The sentence of a verdict, as the command writes it. */
export function verdictText(verdict) {
  const { advantage, interval, format } = verdict;
  if (typeof advantage !== "number" || !interval) {
    return `No verdict: ${verdict.reason ?? "nothing to compare by"}.`;
  }
  const isHigher = verdict.isRelative ? advantage < 0 : advantage >= 0;
  const sign = advantage < 0 ? -1 : 1;
  const ends = interval.map((end) => sign * end).sort((a, b) => a - b);
  const unit = "percent" in format && !verdict.isRelative ? " points" : metricUnit(format);
  const times = 1 - advantage;
  const size = verdict.isRelative && times >= 10
    ? `${verdict.metric} is ${significant(times)} times as high`
    : `${verdict.metric} ${metricNumber(Math.abs(advantage), format)}${unit} `
      + `${isHigher ? "higher" : "lower"} (95 % interval ${metricNumber(ends[0], format)} to `
      + `${metricNumber(ends[1], format)})`;
  switch (verdict.outcome) {
    case "better": return `Better than ${verdict.baseline}: ${size}.`;
    case "worse":
      return `A baseline is better: ${verdict.baseline}. The model's ${size}. Use the baseline, or train longer.`;
    default: return `Not distinguishable from ${verdict.baseline}: ${size}.`;
  }
}

/** The verdict as a line with a sign. */
function verdictElement(verdict) {
  if (!verdict) return null;
  const kind = { better: "good", worse: "warning" }[verdict.outcome] ?? "info";
  return h("p", { class: `verdict ${kind}` },
    icon({ good: "check", warning: "warning", info: "info" }[kind]), verdictText(verdict));
}

/** All of an evaluation; tables after the first few are folded away. */
export function evaluationElement(evaluation, open = 1) {
  const tables = evaluation.tables.filter((table) => table.methods.length && table.metrics.length);
  const others = tables.slice(open);
  return h("div", { class: "evaluation" },
    verdictElement(evaluation.verdict),
    h("p", { class: "evaluation-title" }, evaluation.title),
    tables.slice(0, open).map((table) => tableElement(table, evaluation.title)),
    evaluation.warnings.map((text) => notice("warning", null, h("p", null, sentence(text)))),
    evaluation.notes.length > 0 && h("ul", { class: "notes" }, evaluation.notes.map((text) => h("li", null, text))),
    others.length > 0 && h("details", null,
      h("summary", null, others.length === 1 ? (others[0].title || "One more table") : `${others.length} more tables`),
      others.map((table) => tableElement(table, evaluation.title))));
}

/** A message as a sentence of its own. */
const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");

/** The number of the model by the first metric of the first table, for a list of runs. */
export function headline(evaluation) {
  const table = evaluation?.tables?.[0];
  const [column, method] = [table?.metrics[0], table?.methods[0]];
  if (!column || !method) return null;
  return { name: column.name, text: metric(method.values[column.name], column.format) };
}
