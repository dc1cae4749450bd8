/** Generated items: their distributions beside the real ones, and whether they give away training data. */
import * as api from "./api.js";
import { comparedDistributions, edgesOf, histogram } from "./chart.js";
import { columnOf, isMissing, isNumeric, numbersOf, parseTable } from "./csv.js";
import { h, icon } from "./dom.js";
import { counted, percent } from "./format.js";
import { pagedTable } from "./cells.js";
import { seriesChart } from "./lines.js";

/** The columns that are drawn. */
const drawn = 24;

export async function generatePicture(context) {
  const { job, files, request, result } = context;
  const privacy = privacyPanel(result.evaluation);
  const output = files.find((file) => file.name === request.files?.output);
  if (!output) return [privacy];
  if (/\.png$/i.test(output.name)) return [imagesPanel(context, output), privacy];
  const [made, real] = await Promise.all([
    api.jobText(job.id, output.name).then(parseTable),
    context.name ? api.dataText(context.name).then(parseTable).catch(() => null) : null,
  ]);
  if (result.kind === "series") return [seriesPanel(made, request), privacy];
  return [real && distributionsPanel(real, made), privacy, rowsPanel(made)];
}

function imagesPanel({ job, files }, output) {
  const nearest = files.find((file) => file.name === "nearest.svg");
  return h("section", { class: "panel" }, h("h2", null, "Generated images"),
    h("img", { class: "mosaic", src: api.jobAddress(job.id, output.name), alt: "Generated images in a grid" }),
    nearest && [h("h3", null, "Each beside the nearest image that was trained on"),
      h("p", { class: "hint" }, "Equal pairs would be copies of the training data."),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Nearest training images" },
        h("img", { class: "drawing", src: api.jobAddress(job.id, nearest.name), alt: "Generated images above their nearest training images" }))]);
}

function seriesPanel(made, request) {
  const time = request.reading?.series, names = made.columns.filter((name) => name !== time && isNumeric(columnOf(made, name))).slice(0, 6);
  const places = made.rows.map((row, index) => (time && made.columns.includes(time) ? row[made.columns.indexOf(time)] : String(index + 1)));
  return h("section", { class: "panel" }, h("h2", null, "Generated series"), h("div", { class: "series-charts" }, names.map((name) =>
    h("div", null, h("h3", null, name), seriesChart({ label: `Generated ${name}`, places, lines: [{ name, values: numbersOf(columnOf(made, name)) }] }).node))));
}

function distributionsPanel(real, made) {
  const names = made.columns.filter((name) => real.columns.includes(name));
  const cards = names.map((name) => card(name, columnOf(real, name), columnOf(made, name))).filter(Boolean);
  return h("section", { class: "panel" }, h("h2", null, "Generated beside real"),
    h("ul", { class: "legend" }, h("li", null, h("span", { class: "swatch b0" }), "Generated"), h("li", null, h("span", { class: "swatch outline" }), "Real")),
    h("div", { class: "distributions" }, cards.slice(0, drawn)),
    cards.length > drawn && h("p", { class: "hint" }, `The first ${drawn} of ${cards.length} columns are shown.`));
}

function card(name, real, made) {
  const missing = [real, made].map((cells) => cells.filter(isMissing).length / Math.max(cells.length, 1));
  const note = (missing[0] > 0 || missing[1] > 0) && h("small", { class: "dim" }, `missing: real ${percent(missing[0])}, generated ${percent(missing[1])}`);
  let chart;
  if (isNumeric(real) && new Set(real).size > 12) {
    const [a, b] = [numbersOf(real), numbersOf(made)].map((values) => values.filter((value) => !Number.isNaN(value)).sort());
    if (!a.length || !b.length) return null;
    const cut = (values, part) => values[Math.floor(part * (values.length - 1))];
    let [least, greatest] = [Math.min(a[0], b[0]), Math.max(a.at(-1), b.at(-1))];
    // A few very large values would leave one bar.
    if (greatest - least > 4 * (cut(a, 0.99) - cut(a, 0.01)) && cut(a, 0.99) > cut(a, 0.01)) [least, greatest] = [cut(a, 0.01), cut(a, 0.99)];
    const edges = edgesOf(least, greatest, Math.min(30, Math.max(8, Math.round(Math.sqrt(a.length)))));
    chart = comparedDistributions({ name, bins: [], real: histogram(a, edges), made: histogram(b, edges), isNumeric: true, ends: [least, greatest] });
  } else {
    const counts = [real, made].map((cells) => cells.filter((cell) => !isMissing(cell)).reduce((all, cell) => all.set(cell, (all.get(cell) ?? 0) + 1), new Map()));
    if (counts[0].size > real.length / 2 && counts[0].size > 20) return null;
    const levels = [...counts[0]].sort((x, y) => y[1] - x[1]).map(([level]) => level);
    const bins = levels.slice(0, 7);
    const lists = counts.map((all) => bins.map((bin) => all.get(bin) ?? 0));
    const rest = counts.map((all) => [...all].reduce((sum, [level, count]) => sum + (bins.includes(level) ? 0 : count), 0));
    if (rest[0] + rest[1] > 0) { bins.push(levels.length > 7 ? `${counted(levels.length - 7, "other")}` : "others"); lists.forEach((list, index) => list.push(rest[index])); }
    chart = comparedDistributions({ name, bins, real: lists[0], made: lists[1], isNumeric: false });
  }
  return h("figure", { class: "distribution" }, h("figcaption", null, name), chart, note);
}

/** What the distances of generated rows to training rows say of privacy. */
function privacyPanel(evaluation) {
  const tables = evaluation?.tables ?? [];
  const distances = tables.find((table) => table.title.startsWith("Distance to the closest training row"));
  const membership = tables.find((table) => table.title.startsWith("Membership inference"));
  if (!distances && !membership) return null;
  const [made, held] = distances?.methods ?? [];
  const lines = [];
  let isGood = true;
  if (made) {
    const copies = made.values.copies ?? 0, usual = held?.values.copies ?? 0;
    isGood &&= copies <= Math.max(usual, 0.001);
    lines.push(copies ? `${percent(copies)} of the generated rows are copies of training rows (${percent(usual)} of held-out rows are).` : "No generated row is a copy of a training row.");
    const closer = made.values["closer to training"];
    if (Number.isFinite(closer)) {
      isGood &&= closer < 0.6;
      lines.push(`${percent(closer)} of the generated rows are closer to a training row than to a held-out one; 50 % is chance.`);
    }
  }
  const attack = membership?.methods[0], metric = membership?.metrics[0]?.name;
  if (attack && Number.isFinite(attack.values[metric])) {
    const interval = attack.intervals?.[metric], isChance = interval ? interval[0] <= 0.5 : attack.values[metric] < 0.55;
    isGood &&= isChance;
    lines.push(`Whether a row was trained on can be told with an AUROC of ${attack.values[metric].toFixed(3)}${
      interval ? ` (95 % interval ${interval[0].toFixed(3)} to ${interval[1].toFixed(3)})` : ""}; 0.5 is chance.`);
  }
  return h("section", { class: "panel" }, h("h2", null, "Privacy"),
    h("p", { class: `verdict ${isGood ? "good" : "warning"}` }, icon(isGood ? "check" : "warning"),
      isGood ? "No sign that generated rows give away training rows." : "Generated rows may give away training rows: look at the figures before you share them."),
    h("ul", { class: "notes" }, lines.map((line) => h("li", null, line))),
    h("p", { class: "hint" }, "These are measurements on your data, not a guarantee: an attacker who knows more may learn more."));
}

function rowsPanel(made) {
  const numeric = made.columns.map((name) => isNumeric(columnOf(made, name)));
  return h("section", { class: "panel" }, h("h2", null, "Generated rows"), pagedTable({
    label: "Generated rows", columns: made.columns.map((name, index) => ({ name, isNumber: numeric[index] })), count: made.rows.length, size: 10, cells: (index) => made.rows[index],
  }).node);
}
