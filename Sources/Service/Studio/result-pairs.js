/** Before and after: images that were denoised, colored or filled, sounds, tables and series. */
import * as api from "./api.js";
import { parseTable } from "./csv.js";
import { h } from "./dom.js";
import { itemsOf, isPicture, isSound, player } from "./items.js";
import { figureRows, pairSlider } from "./pair.js";
import { changedTable } from "./cells.js";
import { overlaidLines } from "./lines.js";

/** The most pairs that are shown at first. */
const shownPairs = 12;

const words = { denoise: ["Noisy", "Denoised"], colorize: ["Gray", "Colored"], impute: ["Missing", "Filled"] };

export async function pairsPicture(context) {
  const { task, kind, job, files } = context;
  if (kind === "images") return imagePairs(context);
  if (kind === "sounds") return soundPairs(context);
  const output = files.find((file) => file.name === context.request.files?.output);
  if (!output) return null;
  const [before, after] = await Promise.all([api.dataText(context.name), api.jobText(job.id, output.name)]);
  const tables = [parseTable(before), parseTable(after)];
  return h("section", { class: "panel" }, h("h2", null, `${words[task.id][1]} values`),
    kind === "series" && overlaidLines(tables[0], tables[1], context.request.reading?.series, ["Before", "After"]),
    changedTable(tables[0], tables[1]));
}

async function imagePairs({ task, job, files, name, request }) {
  const titles = words[task.id];
  const figure = files.find((file) => file.name.endsWith("figure.svg"));
  const parts = [];
  if (figure) {
    const rows = figureRows(await api.jobText(job.id, figure.name));
    const last = rows.findIndex((row) => ["denoised", "colored", "filled", "sample 1"].includes(row.title));
    const first = rows.findIndex((row) => ["noisy", "gray", "missing"].includes(row.title));
    if (first >= 0 && last >= 0) {
      const items = await itemsOf(name, "images").catch(() => null);
      const truth = rows.find((row) => ["clean", "true"].includes(row.title));
      parts.push(h("div", { class: "pairs" }, rows[first].images.map((before, index) => {
        const title = items && index < items.count ? items.name(index) : `image ${index + 1}`;
        return h("div", null, pairSlider({ before, after: rows[last].images[index], name: title, titles }),
          truth?.images[index] && h("details", { class: "truth" }, h("summary", null, "Compare with the true one"),
            h("img", { src: truth.images[index], alt: `True: ${title}` })));
      })));
    }
  }
  const hasPairs = parts.length > 0;
  const folder = `${request.files?.output ?? ""}/`;
  const outputs = files.filter((file) => file.name.startsWith(folder) && isPicture(file.name));
  if (outputs.length) parts.push(allImages({ job, outputs, folder, titles, hasPairs }));
  return parts.length ? h("section", { class: "panel" }, h("h2", null, hasPairs ? "Before and after" : "Result"),
    hasPairs && h("p", { class: "hint" }, "Move the line with the pointer or the arrow keys."), parts) : null;
}

/** All results, as links to the files. */
function allImages({ job, outputs, folder, titles, hasPairs }) {
  const list = h("ul", { class: "thumbnails large" });
  const add = (count) => {
    const start = list.children.length;
    for (const file of outputs.slice(start, start + count)) {
      const short = file.name.slice(folder.length);
      list.append(h("li", null, h("a", { href: api.jobAddress(job.id, file.name), target: "_blank", rel: "noopener" },
        h("img", { src: api.jobAddress(job.id, file.name), alt: short, title: short, loading: "lazy" }))));
    }
    more.hidden = list.children.length >= outputs.length;
  };
  const more = h("button", { type: "button", class: "quiet small", on: { click: () => add(60) } }, "Show more");
  add(24);
  const title = `All ${titles[1].toLowerCase()} images`;
  return hasPairs ? h("details", { class: "all-images" }, h("summary", null, title), list, more) : h("div", null, h("h3", null, title), list, more);
}

async function soundPairs({ job, files, name, request }) {
  const folder = `${request.files?.output ?? ""}/`;
  const outputs = files.filter((file) => file.name.startsWith(folder) && isSound(file.name));
  const items = await itemsOf(name, "sounds").catch(() => null);
  const figure = files.find((file) => file.name.endsWith("figure.svg"));
  return h("section", { class: "panel" }, h("h2", null, "Before and after"),
    request.options?.addNoise && h("p", { class: "hint" }, "Noise was added to the sounds before they were denoised; the first player has the sound without it."),
    h("ul", { class: "players" }, outputs.slice(0, shownPairs).map((file) => {
      const short = file.name.slice(folder.length);
      const place = items ? Math.max(items.place(short), items.place(short.replace(/\.(flac|wav)$/i, ""))) : -1;
      return h("li", null, h("span", { class: "name" }, short),
        place >= 0 && h("span", { class: "labelled" }, h("small", null, "Before"), player(items.sound(place), `Before: ${short}`)),
        h("span", { class: "labelled" }, h("small", null, "After"), player(api.jobAddress(job.id, file.name), `After: ${short}`)));
    })),
    figure && h("figure", { class: "figure" }, h("img", { class: "drawing", src: api.jobAddress(job.id, figure.name), alt: "Spectrograms of the first sounds before and after" })));
}
