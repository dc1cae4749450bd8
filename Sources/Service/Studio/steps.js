/** The way through the page: data, task, training, result. */
import { h } from "./dom.js";

const all = [["data", "Data"], ["task", "Task"], ["training", "Training"], ["result", "Result"]];

/** The steps with the present one marked; those before it lead back where they can. */
export function steps(present, { name, task } = {}) {
  const place = all.findIndex(([id]) => id === present);
  const links = {
    data: name && `#/data?${new URLSearchParams({ name })}`,
    task: name && task && `#/setup?${new URLSearchParams({ name, task })}`,
  };
  return h("nav", { class: "steps", "aria-label": "Steps" }, h("ol", null, all.map(([id, title], index) => {
    const text = [h("span", { class: "step-number", "aria-hidden": "true" }, index + 1), title];
    return h("li", { class: index < place ? "done" : null, "aria-current": index === place ? "step" : null },
      index < place && links[id] ? h("a", { href: links[id] }, text) : h("span", null, text));
  })));
}
