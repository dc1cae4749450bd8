/** The models and databases that were kept: to download, to use again, to delete. */
import * as api from "./api.js";
import { confirmed } from "./dialog.js";
import { announce, button, h, icon, notice, replace } from "./dom.js";
import { bytes, counted, grouped, moment } from "./format.js";
import { taskOf } from "./tasks.js";

export async function modelsPage() {
  const [models, databases] = await Promise.all([api.models(), api.databases().catch(() => [])]);
  const problems = h("div", { class: "problems" });
  const node = h("div", { class: "page" }, h("h1", null, "Models"),
    h("p", { class: "lead" }, "A model can be applied to new data: choose the data, then its task, then the model. The command and the library read the same file."),
    problems,
    models.length ? list("Models", models.map((model) => ({
      name: model.name, text: taskOf({ task: model.task ?? "" })?.name ?? model.task ?? "", icon: taskOf({ task: model.task ?? "" })?.id, size: model.bytes,
      time: model.modified, href: api.modelAddress(model.name), remove: model.place === "workspace" && (() => api.deleteModel(model.name)),
      summary: () => api.modelSummary(model.name),
    })), problems) : h("p", { class: "empty-page" }, "No models yet. Every run that trains keeps one."),
    databases.length > 0 && list("Databases of signatures", databases.map((database) => ({
      name: database.name, text: "Match", icon: "match", size: database.bytes, time: database.modified, href: api.databaseAddress(database.name),
      remove: () => api.deleteDatabase(database.name),
    })), problems));
  return { title: "Models", node };
}

function list(title, entries, problems) {
  return h("section", null, h("h2", null, title), h("div", { class: "scroll wide-only", tabindex: "0", role: "region", "aria-label": title },
    h("table", { class: "runs-table" }, h("caption", { class: "visually-hidden" }, title),
      h("thead", null, h("tr", null, ["Name", "Task", "Size", "Made", ""].map((text) => h("th", { scope: "col", class: text === "Size" ? "number" : null },
        text || h("span", { class: "visually-hidden" }, "Actions"))))),
      h("tbody", null, entries.map((entry) => row(entry, problems))))));
}

function row(entry, problems) {
  const details = h("div");
  const line = h("tr", null,
    h("th", { scope: "row" }, icon(entry.icon ?? "file"), entry.name, entry.summary && h("details", {
      class: "inline", on: {
        toggle: (event) => { if (event.target.open && !details.childNodes.length) show(entry, details); },
      },
    }, h("summary", null, "What it holds"), details)),
    h("td", { "data-label": "Task" }, entry.text), h("td", { "data-label": "Size", class: "number" }, bytes(entry.size)),
    h("td", { "data-label": "Made", class: "dim" }, entry.time ? moment(entry.time) : ""),
    h("td", { class: "row-actions" }, h("a", { class: "button small", href: entry.href, download: entry.name }, "Download"),
      entry.remove && button(icon("close", 16), async () => {
        if (!await confirmed(`Delete ${entry.name}?`, "It cannot be brought back.", "Delete")) return;
        try {
          await entry.remove();
          line.remove();
          announce(`${entry.name} is deleted`);
        } catch (error) {
          replace(problems, notice("error", error.message));
        }
      }, { class: "quiet icon-only", "aria-label": `Delete ${entry.name}` })));
  return line;
}

/** What a model says of itself. */
export function modelFacts({ application, provenance = {}, parameterCount, training, byteCount }) {
  const rows = [
    ["Task", taskOf({ task: application })?.name ?? application],
    provenance.itemCount && ["Trained on", `${counted(provenance.itemCount, "item")} of ${provenance.dataName}`],
    training?.epochs > 0 && ["Epochs", grouped(training.epochs)],
    parameterCount > 0 && ["Parameters", grouped(parameterCount)],
    ["Items of the data in it", provenance.keptItemCount ? grouped(provenance.keptItemCount) : "none"],
    provenance.seed !== undefined && ["Seed", provenance.seed],
    byteCount && ["Size", bytes(byteCount)],
    provenance.programVersion && ["Made by version", provenance.programVersion],
  ].filter(Boolean);
  return h("dl", { class: "figures column" }, rows.map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, String(value)))));
}

async function show(entry, place) {
  replace(place, h("p", { class: "dim" }, "Reading…"));
  try {
    const summary = await entry.summary();
    replace(place, modelFacts(summary));
  } catch (error) {
    replace(place, notice("error", error.message));
  }
}
