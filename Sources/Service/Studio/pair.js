/** Two pictures one above the other, with a slider between before and after. */
import { h } from "./dom.js";

/**
 * A slider between two pictures of one size.
 *
 * @param {{before: string, after: string, name: string, titles: string[]}} options Addresses, and what they are
 *   called.
 */
export function pairSlider({ before, after, name, titles }) {
  const top = h("img", { src: after, alt: `${titles[1]}: ${name}`, class: "after", draggable: "false" });
  const frame = h("div", { class: "pair-frame" },
    h("img", { src: before, alt: `${titles[0]}: ${name}`, draggable: "false" }), top, h("span", { class: "pair-line" }),
    h("span", { class: "pair-title left", "aria-hidden": "true" }, titles[0]), h("span", { class: "pair-title right", "aria-hidden": "true" }, titles[1]));
  const set = (value) => frame.style.setProperty("--split", `${value}%`);
  const slider = h("input", {
    type: "range", min: "0", max: "100", step: "1", value: "50", class: "pair-slider", "aria-label": `${titles[0]} or ${titles[1]}: ${name}`,
    on: { input: (event) => set(event.target.value) },
  });
  frame.append(slider);
  set(50);
  return h("figure", { class: "pair" }, frame, h("figcaption", null, name));
}

/** The value of an attribute in the text of an element. */
const attribute = (text, name) => new RegExp(` ${name}="([^"]*)"`).exec(text)?.[1];

/**
 * The pictures of a figure of the command in rows: titles of the rows, and addresses by rows.
 *
 * The drawing is read as text: a parser would apply its style, which the page's policy forbids.
 */
export function figureRows(text) {
  const titles = [...text.matchAll(/<text([^>]*text-anchor="end"[^>]*)>([^<]*)</g)]
    .map(([, attributes, title]) => ({ text: title, y: Number(attribute(attributes, "y")) }));
  const images = [...text.matchAll(/<image([^>]*)>/g)].map(([, attributes]) => ({
    href: attribute(attributes, "href"), x: Number(attribute(attributes, "x")), y: Number(attribute(attributes, "y")), height: Number(attribute(attributes, "height")),
  }));
  const rows = titles.map((title) => ({
    title: title.text, images: images.filter((image) => title.y >= image.y - 4 && title.y <= image.y + image.height + 4)
      .sort((a, b) => a.x - b.x).map((image) => image.href).filter((href) => href?.startsWith("data:image/png;base64,")),
  }));
  return rows.filter((row) => row.images.length);
}
