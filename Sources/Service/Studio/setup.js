/** A task on some data: its options, then the start. */
import * as api from "./api.js";
import { summaryOf, kindOf } from "./data.js";
import { h, icon, identifier, notice, replace } from "./dom.js";
import { counted } from "./format.js";
import { hintPicker } from "./hints.js";
import { itemsOf } from "./items.js";
import { readingOf, setReading } from "./reading.js";
import { shortName } from "./names.js";
import { steps } from "./steps.js";
import { contextOf, dataOf, nouns, optionsOf, requestOf, taskOf, valueOf } from "./tasks.js";

export async function setupPage(values) {
  const base = await baseRequest(values);
  const task = taskOf({ task: values.task ?? base?.task });
  if (!task) throw new Error("There is no such task.");
  const name = values.name ?? dataOf(base);
  if (base?.reading) setReading(name, base.reading);
  const [summary, data, models, databases] = await Promise.all([
    summaryOf(name), Promise.all([api.listData(), api.exampleData().catch(() => [])]).then((lists) => lists.flat()), api.models().catch(() => []), task.id === "match" ? api.databases().catch(() => []) : [],
  ]);
  const form = new SetupForm({ task, name, summary, base, data, databases, chosen: values.model, models: models.filter((model) => taskOf({ task: model.task ?? "" }) === task) });
  return { title: `${task.name}: ${shortName(name)}`, node: form.page() };
}

/** The request that a form begins with: that of an example or of an earlier run. */
async function baseRequest({ example, job, task }) {
  if (job) return (await api.job(job)).request;
  if (!example) return null;
  const found = (await api.examples()).find((known) => known.name === example && known.task === task);
  return found?.request ?? null;
}

class SetupForm {
  constructor(parts) {
    Object.assign(this, parts);
    this.kind = kindOf(this.summary);
    this.values = new Map();
    this.model = this.chosen && this.models.some((model) => model.name === this.chosen) ? `models/${this.chosen}` : this.base?.files?.model ?? "";
    const request = this.base ?? { data: [] };
    for (const option of optionsOf(this.task, { kind: this.kind, isApplied: false })) this.take(option, request);
    // Options that are there only with certain values of others.
    for (const option of optionsOf(this.task, this.context)) if (!this.values.has(option.id)) this.take(option, request);
    if (this.task.id === "match" && !this.values.get("database")) this.values.set("database", this.freeDatabase());
  }

  take(option, request) {
    const value = valueOf(option, request);
    this.values.set(option.id, value === "" && option.fallback && !this.base ? option.fallback : value);
  }

  get context() {
    return { kind: this.kind, isApplied: Boolean(this.model), count: this.summary.count, ...contextOf(this.values) };
  }

  freeDatabase() {
    const stem = shortName(this.name).replace(/\.[a-z0-9]+$/i, "").replace(/^\.+/, "") || "items";
    const taken = new Set(this.databases.map((database) => database.name));
    for (let number = 1; ; number += 1) {
      const name = `${stem}${number === 1 ? "" : `-${number}`}.db`;
      if (!taken.has(name)) return name;
    }
  }

  page() {
    const { task, name } = this;
    this.problems = h("div", { class: "problems" });
    this.main = h("div", { class: "fields" });
    this.more = h("div", { class: "fields" });
    this.submit = h("button", { type: "submit", class: "primary large" });
    this.form = h("form", { class: "setup", on: { submit: (event) => { event.preventDefault(); this.start(); } } },
      this.modelChoice(), this.main,
      h("details", { class: "more" }, h("summary", null, "More options"), this.more),
      this.problems,
      h("div", { class: "actions" }, this.submit, h("span", { class: "hint" }, "One run trains at a time; others wait their turn.")));
    this.draw();
    return h("div", { class: "page" }, steps("task", { name }),
      h("div", { class: "title-row" }, h("span", { class: "title-icon" }, icon(task.id, 26)),
        h("div", null, h("h1", null, task.name), h("p", { class: "lead" }, task.text))),
      h("div", { class: "setup-sides" }, h("div", { class: "panel" }, this.form), this.about()));
  }

  /** What is known of the data, beside the form. */
  about() {
    const [one, many] = nouns[this.kind] ?? ["item", "items"];
    const { table, series } = this.summary;
    const changed = readingOf(this.name).columns?.length ?? 0;
    return h("aside", { class: "panel about", "aria-label": "Data" },
      h("h2", null, shortName(this.name)),
      h("ul", { class: "plain" },
        h("li", null, counted(this.summary.count, one, many)),
        table && h("li", null, counted(table.columns.length, "column"), table.columns.some((column) => column.ignored)
          && `, ${counted(table.columns.filter((column) => column.ignored).length, "ignored", "ignored")}`),
        table && h("li", null, table.missing ? counted(table.missing, "missing cell") : "no missing cell"),
        series && h("li", null, counted(series.channels.length, "channel")),
        changed > 0 && h("li", null, `${counted(changed, "kind")} changed by you`)),
      h("p", null, h("a", { href: `#/data?${new URLSearchParams({ name: this.name })}` }, this.summary.table ? "Look at the columns" : "Look at the data")));
  }

  /** Whether a model is trained, or one is used that was kept. */
  modelChoice() {
    if (!this.models.length || this.task.id === "match") return null;
    const id = identifier("model");
    const select = h("select", {
      id, on: { change: (event) => { this.model = event.target.value; this.draw(); } },
    }, h("option", { value: "" }, "Train a new model"),
    this.models.map((model) => h("option", { value: `models/${model.name}`, selected: `models/${model.name}` === this.model }, `Use ${model.name}`)));
    return h("div", { class: "fields" }, h("div", { class: "field" }, h("label", { for: id }, "Model"), select));
  }

  draw() {
    const list = optionsOf(this.task, this.context);
    replace(this.main, list.filter((option) => option.isMain).map((option) => this.field(option)));
    replace(this.more, list.filter((option) => !option.isMain).map((option) => this.field(option)));
    this.submit.textContent = this.model ? "Apply the model" : "Start training";
  }

  field(option) {
    const id = identifier("option"), hint = option.hint && `${id}-hint`;
    const value = this.values.get(option.id) ?? "";
    const set = (next) => {
      this.values.set(option.id, next);
      // Other options may come or go.
      if (option.type === "select") { this.draw(); this.form.querySelector(`[data-option="${option.id}"]`)?.focus(); }
    };
    const common = { id, "aria-describedby": hint || null, data: { option: option.id }, required: option.required };
    if (option.type === "check") {
      return h("div", { class: "field check" }, h("label", null,
        h("input", { type: "checkbox", ...common, checked: Boolean(value), on: { change: (event) => set(event.target.checked) } }),
        option.label), option.hint && h("p", { class: "hint", id: hint }, option.hint));
    }
    const control = this.control(option, value, set, common);
    return h("div", { class: option.hasPicture ? "field wide" : "field", data: { field: option.path?.join(".") ?? option.id } }, h("label", { for: id }, option.label),
      option.hasPicture && this.picture(control), control, option.hint && h("p", { class: "hint", id: hint }, option.hint));
  }

  control(option, value, set, common) {
    const choose = (choices) => {
      const known = choices.some(([key]) => key === String(value));
      return h("select", { ...common, on: { change: (event) => set(event.target.value) } },
        !known && value !== "" && h("option", { value, selected: true }, String(value)),
        choices.map(([key, title]) => h("option", { value: key, selected: key === String(value) }, title)));
    };
    switch (option.type) {
      case "select":
        return choose(typeof option.choices === "function" ? option.choices(this.context) : option.choices);
      case "column":
        return choose([["", option.empty], ...(this.summary.table?.columns ?? this.summary.series?.channels ?? [])
          .map((column) => [column.name, column.name])]);
      case "data":
        return choose([["", option.empty], ...this.data.filter((item) => item.kind !== "model" && item.name !== this.name)
          .map((item) => [item.name, item.name.startsWith("uploads/") ? item.name.slice(8) : item.name])]);
      case "list":
        return h("textarea", { ...common, rows: 2, value, placeholder: option.placeholder, on: { input: (event) => set(event.target.value) } });
      default:
        return h("input", {
          ...common, type: option.type, value, min: option.min, max: option.max, step: option.step, pattern: option.pattern,
          placeholder: option.placeholder, inputmode: option.type === "number" ? "decimal" : null, autocomplete: "off",
          on: { input: (event) => set(event.target.value) },
        });
    }
  }

  /** The picture of the only image, in which colors are clicked into a field. */
  picture(field) {
    const place = h("div");
    const [size] = this.summary.images?.sizes ?? [];
    itemsOf(this.name, "images").then((items) => {
      if (items?.count === 1 && size) place.append(hintPicker({ address: items.picture(0), width: size.width, height: size.height, field }));
    }).catch(() => {});
    return place;
  }

  async start() {
    replace(this.problems);
    const request = requestOf(this.task, {
      name: this.name, kind: this.kind, reading: readingOf(this.name), base: this.base, values: this.values, model: this.model,
    });
    this.submit.disabled = true;
    try {
      const job = await api.start(request);
      location.hash = `#/job?${new URLSearchParams({ id: job.id })}`;
    } catch (error) {
      this.showProblem(error.message);
    } finally {
      this.submit.disabled = false;
    }
  }

  /** Shows what the server says beside the option that it names, or else above the button. */
  showProblem(text) {
    const option = optionsOf(this.task, this.context).find((known) =>
      text.includes(`--${(known.path?.at(-1) ?? known.id).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`));
    const field = option && this.form.querySelector(`[data-option="${option.id}"]`);
    const box = notice("error", text);
    if (!field) { replace(this.problems, box); return; }
    field.closest("details")?.setAttribute("open", "");
    field.closest(".field").append(box);
    field.addEventListener("input", () => box.remove(), { once: true });
    field.focus();
  }
}
