/** The columns of a table, or the items of other data, as the program understands them; and the tasks for them. */
import * as api from "./api.js";
import { columnsTable } from "./columns.js";
import { h, icon, notice, replace } from "./dom.js";
import { counted, duration, plain } from "./format.js";
import { itemsOf, players, thumbnails } from "./items.js";
import { readingOf, setReading } from "./reading.js";
import { shortName } from "./names.js";
import { steps } from "./steps.js";
import { nouns, tasks } from "./tasks.js";

/** What the program makes of data; kept while their reading stays the same. */
const summaries = new Map();

/** The summary of data as they are read now. */
export function summaryOf(name) {
  const reading = readingOf(name);
  const key = `${name} ${JSON.stringify(reading)}`;
  if (!summaries.has(key)) {
    summaries.set(key, api.inspect(name, reading).catch((error) => { summaries.delete(key); throw error; }));
    if (summaries.size > 20) summaries.delete(summaries.keys().next().value);
  }
  return summaries.get(key);
}

export async function dataPage({ name }) {
  const node = h("div", { class: "page" });
  const body = h("div"), problems = h("div", { class: "problems" }), choice = h("section", { class: "task-choice" });
  let visit = 0;
  const draw = async (isFirst) => {
    const own = (visit += 1);
    node.setAttribute("aria-busy", "true");
    try {
      const summary = await summaryOf(name);
      if (own !== visit) return;
      replace(problems);
      replace(body, await summaryElement(name, summary, change));
      replace(choice, taskChoice(name, summary));
    } catch (error) {
      if (own !== visit) return;
      if (isFirst && !Object.keys(readingOf(name)).length) {
        replace(problems, notice("error", error.message));
      } else {
        replace(problems, notice("error", error.message, h("p", null, h("button", {
          type: "button", class: "small",
          on: { click: () => { setReading(name, {}); draw(false); } },
        }, "Read the data as found"))));
      }
    } finally {
      if (own === visit) node.removeAttribute("aria-busy");
    }
  };
  const change = (reading) => { setReading(name, reading); draw(false); };
  node.append(steps("data", { name }), h("h1", null, shortName(name)), problems, body, choice);
  await draw(true);
  return { title: shortName(name), node };
}

async function summaryElement(name, summary, change) {
  const reading = readingOf(name);
  if (summary.table || summary.series) {
    return [
      summary.table ? tableFacts(summary) : seriesFacts(summary.series, summary.count),
      await seriesChoice(name, summary, reading, change),
      summary.table && await columnsTable(name, summary.table, reading, change),
      summary.series && channelsTable(summary.series),
      await firstRows(name),
    ];
  }
  if (summary.images) return imagesElement(name, summary);
  if (summary.sounds) return soundsElement(name, summary);
  if (summary.labels) return h("p", { class: "lead" }, `${counted(summary.count, "label")}. Choose this file as the labels of images.`);
  return notice("info", "This file is a model. Choose data, then the task, then this model.");
}

const facts = (...list) => h("ul", { class: "facts" }, list.filter(Boolean).map((text) => h("li", null, text)));

function tableFacts({ table, encoding }) {
  const cells = table.rows * table.columns.length;
  const ignored = table.columns.filter((column) => column.ignored).length;
  return facts(counted(table.rows, "row"), counted(table.columns.length, "column"),
    table.missing ? `${counted(table.missing, "missing cell")} (${(100 * table.missing / Math.max(cells, 1)).toFixed(1)} %)` : "no missing cell",
    ignored > 0 && `${counted(ignored, "column")} ignored`, encoding && encoding !== "utf-8" && encoding !== "utf8" && `text in ${encoding}`);
}

const seriesFacts = (series, count) => facts(`time series of ${counted(series.rows, "row")}`,
  counted(series.channels.length, "channel"), series.groups > 1 && counted(series.groups, "series", "series"),
  series.begins && `${series.begins} to ${series.ends}`, series.spacing,
  `${counted(count, "window")} of ${counted(series.window, "row")}`);

function channelsTable(series) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Channels" }, h("table", { class: "data-table" },
    h("caption", { class: "visually-hidden" }, "Channels"),
    h("thead", null, h("tr", null, ["Channel", "Least", "Greatest", "Missing", "Gaps", "Longest gap"].map((title, index) =>
      h("th", { scope: "col", class: index ? "number" : null }, title)))),
    h("tbody", null, series.channels.map((channel) => h("tr", null, h("th", { scope: "row" }, channel.name),
      [channel.minimum, channel.maximum, channel.missing, channel.gaps, channel.longestGap].map((value) =>
        h("td", { class: "number" }, plain(value))))))));
}

/** Whether the rows are a time series, and by which column. */
async function seriesChoice(name, summary, reading, change) {
  const table = summary.table ?? (await summaryWithoutSeries(name, reading));
  const times = table?.columns.filter((column) => column.kind === "date" || column.kind === "time" || column.name === reading.series) ?? [];
  if (!times.length) return null;
  const isSeries = Boolean(reading.series);
  const set = (changes) => {
    const next = { ...reading, ...changes };
    for (const key of Object.keys(next)) if (!next[key]) delete next[key];
    change(next);
  };
  const radio = (label, isChecked, action) => h("label", { class: "choice" },
    h("input", { type: "radio", name: "series", checked: isChecked, on: { change: action } }), label);
  return h("fieldset", { class: "panel series-choice" }, h("legend", null, "What is an item?"),
    radio("Each row by itself", !isSeries, () => set({ series: null, window: null, by: null, stride: null })),
    radio(`A window of a time series in the order of ${reading.series ?? times[0].name}`, isSeries, () => set({ series: times[0].name })),
    isSeries && h("div", { class: "fields" },
      h("label", null, "Rows in a window", h("input", {
        type: "number", min: 2, value: reading.window ?? summary.series?.window ?? "",
        on: { change: (event) => set({ window: Number(event.target.value) || null }) },
      })),
      h("label", null, "Column that names the series", h("select", { on: { change: (event) => set({ by: event.target.value || null }) } },
        h("option", { value: "" }, "One series"),
        table.columns.filter((column) => column.name !== reading.series && ["category", "identifier", "text", "boolean", "integer"].includes(column.kind))
          .map((column) => h("option", { value: column.name, selected: column.name === reading.by }, column.name))))));
}

async function summaryWithoutSeries(name, { series, window, by, stride, ...reading }) {
  try { return (await api.inspect(name, reading)).table ?? null; } catch { return null; }
}

async function firstRows(name) {
  const part = await api.preview(name, 0, 20).catch(() => null);
  if (!part?.columns?.length || !part.rows?.length) return null;
  return h("details", null, h("summary", null, "First rows"),
    h("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": "First rows" }, h("table", { class: "data-table" },
      h("caption", { class: "visually-hidden" }, "First rows"),
      h("thead", null, h("tr", null, part.columns.map((column) => h("th", { scope: "col" }, column)))),
      h("tbody", null, part.rows.map((row) => h("tr", null, row.map((cell) =>
        h("td", { class: cell === null || cell === "" ? "missing" : null }, cell || "–"))))))));
}

async function imagesElement(name, { images, count }) {
  const [size] = images.sizes;
  const items = await itemsOf(name, "images").catch(() => null);
  return [facts(counted(count, "image"),
    images.sizes.length === 1 ? `${size.width} x ${size.height} pixels` : `${images.sizes.length} sizes`,
    images.channels.every((channel) => channel >= 3) ? "in color" : images.channels.some((channel) => channel >= 3) ? "gray and in color" : "gray",
    images.labels && `labels of ${Object.keys(images.labels).length} classes`,
    images.unreadable > 0 && `${counted(images.unreadable, "file")} could not be read`),
  items?.count ? thumbnails(items) : null];
}

async function soundsElement(name, { sounds, count }) {
  const items = await itemsOf(name, "sounds").catch(() => null);
  return [facts(counted(count, "sound"), `${duration(sounds.duration)} in all`,
    `${duration(sounds.shortest)} to ${duration(sounds.longest)} each`,
    `${sounds.sampleRates.join(", ")} samples a second`, sounds.unreadable > 0 && `${counted(sounds.unreadable, "file")} could not be read`),
  items?.count ? players(items) : null];
}

/** The kind of data that a summary is of. */
export const kindOf = (summary) => summary.kind ?? "other";

function taskChoice(name, summary) {
  const kind = kindOf(summary);
  if (!nouns[kind]) return null;
  return [h("h2", null, "What should be done?"),
    h("ul", { class: "tasks" }, tasks.map((task) => {
      const fits = task.kinds.includes(kind);
      const inside = [icon(task.id, 24), h("span", null, h("b", null, task.name), h("span", { class: "dim" }, fits ? task.text
        : `Needs ${list(task.kinds.map((known) => ({ table: "a table", images: "images", sounds: "sounds", series: "a time series" })[known]))}.`))];
      return h("li", null, fits
        ? h("a", { class: "task", href: `#/setup?${new URLSearchParams({ name, task: task.id })}` }, inside)
        : h("div", { class: "task off", "aria-disabled": "true" }, inside));
    }))];
}

const list = (words) => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`);
