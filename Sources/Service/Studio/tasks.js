/** The eight tasks: what each is for, and how a request of it is made from a form. */
import { options } from "./options.js";

/** The kinds of data by what their items are called. */
export const nouns = {
  table: ["row", "rows"], images: ["image", "images"], sounds: ["sound", "sounds"], series: ["window", "windows"],
};

/** The tasks in the order of the command's help. */
export const tasks = [
  {
    id: "reduce", task: "reduce", name: "Reduce",
    text: "Draw a map of all items, or describe each by a few numbers.",
    kinds: ["table", "images", "sounds", "series"],
    output: () => ({ output: "codes.csv" }),
  },
  {
    id: "features", task: "features", name: "Features",
    text: "Turn each item into features for another model, and see how well they predict.",
    kinds: ["table", "images", "sounds", "series"],
    output: () => ({ output: "features.csv" }),
  },
  {
    id: "match", task: "match add", name: "Match",
    text: "Build a database that finds the item a damaged copy or a short clip comes from.",
    kinds: ["images", "sounds", "table"],
    output: () => ({}),
  },
  {
    id: "denoise", task: "denoise", name: "Denoise",
    text: "Remove noise from images, sounds, series or numbers.",
    kinds: ["images", "sounds", "table", "series"],
    output: (kind, name) => ({ output: kind === "images" || kind === "sounds" ? "denoised" : `denoised-${fileName(name)}` }),
  },
  {
    id: "detect", task: "detect", name: "Detect",
    text: "Find anomalies at a false-alarm rate that you set, with reasons.",
    kinds: ["table", "images", "series"],
    output: () => ({ output: "scores.csv" }),
  },
  {
    id: "generate", task: "generate", name: "Generate",
    text: "Make new items like yours, checked for how real and how private they are.",
    kinds: ["table", "images", "series"],
    output: (kind, name) => ({ output: kind === "images" ? "generated.png" : `generated-${fileName(name)}` }),
  },
  {
    id: "impute", task: "impute", name: "Impute",
    text: "Fill missing cells, gaps or pixels, with an interval for each.",
    kinds: ["table", "series", "images"],
    output: (kind, name) => ({ output: kind === "images" ? "filled" : `filled-${fileName(name)}` }),
  },
  {
    id: "colorize", task: "colorize", name: "Colorize",
    text: "Color gray images, as learned from color images like them.",
    kinds: ["images"],
    output: () => ({ output: "colored" }),
  },
];

/** The task of a job or a request; none for those without a page. */
export const taskOf = ({ task }) => tasks.find((known) => known.task === task || known.id === task);

/** The name of the file of some data as a CSV file; results are written uncompressed. */
function fileName(name) {
  const last = name.split("/").at(-1).replace(/\.gz$/i, "");
  return /\.(csv|tsv|txt|jsonl|ndjson)$/i.test(last) ? last : `${last}.csv`;
}

/** The data that a request is about. */
export const dataOf = (request) => request.data[0] ?? request.files?.learnFrom ?? "";

/** What a run is about, in a word: the name of its data, or of the model where it takes no data. */
export const subjectOf = (request) => (dataOf(request) || request.files?.model || "").split("/").at(-1);

/** A member of a request by its path; undefined where it is left out. */
export function member(request, path) {
  return path.reduce((value, key) => value?.[key], request);
}

/** Sets a member of a request, or removes it where there is no value. */
function setMember(request, path, value) {
  const parents = path.slice(0, -1);
  const isNothing = value === undefined || value === null || value === "" || (Array.isArray(value) && !value.length);
  let place = request;
  for (const key of parents) {
    if (isNothing && !place[key]) return;
    place = place[key] ??= {};
  }
  if (isNothing) delete place[path.at(-1)];
  else place[path.at(-1)] = value;
}

/** The options of a task that data of a kind have, those of training included. */
export const optionsOf = (task, context) =>
  (options[task.id] ?? []).concat(options.training)
    .filter((option) => !option.shows || option.shows(context));

/** The value that an option has in a request. */
export function valueOf(option, request) {
  if (option.read) return option.read(request);
  const value = member(request, option.path);
  if (option.type === "list") return (value ?? []).join("\n");
  return value ?? "";
}

/**
 * The request that a form stands for.
 *
 * @param {object} task One of `tasks`.
 * @param {{name: string, kind: string, reading: object, base: object, values: Map, model: string}} form The
 *   data and their kind, how they are read, the request that it begins with, the value of each option, and
 *   the model that is used in place of training one.
 */
export function requestOf(task, { name, kind, reading, base, values, model }) {
  const request = structuredClone(base ?? { task: task.task, data: [] });
  request.task = task.task;
  if (task.id === "generate") {
    request.data = [];
    setMember(request, ["files", "learnFrom"], model ? null : name);
  } else {
    request.data = [name];
  }
  if (reading && Object.keys(reading).length) request.reading = reading;
  else delete request.reading;
  if (task.id !== "match") {
    request.files = { ...request.files };
    request.files.output ??= task.output(kind, name).output;
  }
  setMember(request, ["files", "model"], model);
  const context = { kind, isApplied: Boolean(model), ...contextOf(values) };
  for (const option of optionsOf(task, context)) {
    const value = values.get(option.id);
    if (option.apply) option.apply(request, value, { kind, name, isApplied: Boolean(model) });
    else setMember(request, option.path, typed(option, value));
  }
  if (model) {
    delete request.training;
    for (const key of ["learnFrom", "save", "from"]) setMember(request, ["files", key], null);
  }
  figures(task, kind, request);
  prune(request);
  return request;
}

/** The values that decide which other options are there. */
export const contextOf = (values) => Object.fromEntries(values);

function typed(option, value) {
  if (value === "" || value === undefined || value === null) return null;
  switch (option.type) {
    case "number": return Number(value);
    case "check": return value ? true : null;
    case "list": return value.split("\n").map((line) => line.trim()).filter(Boolean);
    default: return option.isNumber ? Number(value) : value;
  }
}

/** The pictures that the page shows of a result are outputs of the job. */
function figures(task, kind, request) {
  const wanted = {
    reduce: [["plot", "map.html"]],
    denoise: ["images", "sounds"].includes(kind) ? [["figure", "figure.svg"]] : [],
    colorize: [["figure", "figure.svg"]],
    impute: kind === "images" ? [["figure", "figure.svg"]] : [],
    detect: kind === "images" ? [["heatMaps", "heat-maps"]] : [],
    generate: kind === "images" && !request.files?.model ? [["neighbors", "nearest.svg"]] : [],
  }[task.id] ?? [];
  for (const [key, file] of wanted) setMember(request, ["options", key], file);
  if (task.id === "reduce" && request.options?.curve) request.options.curve = "curve.svg";
}

/** Removes objects without members. */
function prune(value) {
  for (const [key, inner] of Object.entries(value)) {
    if (inner && typeof inner === "object" && !Array.isArray(inner)) {
      prune(inner);
      if (!Object.keys(inner).length) delete value[key];
    }
  }
}
