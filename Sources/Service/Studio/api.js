/** The calls of the HTTP interface that the page makes; `/openapi.json` describes them. */

/** What the server said is wrong, in its words. */
export class ServerError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

let askForToken = null;
/** The question for a token that is open, for all calls that wait for its answer. */
let asking = null;

/** Sets what is called where the server wants a token; it returns when one was given. */
export function onMissingToken(ask) { askForToken = ask; }

async function problem(response) {
  const text = await response.text().catch(() => "");
  try {
    const body = JSON.parse(text);
    return new ServerError(body.detail || body.title || response.statusText, response.status);
  } catch {
    return new ServerError(`The server answered ${response.status} ${response.statusText}.`, response.status);
  }
}

async function call(path, options = {}, mayRetry = true) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServerError("The server does not answer. Check that hourglass serve is running, then try again.", 0);
  }
  if (response.status === 401 && mayRetry && path !== "/v1/session") {
    await renewSession();
    return call(path, options, false);
  }
  if (!response.ok) throw await problem(response);
  return response;
}

/** Gets the cookie that loading the page gives on the own machine, or asks for the token. */
async function renewSession() {
  await fetch("/", { credentials: "same-origin", cache: "no-store" });
  const response = await fetch("/v1/session", { credentials: "same-origin" });
  if (response.status !== 401 || !askForToken) return;
  asking ??= askForToken().finally(() => { asking = null; });
  await asking;
}

const json = async (path, options) => (await call(path, options)).json();
const send = (method, body) => ({
  method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
});
const part = encodeURIComponent;

export const session = () => json("/v1/session");
export const logIn = (token) => call("/v1/session", send("POST", { token }), false);
export const logOut = () => call("/v1/session", { method: "DELETE" }, false);

export const listData = async () => (await json("/v1/data")).items;
export const examples = async () => (await json("/v1/examples")).examples;

/** The data of the examples, as the list of data has them. */
export async function exampleData() {
  const requests = (await examples()).map((example) => example.request);
  const names = new Set(requests.flatMap((request) => [...request.data, request.files?.learnFrom, request.options?.labels]).filter(Boolean));
  return [...names].map((name) => ({ name, place: "examples", kind: /\.[a-z0-9]+$/i.test(name) ? "other" : "set" }));
}

export const deleteData = (name) => call(`/v1/data/${name.split("/").slice(1).map(part).join("/")}`, { method: "DELETE" });
export const inspect = (data, reading = {}, signal = null) =>
  json("/v1/inspect", { ...send("POST", { data, reading }), signal });
export const preview = (name, from = 0, count = 50) =>
  json(`/v1/preview?name=${part(name)}&from=${from}&count=${count}`);

/** The address of a file of data. */
export const dataAddress = (name) => `/v1/file?name=${part(name)}`;

/** The text of a file of data; `.gz` files are unpacked. */
export async function dataText(name) { return unpackedText(await call(dataAddress(name)), name); }

/** The bytes of a file of data; `.gz` files are unpacked. */
export async function dataBytes(name) {
  return new Uint8Array(await (await unpacked(await call(dataAddress(name)), name)).arrayBuffer());
}

/** The most bytes of a file that the page reads as a whole. */
const mostBytes = 256 << 20;

const unpacked = async (response, name) => (/\.gz$/i.test(name)
  ? new Response((await response.blob()).stream().pipeThrough(new DecompressionStream("gzip"))) : response);

async function unpackedText(response, name) {
  if (Number(response.headers.get("Content-Length")) > mostBytes) {
    await response.body?.cancel();
    throw new ServerError(`${name} is too large to be shown here; download it.`, 0);
  }
  return (await unpacked(response, name)).text();
}

/**
 * Uploads a file.
 *
 * @param {File} file The file.
 * @param {{set?: string, name?: string, replace?: boolean, onProgress?: Function, signal?: AbortSignal}} options
 *   The set that it goes into, and what is called with the bytes that are sent.
 */
export function upload(file, { set, name = file.name, replace = false, onProgress, signal } = {}) {
  const path = `/v1/data/${set ? `${part(set)}/` : ""}${part(name)}${replace ? "?replace=true" : ""}`;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.addEventListener("progress", (event) => onProgress?.(event.loaded));
    request.addEventListener("load", () => {
      let body = {};
      try { body = JSON.parse(request.responseText); } catch { /* Told by the status. */ }
      if (request.status < 300) resolve(body);
      else reject(new ServerError(body.detail ?? `The server answered ${request.status}.`, request.status));
    });
    request.addEventListener("error", () =>
      reject(new ServerError(`${file.name} could not be uploaded: the connection to the server ended.`, 0)));
    request.addEventListener("abort", () => reject(new ServerError("The upload was ended.", 0)));
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

export const jobs = async () => (await json("/v1/jobs")).jobs;
export const job = (id) => json(`/v1/jobs/${part(id)}`);
export const start = (request) => json("/v1/jobs", send("POST", request));
export const stop = (id) => call(`/v1/jobs/${part(id)}/stop`, { method: "POST" });
export const resume = (id) => call(`/v1/jobs/${part(id)}/resume`, { method: "POST" });
export const deleteJob = (id) => call(`/v1/jobs/${part(id)}`, { method: "DELETE" });
export const result = (id) => json(`/v1/jobs/${part(id)}/result`);
export const jobFiles = async (id) => (await json(`/v1/jobs/${part(id)}/files`)).files;
export const command = (id) => json(`/v1/jobs/${part(id)}/command`);

/** The address of a file that a job wrote. */
export const jobAddress = (id, name, { download = false, spreadsheet = false } = {}) =>
  `/v1/jobs/${part(id)}/file?name=${part(name)}${spreadsheet ? "&for=spreadsheet" : ""}${download ? "&download=true" : ""}`;

/** The address of a folder that a job wrote, as a ZIP file. */
export const archiveAddress = (id, folder) => `/v1/jobs/${part(id)}/archive?folder=${part(folder)}`;

/** The text of a file that a job wrote. */
export const jobText = async (id, name) => unpackedText(await call(jobAddress(id, name)), name);

/**
 * Follows the events of a job from its beginning.
 *
 * @param {string} id The job.
 * @param {Function} take Takes the name and the value of each event.
 * @returns {Function} Ends it.
 */
export function follow(id, take) {
  const source = new EventSource(`/v1/jobs/${part(id)}/events`);
  const names = ["state", "message", "warning", "working", "baseline", "training", "finished", "stoppable", "ended"];
  for (const name of names) {
    source.addEventListener(name, (event) => {
      if (name === "ended") source.close();
      take(name, JSON.parse(event.data));
    });
  }
  source.addEventListener("open", () => take("connected", {}));
  source.addEventListener("error", () => take("disconnected", { isFinal: source.readyState === EventSource.CLOSED }));
  return () => source.close();
}

export const models = async () => (await json("/v1/models")).models;
export const modelSummary = (name) => json(`/v1/models/${part(name)}`);
export const modelAddress = (name) => `/v1/models/${part(name)}/file`;
export const deleteModel = (name) => call(`/v1/models/${part(name)}`, { method: "DELETE" });

export const databases = async () => (await json("/v1/databases")).databases;
export const databaseAddress = (name) => `/v1/databases/${part(name)}/file`;
export const deleteDatabase = (name) => call(`/v1/databases/${part(name)}`, { method: "DELETE" });

/** Looks for an item, a file or a blob, in a database of signatures. */
export const find = (database, body, type, count = 5, falseAccepts = null) =>
  json(`/v1/databases/${part(database)}/find?count=${count}${falseAccepts ? `&falseAccepts=${falseAccepts}` : ""}`,
    { method: "POST", headers: { "Content-Type": type }, body });
