/** Features: how well simple models predict from them, as bars; and how each feature is distributed. */
import * as api from "./api.js";
import { barChart, edgesOf, histogram, sparkline } from "./chart.js";
import { columnOf, numbersOf, parseTable } from "./csv.js";
import { h } from "./dom.js";
import { metric, plain } from "./format.js";
import { pagedTable } from "./cells.js";

/** The features that are drawn. */
const drawn = 32;

export async function featuresPicture({ result, job, files, request }) {
  const parts = [];
  const table = result.evaluationOfData?.tables[0];
  if (table) parts.push(h("section", { class: "panel" }, h("h2", null, "How well simple models predict from the features"), probeBars(table)));
  const output = files.find((file) => file.name === request.files?.output && /\.csv$/i.test(file.name));
  if (output) parts.push(featuresTable(parseTable(await api.jobText(job.id, output.name))));
  return parts;
}

/** A group of bars for each model that predicts, a bar for what it predicts from. */
function probeBars(table) {
  const level = table.methods.find((method) => method.name === "most frequent class");
  const methods = table.methods.filter((method) => method !== level);
  const name = table.metrics[0].name;
  return barChart({
    label: "Results of simple models by what they predict from",
    groups: table.metrics.map((column) => ({
      name: column.name, bars: methods.filter((method) => Number.isFinite(method.values[column.name])).map((method, index) => ({
        name: method.name, value: method.values[column.name], interval: method.intervals?.[column.name],
        isOwn: index === 0 && !method.isBaseline, text: metric(method.values[column.name], column.format),
      })),
    })),
    level: level && Number.isFinite(level.values[name]) ? { name: level.name, value: level.values[name] } : null,
  });
}

function featuresTable(table) {
  const features = table.columns.filter((name) => /^z\d+$/.test(name)), leading = table.columns.filter((name) => !/^z\d+$/.test(name));
  const cards = features.slice(0, drawn).map((name) => {
    const values = numbersOf(columnOf(table, name));
    let [least, greatest, sum, squares] = [Infinity, -Infinity, 0, 0];
    for (const value of values) { least = Math.min(least, value); greatest = Math.max(greatest, value); sum += value; squares += value * value; }
    const mean = sum / values.length, deviation = Math.sqrt(Math.max(squares / values.length - mean * mean, 0));
    return h("li", null, h("b", null, name), sparkline(histogram(values, edgesOf(least, greatest, 24)), `${name}: from ${plain(least, 3)} to ${plain(greatest, 3)}`),
      h("small", { class: "dim" }, `${plain(mean, 2)} ± ${plain(deviation, 2)}`));
  });
  const shown = [...leading, ...features.slice(0, drawn)];
  const places = shown.map((name) => table.columns.indexOf(name));
  return h("section", { class: "panel" }, h("h2", null, "Features"),
    h("ul", { class: "feature-cards" }, cards), features.length > drawn && h("p", { class: "hint" }, `The first ${drawn} of ${features.length} are shown.`),
    h("details", null, h("summary", null, "Table of the features"), pagedTable({
      label: "Features", columns: shown.map((name) => ({ name, isNumber: /^z\d+$/.test(name) })), count: table.rows.length, size: 15,
      cells: (index) => places.map((place, column) => (column < leading.length ? table.rows[index][place] : plain(Number(table.rows[index][place]), 4))),
    }).node));
}
