/** The items of some data as the page shows them: images and sounds of a set, images of files of arrays. */
import * as api from "./api.js";
import { arrayImages, cifarImages, picture } from "./array-images.js";
import { h } from "./dom.js";

/** The most items whose names are asked for. */
const mostNames = 20_000;
/** The most bytes of a file that is decoded here. */
const mostBytes = 256 << 20;

const kept = new Map();

/** The items of data of a name: `count`, `name(index)`, `picture(index)` and `sound(index)`; kept for the next call. */
export function itemsOf(name, kind) {
  const key = `${kind} ${name}`;
  if (!kept.has(key)) {
    kept.set(key, (kind === "images" ? imagesOf(name) : kind === "sounds" ? soundsOf(name) : Promise.resolve(null))
      .catch((error) => { kept.delete(key); throw error; }));
    if (kept.size > 6) kept.delete(kept.keys().next().value);
  }
  return kept.get(key);
}

/** The files of a set below a name, as full names, in the order of the command. */
async function filesOf(name) {
  const files = [];
  for (let from = 0; from < mostNames; from += 1000) {
    const part = await api.preview(name, from, 1000);
    files.push(...(part.files ?? []));
    if (!part.more) break;
  }
  return files;
}

async function imagesOf(name) {
  const isArray = /\.(gz|idx|ubyte|idx\d|npy|bin)$/i.test(name) || /ubyte/i.test(name);
  let batches = [name];
  if (!isArray) {
    const files = /\.(png|jpe?g|webp|tiff?)$/i.test(name) ? [{ name }] : await filesOf(name);
    const pictures = files.filter((file) => isPicture(file.name));
    if (pictures.length) return fileItems(name, pictures, "picture");
    // A folder of files of CIFAR-10, in the order of the command.
    batches = files.map((file) => file.name).filter((file) => /\.bin$/i.test(file));
    if (!batches.length) batches = [name];
  }
  const parts = [];
  for (const file of batches) parts.push(arrayImages(await limited(file)));
  const images = parts.length > 1 ? cifarImages(parts) : parts[0];
  return images && {
    count: images.count, name: (index) => `image ${index + 1}`, picture: (index) => picture(images, index),
    place: (text) => { const place = Number(/(\d+)\D*$/.exec(text)?.[1]) - 1; return place >= 0 && place < images.count ? place : -1; },
  };
}

async function soundsOf(name) {
  const files = isSound(name) ? [{ name }] : (await filesOf(name)).filter((file) => isSound(file.name));
  return fileItems(name, files, "sound");
}

function fileItems(name, files, key) {
  const prefix = `${name}/`;
  const names = files.map((file) => (file.name.startsWith(prefix) ? file.name.slice(prefix.length) : file.name.split("/").at(-1)));
  const places = new Map(names.map((text, index) => [text, index]));
  return {
    count: files.length, name: (index) => names[index], [key]: (index) => api.dataAddress(files[index].name),
    full: (index) => files[index].name,
    place: (text) => places.get(text) ?? -1,
  };
}

/** Whether a name is that of a file of an image that browsers show. */
export const isPicture = (name) => /\.(png|jpe?g|gif|webp|bmp|svg)$/i.test(name);

/** Whether a name is that of a sound. */
export const isSound = (name) => /\.(wav|flac|ogg|opus|mp3)$/i.test(name);

async function limited(name) {
  const bytes = await api.dataBytes(name);
  if (bytes.length > mostBytes) throw new Error(`${name} is too large to be shown here.`);
  return bytes;
}

/** Labels of an IDX file of one dimension, as texts. */
export function idxLabels(bytes) {
  if (bytes[0] !== 0 || bytes[2] !== 8 || bytes[3] !== 1) return null;
  return Array.from(bytes.subarray(8), String);
}

/** Thumbnails of the first items, more on demand. */
export function thumbnails(items, first = 24) {
  const list = h("ul", { class: "thumbnails" });
  const add = (count) => {
    const start = list.children.length;
    for (let index = start; index < Math.min(start + count, items.count); index += 1) {
      list.append(h("li", null, h("img", { src: items.picture(index), alt: items.name(index), loading: "lazy", title: items.name(index) })));
    }
    more.hidden = list.children.length >= items.count;
  };
  const more = h("button", { type: "button", class: "quiet small", on: { click: () => add(96) } }, "Show more");
  add(first);
  return h("div", null, list, more);
}

/** A player of a sound with its name. */
export const player = (address, name) =>
  h("audio", { controls: true, preload: "none", src: address, "aria-label": name });

/** Players of the first items. */
export function players(items, first = 6) {
  const list = h("ul", { class: "players" });
  const add = (count) => {
    const start = list.children.length;
    for (let index = start; index < Math.min(start + count, items.count); index += 1) {
      list.append(h("li", null, h("span", { class: "name" }, items.name(index)), player(items.sound(index), items.name(index))));
    }
    more.hidden = list.children.length >= items.count;
  };
  const more = h("button", { type: "button", class: "quiet small", on: { click: () => add(24) } }, "Show more");
  add(first);
  return h("div", null, list, more);
}
