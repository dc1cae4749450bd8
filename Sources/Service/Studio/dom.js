/** Elements made in scripts: no markup in strings, so that no text of a file can become markup. */

const svgNamespace = "http://www.w3.org/2000/svg";

function fill(node, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (name === "data") {
      Object.assign(node.dataset, value);
    } else if (name === "style") {
      for (const [key, text] of Object.entries(value)) node.style.setProperty(key, text);
    } else if (name === "value" || name === "checked" || name === "selected" || name === "muted") {
      node[name] = value;
    } else {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  append(node, children);
  return node;
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** An element of HTML with its attributes (`on` holds listeners, `data` data attributes) and children. */
export const h = (tag, properties, ...children) =>
  fill(document.createElement(tag), properties, children);

/** An element of SVG. */
export const s = (tag, properties, ...children) =>
  fill(document.createElementNS(svgNamespace, tag), properties, children);

/** Puts children in place of those that a node has. */
export function replace(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

/** Lets a screen reader say something without moving the focus. */
export function announce(text) {
  const place = document.getElementById("announcer");
  if (place && place.textContent !== text) place.textContent = text;
}

let lastIdentifier = 0;

/** An identifier that no other element has. */
export const identifier = (word = "part") => `${word}-${(lastIdentifier += 1)}`;

const paths = {
  table: "M3 5h18v14H3zM3 10h18M3 14.5h18M9 5v14",
  images: "M3 5h18v14H3zM3 16l5-5 4 4 3-3 6 5M15.5 9.5h.01",
  sounds: "M4 10v4M8 7v10M12 4v16M16 8v8M20 10.5v3",
  series: "M3 17l4-6 4 4 4-9 3 6h3M3 21h18",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  folder: "M3 6h6l2 2h10v11H3z",
  upload: "M12 16V5M7 10l5-5 5 5M4 19h16",
  download: "M12 4v11M7 10l5 5 5-5M4 19h16",
  check: "M4 12.5l5 5L20 6.5",
  warning: "M12 4l9 16H3zM12 10v5M12 17.5v.01",
  error: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 8v5M12 16v.01",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v5M12 8v.01",
  arrow: "M5 12h14M13 6l6 6-6 6",
  close: "M6 6l12 12M18 6L6 18",
  reduce: "M5 6h.01M9 5h.01M7 9h.01M17 15h.01M19 18h.01M15 18h.01M16 6l2-2 2 2-2 2zM5 17l2 2 2-2-2-2z",
  features: "M5 20V9M10 20V4M15 20v-8M20 20v-5",
  match: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5L21 21",
  denoise: "M3 12l2-5 2 9 2-11 2 13 1-6c3-6 6-6 9 0",
  detect: "M4 18l4-3 3 1 3-11 3 11 3-1M14 5h.01",
  generate: "M12 4v6M12 14v6M4 12h6M14 12h6M6.5 6.5l3 3M14.5 14.5l3 3",
  impute: "M3 5h18v14H3zM9 5v14M15 5v14M3 12h18M10.5 15.5l1 1 2-2",
  colorize: "M12 3s6 6.5 6 11a6 6 0 0 1-12 0c0-4.5 6-11 6-11",
};

/** A small drawing beside words; it says nothing by itself. */
export const icon = (name, size = 18) =>
  s("svg", { viewBox: "0 0 24 24", width: size, height: size, class: "icon", "aria-hidden": "true" },
    s("path", { d: paths[name] ?? paths.file }));

/** A button. */
export const button = (text, action, properties = {}) =>
  h("button", { type: "button", ...properties, on: { click: action } }, text);

/** A message box: kind is `error`, `warning`, `info` or `good`. */
export function notice(kind, title, ...more) {
  const symbol = { error: "error", warning: "warning", good: "check" }[kind] ?? "info";
  return h("div", { class: `notice ${kind}`, role: kind === "error" ? "alert" : null },
    icon(symbol, 18), h("div", null, title && h("p", { class: "notice-title" }, title), more));
}

/** Waits until a function was not called for some milliseconds. */
export function debounced(action, milliseconds = 200) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), milliseconds);
  };
}

/** Copies a text, and says so on the button. */
export function copyButton(text, label = "Copy") {
  const node = button(label, async () => {
    try {
      await navigator.clipboard.writeText(text);
      node.textContent = "Copied";
      announce("Copied");
    } catch {
      node.textContent = "Select the text and copy it";
    }
    setTimeout(() => { node.textContent = label; }, 2000);
  }, { class: "quiet small" });
  return node;
}
