/** The start: a place to drop files, the data that are there, and the example data. */
import * as api from "./api.js";
import { ask, confirmed } from "./dialog.js";
import { announce, button, h, icon, notice, replace } from "./dom.js";
import { bytes, counted, grouped } from "./format.js";
import { dataLink } from "./names.js";
import { jobLine } from "./runs.js";
import { taskOf } from "./tasks.js";

export async function startPage() {
  const [items, examples, jobs] = await Promise.all([
    api.listData(), api.examples().catch(() => []), api.jobs(),
  ]);
  const uploads = items.filter((item) => item.place === "uploads" && item.kind !== "model");
  const shared = items.filter((item) => item.place === "shared" && item.kind !== "model");
  const problems = h("div", { class: "problems" });
  const node = h("div", { class: "page" },
    h("h1", null, "What do you want to learn from your data?"),
    h("p", { class: "lead" }, "Train an autoencoder on a table, images, sounds or a time series: map the items, find "
      + "anomalies, fill missing cells, remove noise, and more. Nothing leaves this server."),
    dropZone(problems), problems,
    h("div", { class: "columns" },
      h("div", null,
        uploads.length > 0 && dataSection("Your data", uploads, true, problems),
        shared.length > 0 && dataSection("Data on this server", shared, false, problems),
        jobs.length > 0 && h("section", null,
          h("div", { class: "section-head" }, h("h2", null, "Recent runs"), h("a", { href: "#/runs" }, "All runs")),
          h("ul", { class: "runs" }, jobs.filter((job) => taskOf(job)).slice(0, 5).map(jobLine)))),
      examples.length > 0 && h("section", null,
        h("h2", null, "Try it on example data"),
        h("ul", { class: "examples" }, examples.map((example) => exampleItem(example))))));
  return { title: "New run", node };
}

function exampleItem(example) {
  const task = taskOf({ task: example.task });
  return h("li", null, h("a", { class: "example", href: `#/setup?${new URLSearchParams({ example: example.name, task: example.task })}` },
    icon(task?.id ?? "table", 20),
    h("span", null, h("b", null, example.title), h("span", { class: "dim" }, example.description))));
}

const icons = { table: "table", array: "table", image: "images", sound: "sounds", set: "folder" };

function dataSection(title, items, isOwn, problems) {
  const list = h("ul", { class: "data-list" }, items.slice(0, 12).map((item) => dataItem(item, isOwn, problems)));
  const rest = items.slice(12);
  return h("section", null, h("h2", null, title), list, rest.length > 0 && button(`Show ${rest.length} more`, (event) => {
    list.append(...rest.map((item) => dataItem(item, isOwn, problems)));
    event.target.remove();
  }, { class: "quiet small" }));
}

function dataItem(item, isOwn, problems) {
  const name = item.name.split("/").slice(1).join("/");
  const size = item.files ? `${counted(item.files, "file")}, ${bytes(item.bytes)}` : bytes(item.bytes);
  const line = h("li", null, h("a", { href: dataLink(item.name) }, icon(icons[item.kind] ?? "file"), h("span", { class: "name" }, name)),
    h("span", { class: "dim" }, size),
    isOwn && button(icon("close", 16), async () => {
      if (!await confirmed(`Delete ${name}?`, "Runs and models that used it stay.", "Delete")) return;
      try {
        await api.deleteData(item.name);
        line.remove();
        announce(`${name} is deleted`);
      } catch (error) {
        replace(problems, notice("error", error.message));
      }
    }, { class: "quiet icon-only", "aria-label": `Delete ${name}` }));
  return line;
}

/** The place to drop files, or to choose them. */
function dropZone(problems) {
  const files = h("input", { type: "file", multiple: true, id: "files", class: "visually-hidden", tabindex: "-1", "aria-hidden": "true" });
  const folder = h("input", { type: "file", webkitdirectory: true, multiple: true, id: "folder", class: "visually-hidden", tabindex: "-1", "aria-hidden": "true" });
  const status = h("div", { class: "upload-status" });
  const take = (list, name) => { if (list.length) uploadAll(list, name, status, problems); };
  files.addEventListener("change", () => take([...files.files], null));
  folder.addEventListener("change", () => take([...folder.files], folder.files[0]?.webkitRelativePath.split("/")[0]));
  const zone = h("div", { class: "drop" }, icon("upload", 30),
    h("p", { class: "drop-title" }, "Drop a file here, or a folder of images or sounds"),
    h("p", { class: "dim" }, "CSV, TSV, JSON lines, NPY, IDX; PNG, JPEG; WAV, FLAC, Ogg, MP3"),
    h("p", { class: "drop-buttons" },
      button("Choose files", () => files.click(), { class: "primary" }),
      button("Choose a folder", () => folder.click())), files, folder, status);
  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    const { list, name } = await droppedFiles(event.dataTransfer);
    take(list, name);
  });
  return zone;
}

/** The files of what was dropped; of a folder those in it. */
async function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return { list: [...transfer.files], name: null };
  const list = [];
  const visit = async (entry) => {
    if (entry.isFile) { list.push(await new Promise((resolve, reject) => entry.file(resolve, reject))); return; }
    const reader = entry.createReader();
    for (;;) {
      const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!part.length) return;
      for (const child of part) await visit(child);
    }
  };
  for (const entry of entries) await visit(entry);
  return { list, name: entries.find((entry) => entry.isDirectory).name };
}

const isMedia = (file) => /\.(png|jpe?g|webp|tiff?|gif|bmp|wav|flac|ogg|opus|mp3)$/i.test(file.name);

/** Uploads one file, or several into a set, and goes on to their columns. */
async function uploadAll(list, folderName, status, problems) {
  replace(problems);
  const files = list.filter((file) => !file.name.startsWith("."));
  const isSet = folderName !== null || (files.length > 1 && files.every(isMedia));
  if (!files.length) return;
  const session = await api.session();
  const tooLarge = files.find((file) => file.size > session.maxUploadBytes);
  if (tooLarge) {
    replace(problems, notice("error", `${tooLarge.name} has ${bytes(tooLarge.size)}, and this server takes at most `
      + `${bytes(session.maxUploadBytes)} a file. Ask for a larger limit, or start hourglass serve where the file is.`));
    return;
  }
  const set = isSet ? await freeName(folderName ?? (/\.(wav|flac|ogg|opus|mp3)$/i.test(files[0].name) ? "sounds" : "images")) : null;
  const total = files.reduce((sum, file) => sum + file.size, 0) || 1;
  const bar = h("progress", { max: String(total), value: 0, "aria-label": "Upload" });
  const text = h("p", null, "Uploading…");
  const abort = new AbortController();
  replace(status, text, bar, button("Cancel", () => abort.abort(), { class: "quiet small" }));
  let sent = 0, name = null;
  try {
    for (const [index, file] of files.entries()) {
      text.textContent = files.length > 1 ? `Uploading ${grouped(index + 1)} of ${grouped(files.length)}: ${file.name}` : `Uploading ${file.name}`;
      const onProgress = (bytesSent) => { bar.value = sent + bytesSent; };
      const item = await uploadOne(file, { set, onProgress, signal: abort.signal });
      name = item.name;
      sent += file.size;
    }
    location.hash = dataLink(set ? `uploads/${set}` : name);
  } catch (error) {
    replace(problems, notice("error", error.message));
  } finally {
    replace(status);
  }
}

/** Uploads one file; where an upload has its name, the user decides. */
async function uploadOne(file, options) {
  const name = options.set ? file.name : await freeName(file.name);
  if (name === file.name) return api.upload(file, options);
  const choice = await ask(`Replace ${file.name}?`, {
    text: `You have uploaded a file of this name before. The new one can also be kept beside it, as ${name}.`,
    actions: [{ label: "Keep both", value: "both" }, { label: "Replace it", value: "replace", isDangerous: true }],
  });
  if (!choice) throw new api.ServerError("Nothing was uploaded.", 0);
  return api.upload(file, choice === "replace" ? { ...options, replace: true } : { ...options, name });
}

/** A name that no upload has. */
async function freeName(name) {
  const taken = new Set((await api.listData()).map((item) => item.name));
  const point = name.lastIndexOf(".");
  const [stem, ending] = point > 0 ? [name.slice(0, point), name.slice(point)] : [name, ""];
  for (let number = 1; ; number += 1) {
    const next = number === 1 ? name : `${stem}-${number}${ending}`;
    if (!taken.has(`uploads/${next}`)) return next;
  }
}
