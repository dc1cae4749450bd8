/** Looking for items in a database of signatures: matches with thumbnails and players. */
import * as api from "./api.js";
import { announce, h, identifier, notice, replace } from "./dom.js";
import { percent, significant } from "./format.js";
import { isPicture, isSound, itemsOf, player } from "./items.js";
import { shortName } from "./names.js";

const types = { png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", wav: "audio/wav", flac: "audio/flac", mp3: "audio/mpeg", ogg: "audio/ogg", opus: "audio/ogg", csv: "text/csv" };

/** The media type of a file by its name; none where nothing can be looked for by it. */
const typeOf = (name) => types[name.split(".").at(-1).toLowerCase()];

export async function matchPicture(context) {
  const stored = await itemsOf(context.name, context.kind).catch(() => null);
  return new Finder(context, stored).node;
}

class Finder {
  constructor({ result, kind, name }, stored) {
    Object.assign(this, { kind, stored, name });
    this.database = result.database.split("/").at(-1);
    this.answers = h("div", { class: "answers" });
    this.build();
  }

  build() {
    const noun = { images: "an image", sounds: "a sound or a clip of one", table: "a table with some rows" }[this.kind] ?? "an item";
    const [count, rate, set, item] = ["count", "rate", "set", "item"].map(identifier);
    const input = h("input", {
      type: "file", class: "visually-hidden", tabindex: "-1", "aria-hidden": "true", id: "query", multiple: true,
      accept: Object.keys(types).map((ending) => `.${ending}`).join(","), on: { change: () => this.takeAll([...input.files]) },
    });
    const drop = h("div", { class: "drop small" }, h("p", { class: "drop-title" }, `Drop ${noun} to look for`),
      h("button", { type: "button", class: "primary", on: { click: () => input.click() } }, "Choose a file"), input);
    drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => { event.preventDefault(); drop.classList.remove("over"); this.takeAll([...event.dataTransfer.files]); });
    this.count = h("input", { id: count, type: "number", min: 1, max: 100, value: 5 });
    this.rate = h("select", { id: rate }, [["", "Do not decide"], ["0.01", "1 %"], ["0.05", "5 %"], ["0.1", "10 %"]].map(([value, text]) => h("option", { value }, text)));
    this.set = h("select", { id: set, on: { change: () => this.listItems() } }, h("option", { value: "" }, "Choose"));
    this.item = h("select", { id: item, disabled: true, on: { change: () => this.takeStored(this.item.value) } }, h("option", { value: "" }, "Choose"));
    this.listSets();
    this.node = h("section", { class: "panel" }, h("h2", null, "Find"),
      h("div", { class: "finder" }, drop, h("div", { class: "fields" },
        h("div", { class: "field" }, h("label", { for: set }, "Or an item of data on this server"), this.set),
        h("div", { class: "field" }, h("label", { for: item }, "Item"), this.item),
        h("div", { class: "field" }, h("label", { for: count }, "Matches at most"), this.count),
        h("div", { class: "field" }, h("label", { for: rate }, "False-accept rate"), this.rate,
          h("p", { class: "hint" }, "Decides whether the item is in the database at all.")))),
      this.answers);
  }

  async listSets() {
    const lists = await Promise.all([api.listData().catch(() => []), api.exampleData().catch(() => [])]);
    const data = lists.flat();
    const wanted = { images: ["set", "image"], sounds: ["set", "sound"], table: ["table", "other"] }[this.kind] ?? [];
    this.set.append(...data.filter((item) => wanted.includes(item.kind)).map((item) => h("option", { value: item.name }, item.name)));
  }

  async listItems() {
    const name = this.set.value;
    this.item.disabled = !name;
    replace(this.item, h("option", { value: "" }, "Choose"));
    if (!name) return;
    if (typeOf(name)) { this.item.append(h("option", { value: name }, shortName(name))); return; }
    const part = await api.preview(name, 0, 1000).catch(() => ({ files: [] }));
    this.item.append(...(part.files ?? []).filter((file) => typeOf(file.name)).map((file) => h("option", { value: file.name }, shortName(file.name))));
  }

  async takeStored(name) {
    if (!name) return;
    const response = await fetch(api.dataAddress(name));
    await this.find(shortName(name), await response.blob(), api.dataAddress(name));
  }

  async takeAll(files) {
    for (const file of files.slice(0, 20)) await this.find(file.name, file, URL.createObjectURL(file));
  }

  async find(name, body, address) {
    const type = typeOf(name);
    const place = h("div", { class: "answer" }, h("p", { class: "dim" }, `Looking for ${name}…`));
    this.answers.prepend(place);
    if (!type) {
      replace(place, notice("error", `${name} cannot be looked for: expected an image (PNG, JPEG), a sound (WAV, FLAC, Ogg, MP3) or a CSV table.`));
      return;
    }
    try {
      const { answers } = await api.find(this.database, body, type, Number(this.count.value) || 5, Number(this.rate.value) || null);
      replace(place, answers.slice(0, 20).map((answer) => this.answer(answer, name, address)));
      announce(`${name}: nearest is ${answers[0]?.matches[0]?.name ?? "nothing"}`);
    } catch (error) {
      replace(place, notice("error", error.message));
    }
  }

  answer(answer, name, address) {
    const decision = answer.isSilent ? "silent: nothing is looked for"
      : answer.isInDatabase === true ? "in the database" : answer.isInDatabase === false ? "not in the database" : null;
    return h("article", null,
      h("div", { class: "query" }, this.picture(name, address, name), h("div", null, h("h3", null, this.kind === "table" ? answer.query : name),
        decision && h("p", { class: answer.isInDatabase ? "tag good" : "tag" }, decision),
        typeof answer.pValue === "number" && h("p", { class: "dim" }, `p ${significant(answer.pValue, 2)}: items that are not in the database are as near with this probability`))),
      answer.matches.length ? h("ol", { class: "matches" }, answer.matches.map((match, index) => this.match(match, index, answer))) : h("p", null, "Nothing is near it."));
  }

  match(match, index, answer) {
    const place = this.stored?.place(match.name) ?? -1;
    const own = place >= 0 ? (this.stored.picture ?? this.stored.sound)(place) : null;
    const offset = typeof match.offset === "number" ? Math.max(match.offset, 0) : null;
    const nearest = answer.matches[0].distance;
    return h("li", { class: index === 0 ? "first" : null },
      own && this.picture(match.name, offset === null ? own : `${own}#t=${offset.toFixed(2)}`, match.name),
      h("span", null, h("b", null, match.name),
        h("span", { class: "dim" }, `distance ${significant(match.distance)}`,
          index > 0 && nearest > 0 && ` (${percent(match.distance / nearest - 1, 0)} farther)`,
          offset !== null && `, begins at ${offset.toFixed(2)} s`),
        Object.entries(match.metadata ?? {}).map(([key, value]) => h("span", { class: "dim" }, `${key}: ${value}`))));
  }

  /** A thumbnail or a player. */
  picture(name, address, title) {
    if (this.kind === "sounds" || isSound(name)) return player(address, title);
    return this.kind === "images" || isPicture(name) ? h("img", { class: "item-picture", src: address, alt: title }) : null;
  }
}

