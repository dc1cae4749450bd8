/** Anomalies: their scores, a threshold that moves, the reasons by column, and where they are. */
import * as api from "./api.js";
import { barChart, edgesOf, histogram, responsive } from "./chart.js";
import { columnOf, isMissing, numbersOf, parseTable } from "./csv.js";
import { h, identifier, replace, s } from "./dom.js";
import { counted, greatest, grouped, least, percent, plain, significant } from "./format.js";
import { itemsOf } from "./items.js";
import { pagedTable } from "./cells.js";
import { seriesChart } from "./lines.js";

export async function detectPicture(context) {
  const { job, files, request, kind } = context;
  const output = files.find((file) => file.name === request.files?.output);
  if (!output) return null;
  const [scores, data, items] = await Promise.all([
    api.jobText(job.id, output.name).then((text) => parseTable(text)),
    kind === "images" ? null : api.dataText(context.name).then((text) => parseTable(text, request.files?.first)).catch(() => null),
    kind === "images" ? itemsOf(context.name, "images").catch(() => null) : null,
  ]);
  return new Anomalies(context, scores, data, items).node;
}

/** A rate as it is written, such as `1 %` or `0.05 %`. */
const rateText = (rate) => `${plain(100 * rate, 2)} %`;

class Anomalies {
  constructor(context, scores, data, items) {
    Object.assign(this, { context, table: scores, items });
    this.count = scores.rows.length;
    this.data = data?.rows.length === this.count ? data : null;
    this.scores = numbersOf(columnOf(scores, "score"));
    this.chances = numbersOf(columnOf(scores, "p_value"));
    const flags = columnOf(scores, "is_anomaly");
    this.order = Array.from(this.scores.keys()).filter((index) => !Number.isNaN(this.scores[index]))
      .sort((a, b) => this.scores[b] - this.scores[a] || a - b);
    this.reasons = [1, 2, 3].map((number) => [columnOf(scores, `reason_${number}`), columnOf(scores, `part_${number}`)]).filter(([names]) => names?.some((name) => !isMissing(name)));
    this.leading = scores.columns.slice(0, scores.columns.indexOf("score"));
    this.smallest = least(this.chances.filter((value) => value > 0), 1);
    const { result } = context;
    this.rate = result.falseDiscoveryRate
      ? greatest(this.order.filter((index) => flags[index] === "1").map((index) => this.chances[index]), this.smallest)
      : result.falseAlarmRate ?? 0.01;
    this.first = this.rate;
    // Where too few items were held out for the rate, those are reported whose scores are above all of these.
    this.reported = this.order.filter((index) => flags?.[index] === "1").length;
    this.isTooFew = !result.falseDiscoveryRate && this.smallest > this.first;
    this.build();
    this.set(this.rate);
  }

  /** The items that are anomalies at a rate, the most unusual first. */
  found(rate) {
    if (this.isTooFew && rate === this.first) return this.order.slice(0, this.reported);
    let count = 0;
    while (count < this.order.length && this.chances[this.order[count]] <= rate + 1e-12) count += 1;
    return this.order.slice(0, count);
  }

  build() {
    const id = identifier("rate");
    const steps = 200, low = Math.log(Math.max(this.smallest, 1e-5)), high = Math.log(0.3);
    const toRate = (value) => Math.exp(low + (high - low) * value / steps);
    this.toPlace = (rate) => Math.round((Math.log(rate) - low) / (high - low) * steps);
    this.slider = h("input", {
      id, type: "range", min: "0", max: String(steps), step: "1",
      on: { input: (event) => this.set(toRate(Number(event.target.value))) },
    });
    this.outcome = h("p", { class: "threshold-text", role: "status" });
    this.back = h("button", { type: "button", class: "quiet small", on: { click: () => this.set(this.first) } }, `Back to ${rateText(this.first)}`);
    this.spread = this.scoreChart();
    this.reasonBars = h("div");
    const columns = [...this.leading.map((name) => ({ name, isNumber: name === "row" })), { name: "score", isNumber: true }, { name: "p-value", isNumber: true },
      ...this.reasons.map((_, index) => `reason ${index + 1}`)];
    if (this.items) columns.unshift("image");
    this.list = pagedTable({ label: "Anomalies", columns, count: 0, cells: () => [] });
    this.series = this.context.kind === "series" ? this.seriesView() : null;
    this.ranges = this.series && pagedTable({ label: "Ranges", columns: ["from", "to", { name: "rows", isNumber: true }, { name: "highest score", isNumber: true }], count: 0, cells: () => [], size: 8 });
    const heat = this.heatMaps();
    this.node = [
      h("section", { class: "panel" }, h("h2", null, "Threshold"),
        h("div", { class: "threshold" }, h("label", { for: id }, "False-alarm rate"), this.slider, this.outcome, this.back),
        this.spread.node,
        h("p", { class: "hint" }, "A false alarm is a normal item that is reported. Moving the threshold changes what is shown here; the downloaded table has the p-value of every item, so that any threshold can be used.")),
      this.series && h("section", { class: "panel" }, h("h2", null, "When"), this.series.node, this.ranges.node),
      h("section", { class: "panel" }, h("h2", null, "Anomalies"), this.reasons.length > 0 && this.reasonBars, this.list.node, this.saveButton()),
      heat && h("section", { class: "panel" }, h("h2", null, "Where images are unusual"), heat),
    ];
  }

  saveButton() {
    return h("p", null, h("a", { class: "button small", href: api.jobAddress(this.context.job.id, this.context.request.files.output, { download: true }) }, "Download all scores"));
  }

  scoreChart() {
    const sorted = this.order.map((index) => this.scores[index]);
    const [greatest, least] = [sorted[0], sorted.at(-1)];
    const isWide = least >= 0 && greatest > 20 * sorted[Math.floor(sorted.length / 2)] && sorted[Math.floor(sorted.length / 2)] > 0;
    const place = isWide ? (value) => Math.log10(Math.max(value, 1e-6)) : (value) => value;
    const values = sorted.map(place), low = isWide ? place(sorted[Math.floor(0.999 * (sorted.length - 1))]) : values.at(-1);
    const edges = edgesOf(low, values[0], 60), counts = histogram(values, edges).map((count) => Math.log1p(count));
    const most = Math.max(...counts);
    return responsive(120, (width, tall) => {
      const bottom = 20, across = (value) => Math.min(Math.max((place(value) - low) / (values[0] - low || 1), 0), 1) * width;
      const step = width / counts.length;
      return s("svg", { viewBox: `0 0 ${width} ${tall}`, width, height: tall, "aria-hidden": "true" },
        counts.map((count, index) => s("rect", {
          x: index * step + 0.5, width: Math.max(step - 1, 0.5), y: (tall - bottom) * (1 - count / most), height: (tall - bottom) * count / most,
          class: (index + 0.5) * step >= across(this.limit) ? "alarm" : "baseline",
        })),
        s("line", { x1: 0, x2: width, y1: tall - bottom, y2: tall - bottom, class: "axis" }),
        s("line", { x1: across(this.limit), x2: across(this.limit), y1: 0, y2: tall - bottom, class: "level" }),
        s("text", { x: 0, y: tall - 5 }, `score ${plain(isWide ? 10 ** low : low, 3)}`), s("text", { x: width, y: tall - 5, class: "end" }, plain(greatest, 4)));
    }, "Distribution of the scores with the threshold");
  }

  set(rate) {
    this.rate = rate;
    const found = this.found(rate);
    this.limit = found.length ? this.scores[found.at(-1)] : this.scores[this.order[0]] * 1.0001;
    this.slider.value = String(this.toPlace(rate));
    this.slider.setAttribute("aria-valuetext", rateText(rate));
    replace(this.outcome, h("b", null, rateText(rate)), `: ${grouped(found.length)} of ${counted(this.count, "item")} reported, `
      + (found.length ? `scores from ${significant(this.limit, 4)} up` : "no score is high enough"), this.known(found),
      this.isTooFew && rate === this.first && `. Too few items were held out for this rate: none is promised below ${rateText(this.smallest)}`);
    this.back.hidden = Math.abs(Math.log(rate / this.first)) < 0.02;
    this.spread.redraw();
    this.list.update(found.length, (place) => this.row(found[place]));
    this.showReasons(found);
    if (this.series) this.showRanges(found);
  }

  /** How many of the known anomalies are found, where a column has them. */
  known(found) {
    const { labels } = this.context.result;
    const cells = labels && this.data && columnOf(this.data, labels.column);
    if (!cells) return null;
    const bad = new Set(Object.keys(labels.anomalous));
    const total = Object.values(labels.anomalous).reduce((sum, count) => sum + count, 0);
    const hits = found.filter((index) => bad.has(cells[index])).length;
    return `; among them ${grouped(hits)} of the ${grouped(total)} with ${labels.column} = ${[...bad].join(", ")}`;
  }

  row(index) {
    const row = this.table.rows[index];
    const cells = this.leading.map((name) => row[this.table.columns.indexOf(name)]);
    if (this.items) {
      const place = this.items.place(cells[0]);
      cells.unshift(place >= 0 ? h("img", { class: "row-picture", src: this.items.picture(place), alt: "" }) : "");
    }
    return [...cells, significant(this.scores[index], 4), significant(this.chances[index], 2), ...this.reasons.map(([names, parts]) => {
      const name = names[index];
      if (isMissing(name)) return "";
      const value = this.data ? columnCell(this.data, name, index) : null;
      return { text: value === null ? name : `${name}: ${isMissing(value) ? "missing" : value}`, note: `${percent(Number(parts[index]) / this.scores[index], 0)} of the score` };
    })];
  }

  /** Which columns the scores of the anomalies come from. */
  showReasons(found) {
    const sums = new Map();
    for (const index of found) {
      for (const [names, parts] of this.reasons) {
        if (!isMissing(names[index])) sums.set(names[index], (sums.get(names[index]) ?? 0) + Number(parts[index]));
      }
    }
    const total = found.reduce((sum, index) => sum + this.scores[index], 0);
    const bars = [...sums].sort((a, b) => b[1] - a[1]).slice(0, 8)
      .map(([name, sum]) => ({ name, value: sum / total, isOwn: true, text: percent(sum / total, 0) }));
    if (bars.length < 2) { replace(this.reasonBars); return; }
    replace(this.reasonBars, barChart({ label: "Share of the scores by column", groups: [{ name: "Share of the scores of the reported items, by column", bars }] }));
  }

  seriesView() {
    const time = this.context.request.reading.series;
    const places = columnOf(this.table, this.leading[0]);
    const values = this.data?.columns.filter((name) => name !== time).slice(0, 2).map((name) => ({ name, values: numbersOf(columnOf(this.data, name)) })) ?? [];
    const charts = [...values.map((line) => ({ title: line.name, chart: seriesChart({ label: `${line.name} over time, with anomalies marked`, lines: [line], places }) })),
      { title: "score", isScore: true, chart: seriesChart({ label: "Score over time with the threshold", lines: [{ name: "score", values: this.scores }], places, height: 140 }) }];
    const whole = h("button", { type: "button", class: "small", hidden: true, on: { click: () => zoom(null) } }, "Show the whole series");
    const zoom = (window) => {
      charts.forEach(({ chart }) => chart.update({ window }));
      whole.hidden = !window;
      if (window) whole.focus();
    };
    return {
      zoom,
      node: h("div", { class: "series-charts" }, whole, charts.map(({ title, chart }) => h("div", null, h("h3", null, title), chart.node))),
      update: (bands) => charts.forEach(({ chart, isScore }) => chart.update(isScore ? { bands, level: this.limit } : { bands })),
    };
  }

  showRanges(found) {
    const flagged = new Uint8Array(this.count);
    for (const index of found) flagged[index] = 1;
    const bands = [];
    for (let index = 0; index < this.count; index += 1) {
      if (!flagged[index]) continue;
      const start = index;
      while (index < this.count && flagged[index]) index += 1;
      bands.push([start, index]);
    }
    this.series.update(bands);
    const places = columnOf(this.table, this.leading[0]);
    const rows = bands.map(([from, to]) => ({ from, to, score: greatest(this.scores.subarray(from, to)) })).sort((a, b) => b.score - a.score);
    this.ranges.update(rows.length, (index) => [this.zoomButton(rows[index], places), places[rows[index].to - 1], grouped(rows[index].to - rows[index].from), significant(rows[index].score, 4)]);
  }

  /** Shows a range and what is around it. */
  zoomButton({ from, to }, places) {
    const margin = Math.max(3 * (to - from), 24);
    return h("button", {
      type: "button", class: "link", title: "Show this range",
      on: { click: () => this.series.zoom([Math.max(from - margin, 0), Math.min(to + margin, this.count)]) },
    }, places[from]);
  }

  heatMaps() {
    const { job, files } = this.context;
    const maps = files.filter((file) => file.name.startsWith("heat-maps/"));
    if (!maps.length) return null;
    const names = new Map(maps.map((file) => [file.name.slice(10).replace(/\.png$/, ""), file.name]));
    const key = (name) => name.split("/").filter(Boolean).join("_");
    const top = this.order.filter((index) => names.has(key(this.table.rows[index][0]))).slice(0, 24);
    return h("ul", { class: "thumbnails double" }, top.map((index) => {
      const name = this.table.rows[index][0], place = this.items?.place(name) ?? -1;
      return h("li", null, place >= 0 && h("img", { src: this.items.picture(place), alt: name }),
        h("img", { src: api.jobAddress(job.id, names.get(key(name))), alt: `Error of each pixel of ${name}` }), h("span", { class: "dim" }, `score ${significant(this.scores[index])}`));
    }));
  }
}

const columnCell = (table, name, index) => {
  const place = table.columns.indexOf(name);
  return place < 0 ? null : table.rows[index][place];
};
