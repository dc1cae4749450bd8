/** The result of a run: evaluation, pictures, downloads, and how to do the same elsewhere. */
import * as api from "./api.js";
import { button, copyButton, h, icon, notice } from "./dom.js";
import { evaluationElement } from "./evaluation.js";
import { bytes, counted, duration, grouped } from "./format.js";
import { modelFacts } from "./models.js";
import { detectPicture } from "./result-detect.js";
import { featuresPicture } from "./result-features.js";
import { generatePicture } from "./result-generate.js";
import { imputePicture } from "./result-impute.js";
import { matchPicture } from "./result-match.js";
import { pairsPicture } from "./result-pairs.js";
import { reducePicture } from "./result-reduce.js";
import { dataOf } from "./tasks.js";

const pictures = {
  reduce: reducePicture, features: featuresPicture, match: matchPicture, denoise: pairsPicture,
  detect: detectPicture, generate: generatePicture, impute: imputePicture, colorize: pairsPicture,
};

export async function resultElement(job, task) {
  const name = dataOf(job.request);
  const [result, files, texts, summary] = await Promise.all([
    // Training that was stopped keeps a model, and has no result.
    job.state === "stopped" ? null : api.result(job.id), api.jobFiles(job.id).catch(() => []), api.command(job.id).catch(() => null),
    name ? api.inspect(name, job.request.reading ?? {}).catch(() => null) : null,
  ]);
  if (!result) return stoppedElement({ job, task, files, name, texts });
  const context = { job, task, result, files, name, summary, kind: summary?.kind ?? guessedKind(result, files), request: job.request };
  const picture = h("div", { class: "picture" });
  const make = pictures[task?.id];
  if (make) {
    // A picture that fails must not take the evaluation with it.
    make(context).then((node) => picture.append(...[node].flat(Infinity).filter(Boolean)))
      .catch((error) => {
        if (!(error instanceof api.ServerError)) console.error(error);
        picture.append(notice("warning", "The picture of this result cannot be shown.", h("p", null, error.message)));
      });
  }
  const evaluations = [result.evaluationOfData, result.evaluation].filter(Boolean);
  return h("div", { class: "result-sides" },
    h("div", { class: "result-main" },
      headlineText(context),
      evaluations.length > 0 && h("section", { class: "panel", "aria-labelledby": "evaluation-title" },
        h("h2", { id: "evaluation-title" }, "Evaluation"), evaluationElement(evaluations[0])),
      picture,
      evaluations.length > 1 && h("section", { class: "panel" },
        h("h2", null, "Evaluation on held-out training data"), evaluationElement(evaluations[1])),
      remarks(result)),
    h("aside", { class: "result-side", "aria-label": "Use the result" },
      downloads(context), training(result), again(context), sameAs(texts)));
}

/** What there is of a run that was stopped before it had a result. */
async function stoppedElement({ job, task, files, name, texts }) {
  const summary = job.model ? await api.modelSummary(job.model).catch(() => null) : null;
  const problems = h("div");
  const goOn = async () => {
    try {
      await api.resume(job.id);
      dispatchEvent(new HashChangeEvent("hashchange"));
    } catch (error) {
      problems.replaceChildren(notice("error", error.message));
    }
  };
  const query = new URLSearchParams({ name, task: task?.id ?? job.task, model: job.model ?? "" });
  return h("div", { class: "result-sides" },
    h("div", { class: "result-main" },
      h("section", { class: "panel" },
        h("p", { class: "verdict good" }, icon("check"), "The best model until you stopped was kept."),
        h("p", null, "It was not applied to the data yet. Apply it now, download it, or go on with training."),
        h("p", { class: "actions" },
          job.model && task && task.id !== "match" && h("a", { class: "button primary", href: `#/setup?${query}` }, `Apply the model to ${name.split("/").at(-1)}`),
          job.resumable && button("Go on with training", goOn)), problems),
      summary && h("section", { class: "panel" }, h("h2", null, "The model"), modelFacts(summary))),
    h("aside", { class: "result-side", "aria-label": "Use the result" },
      downloads({ job, files, result: {}, task }), again({ job, name, task }), sameAs(texts)));
}

function guessedKind(result, files) {
  if (result.kind) return result.kind;
  if (files.some((file) => file.kind === "sound")) return "sounds";
  return files.some((file) => file.kind === "image") ? "images" : "table";
}

/** What came of it, in a sentence. */
function headlineText({ task, result, kind }) {
  const noun = { table: "row", images: "image", sounds: "sound", series: "time" }[kind] ?? "item";
  const text = {
    reduce: () => `${counted(result.rows, noun === "time" ? "window" : noun)}, ${grouped(result.values)} values each, reduced to ${counted(result.dimensions, "dimension")}.`,
    features: () => `${counted(result.items, noun === "time" ? "window" : noun)} described by ${counted(result.dimensions, "feature")} each.`,
    match: () => `${result.database.split("/").at(-1)} holds ${counted(result.items, "item")}; ${grouped(result.added)} were added.`,
    denoise: () => `${counted(result.items, noun)} denoised.`,
    detect: () => (result.falseDiscoveryRate
      ? `${grouped(result.anomalies)} of ${counted(result.count, noun)} are anomalies at a false discovery rate of ${result.falseDiscoveryRate}.`
      : result.calibration?.tooFew ? `${grouped(result.anomalies)} of ${counted(result.count, noun)} are anomalies; no false-alarm rate is promised.`
        : `${grouped(result.anomalies)} of ${counted(result.count, noun)} are anomalies at a false-alarm rate of ${result.falseAlarmRate}.`),
    generate: () => `${counted(result.generated, result.kind === "series" ? "row" : noun)} generated.`,
    impute: () => (result.pixels !== undefined ? `${counted(result.pixels, "pixel")} of ${counted(result.images, "image")} filled.`
      : `${grouped(result.missing - result.stillMissing)} of ${counted(result.missing, "missing cell")} filled.`),
    colorize: () => `${counted(result.items, "image")} colored.`,
  }[task?.id];
  return text ? h("p", { class: "lead" }, text()) : null;
}

const isTable = (file) => file.kind === "table" || /\.(csv|tsv)$/i.test(file.name);

function downloads({ job, files, result, task }) {
  const list = [];
  const folders = new Map();
  const main = job.request.files?.output;
  const order = [...files].sort((a, b) => (b.name === main) - (a.name === main));
  for (const file of order) {
    if (/(^|\/)\./.test(file.name) || file.kind === "model") continue;
    const [folder, inner] = file.name.split("/");
    if (inner) { folders.set(folder, [...(folders.get(folder) ?? []), file]); continue; }
    list.push(h("li", null,
      h("a", { href: api.jobAddress(job.id, file.name, { download: true }), download: file.name }, icon("download", 16), h("span", { class: "name" }, file.name)),
      h("span", { class: "dim" }, bytes(file.bytes)),
      isTable(file) && h("a", { class: "small-link", href: api.jobAddress(job.id, file.name, { download: true, spreadsheet: true }), download: file.name,
        title: "Cells that a spreadsheet would run as a formula get an apostrophe" }, "for a spreadsheet")));
  }
  for (const [folder, inner] of folders) {
    const size = inner.reduce((sum, file) => sum + file.bytes, 0);
    list.push(h("li", null, h("a", { href: api.archiveAddress(job.id, folder), download: `${folder}.zip` }, icon("download", 16), h("span", { class: "name" }, `${folder}.zip`)),
      h("span", { class: "dim" }, `${counted(inner.length, "file")}, ${bytes(size)}`)),
    h("li", { class: "folder" }, h("details", null, h("summary", null, "One by one"),
      h("ul", { class: "plain scroll-list" }, inner.slice(0, 200).map((file) => h("li", null,
        h("a", { href: api.jobAddress(job.id, file.name, { download: true }), download: file.name.split("/").at(-1) }, file.name.split("/").slice(1).join("/"))))))));
  }
  if (job.model) {
    list.push(h("li", null, h("a", { href: api.modelAddress(job.model), download: job.model }, icon("download", 16), h("span", { class: "name" }, job.model)),
      h("span", { class: "dim" }, "the model")));
  }
  if (task?.id === "match" && result.database) {
    const database = result.database.split("/").at(-1);
    list.push(h("li", null, h("a", { href: api.databaseAddress(database), download: database }, icon("download", 16), h("span", { class: "name" }, database)),
      h("span", { class: "dim" }, "the database")));
  }
  return list.length > 0 && h("section", { class: "panel" }, h("h2", null, "Download"), h("ul", { class: "downloads" }, list));
}

function training({ learning, seconds }) {
  if (!learning) return null;
  const rows = [
    ["Trained on", `${grouped(learning.items)} items of ${learning.data}`],
    learning.epochs > 0 && ["Epochs", learning.bestEpoch && learning.bestEpoch !== learning.epochs
      ? `${grouped(learning.epochs)}, number ${grouped(learning.bestEpoch)} was best` : grouped(learning.epochs)],
    ["Parameters", grouped(learning.parameters)], ["Seed", learning.seed],
    seconds?.learning !== undefined && ["Training took", duration(seconds.learning)],
    learning.keptItems > 0 && ["Kept in the model", `${grouped(learning.keptItems)} items of the data`],
  ].filter(Boolean);
  return h("section", { class: "panel" }, h("h2", null, "Training"),
    h("dl", { class: "figures column" }, rows.map(([title, text]) => h("div", null, h("dt", null, title), h("dd", null, String(text))))));
}

function again({ job, name, task, result }) {
  const items = result?.items;
  return h("section", { class: "panel" }, h("h2", null, "Next"),
    h("ul", { class: "plain" },
      h("li", null, h("a", { href: `#/setup?${new URLSearchParams({ job: job.id })}` }, "Run again with other options")),
      task?.id === "colorize" && items === 1 && h("li", null,
        h("a", { href: `#/setup?${new URLSearchParams({ job: job.id, model: job.model ?? "" })}` }, "Click known colors into the picture")),
      name && h("li", null, h("a", { href: `#/data?${new URLSearchParams({ name })}` }, "Another task on these data")),
      job.model && task && task.id !== "match" && h("li", null, h("a", { href: "#/" }, "Use the model on other data")),
      h("li", null, h("a", { href: "#/runs" }, "Compare with other runs"))));
}

function sameAs(texts) {
  if (!texts) return null;
  const part = (title, text, isOpen) => h("details", { open: isOpen },
    h("summary", null, title), h("div", { class: "code" }, h("pre", { tabindex: "0" }, text), copyButton(text)));
  return h("section", { class: "panel" }, h("h2", null, "The same elsewhere"),
    part("The same as a command", texts.command, true), part("As curl", texts.curl, false),
    part("As a request in JSON", JSON.stringify(texts.request, null, 2), false));
}

/** What should be known of the data that the model was applied to. */
function remarks(result) {
  const list = [];
  if (result.hasDrifted) list.push("The data as a whole differ from the training data: more false alarms than the chosen rate are likely. Train on newer normal data.");
  if (result.movedColumns?.length) list.push(`Spread otherwise than in the training data: ${result.movedColumns.map((column) => column.name).slice(0, 6).join(", ")}.`);
  const unknown = Object.entries(result.unknownCategories ?? {});
  if (unknown.length) list.push(`Levels that the model was not trained on: ${unknown.map(([column, count]) => `${column} in ${counted(count, "row")}`).join(", ")}.`);
  if (result.silent?.length) list.push(`Not stored, for silence is in all sounds: ${result.silent.slice(0, 4).join(", ")}.`);
  return list.map((text) => notice("warning", null, h("p", null, text)));
}
