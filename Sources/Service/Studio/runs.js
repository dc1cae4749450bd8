/** Past runs: a list, two or more side by side, and their end. */
import * as api from "./api.js";
import { confirmed } from "./dialog.js";
import { announce, button, h, icon, notice, replace } from "./dom.js";
import { evaluationElement, headline, verdictText } from "./evaluation.js";
import { counted, duration, moment, percent } from "./format.js";
import { member, optionsOf, subjectOf, taskOf } from "./tasks.js";

const states = { queued: "Waiting", running: "Running", stopping: "Stopping", done: "Finished", stopped: "Stopped, model kept", failed: "Failed" };

const jobLink = (job) => `#/job?${new URLSearchParams({ id: job.id })}`;

/** Whether a job will change by itself. */
export const isOpen = (job) => ["queued", "running", "stopping"].includes(job.state);

/** What is said of the state of a job in a list. */
function stateElement(job) {
  const part = job.state === "running" && Number.isFinite(job.progress?.fraction) ? ` ${percent(job.progress.fraction, 0)}` : "";
  return h("span", { class: `state ${job.state}` }, states[job.state] ?? job.state, part);
}

/** A job in a short list. */
export function jobLine(job) {
  const task = taskOf(job);
  return h("li", null, h("a", { href: jobLink(job) }, icon(task?.id ?? "table"), h("span", { class: "name" }, `${task?.name ?? job.task}: ${subjectOf(job.request)}`)),
    stateElement(job), h("span", { class: "dim" }, moment(job.created)));
}

export async function runsPage() {
  const node = h("div", { class: "page" });
  const problems = h("div", { class: "problems" }), place = h("div");
  const chosen = new Set();
  let timer = 0, isLeft = false;
  const draw = async () => {
    clearTimeout(timer);
    let jobs;
    try {
      jobs = (await api.jobs()).filter((job) => taskOf(job));
      replace(problems);
    } catch (error) {
      replace(problems, notice("error", error.message));
      return;
    }
    if (isLeft) return;
    replace(place, jobs.length ? runsTable(jobs, chosen, draw, problems) : h("p", { class: "empty-page" }, "No runs yet. ", h("a", { href: "#/" }, "Start with some data.")));
    if (jobs.some(isOpen)) timer = setTimeout(() => { if (!node.contains(document.activeElement)) draw(); else timer = setTimeout(draw, 3000); }, 3000);
  };
  node.append(h("h1", null, "Runs"), problems, place);
  await draw();
  return { title: "Runs", node, leave: () => { isLeft = true; clearTimeout(timer); } };
}

function runsTable(jobs, chosen, draw, problems) {
  const compare = h("a", { class: "button" }, "Compare");
  const update = () => {
    const same = new Set(jobs.filter((job) => chosen.has(job.id)).map((job) => job.task));
    const isPossible = chosen.size >= 2 && same.size === 1;
    compare.textContent = chosen.size >= 2 ? (isPossible ? `Compare ${chosen.size} runs` : "Choose runs of one task") : "Choose two runs to compare";
    if (isPossible) compare.href = `#/compare?${new URLSearchParams({ ids: [...chosen].join(",") })}`;
    else compare.removeAttribute("href");
    compare.setAttribute("aria-disabled", String(!isPossible));
  };
  const remove = async (job) => {
    const title = `${taskOf(job).name}: ${subjectOf(job.request)}`;
    const isSure = isOpen(job) ? await confirmed(`Discard ${title}?`, "It is ended, and nothing of it is kept.", "Discard the run")
      : await confirmed(`Delete ${title}?`, "Its files are deleted with it; its model stays.", "Delete the run");
    if (!isSure) return;
    try {
      await api.deleteJob(job.id);
      chosen.delete(job.id);
      announce(`${title} is deleted`);
      draw();
    } catch (error) {
      replace(problems, notice("error", error.message));
    }
  };
  const rows = jobs.map((job) => {
    const task = taskOf(job), title = `${task.name}: ${subjectOf(job.request)}`;
    const check = h("input", {
      type: "checkbox", checked: chosen.has(job.id), disabled: job.state !== "done", "aria-label": `Compare ${title}, ${moment(job.created)}`,
      on: { change: (event) => { if (event.target.checked) chosen.add(job.id); else chosen.delete(job.id); update(); } },
    });
    const figure = h("td", { "data-label": "Result" });
    if (job.state === "done") {
      headlineOf(job.id).then((found) => {
        if (found) replace(figure, h("span", { class: "dim" }, `${found.name} `), found.text);
      }).catch(() => {});
    }
    return h("tr", null, h("td", { class: "check" }, check),
      h("th", { scope: "row" }, h("a", { href: jobLink(job) }, icon(task.id), title)),
      h("td", { "data-label": "State" }, stateElement(job)), figure,
      h("td", { "data-label": "Time", class: "number" }, job.seconds ? duration(job.seconds) : ""),
      h("td", { "data-label": "Started", class: "dim" }, moment(job.started ?? job.created)),
      h("td", { class: "row-actions" }, button(icon("close", 16), () => remove(job), { class: "quiet icon-only", "aria-label": `${isOpen(job) ? "Discard" : "Delete"} ${title}` })));
  });
  update();
  return [h("div", { class: "section-head" }, h("p", { class: "dim" }, counted(jobs.length, "run")), compare),
    h("div", { class: "scroll wide-only", tabindex: "0", role: "region", "aria-label": "Runs" }, h("table", { class: "runs-table" },
      h("caption", { class: "visually-hidden" }, "Runs, newest first"),
      h("thead", null, h("tr", null, h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, "Compare")),
        ["Run", "State", "Result", "Time", "Started"].map((title) => h("th", { scope: "col", class: title === "Time" ? "number" : null }, title)),
        h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, "Delete")))),
      h("tbody", null, rows)))];
}

const headlines = new Map();

/** The main figure of a run that is done; its result does not change, and is asked for once. */
function headlineOf(id) {
  if (!headlines.has(id)) {
    headlines.set(id, api.result(id).then((result) => headline(result.evaluationOfData ?? result.evaluation))
      .catch((error) => { headlines.delete(id); throw error; }));
  }
  return headlines.get(id);
}

/** Runs of one task side by side: their evaluations, and the options that differ. */
export async function comparePage({ ids = "" }) {
  const list = await Promise.all(ids.split(",").filter(Boolean).slice(0, 6).map(async (id) => {
    const [job, result] = await Promise.all([api.job(id), api.result(id)]);
    return { job, result, evaluation: result.evaluationOfData ?? result.evaluation };
  }));
  if (list.length < 2) throw new Error("Choose two runs or more in the list of runs.");
  const task = taskOf(list[0].job);
  return {
    title: "Compare runs",
    node: h("div", { class: "page" }, h("h1", null, `${task?.name ?? list[0].job.task}: ${counted(list.length, "run")} side by side`),
      h("section", { class: "panel" }, h("h2", null, "The models"), metricsTable(list)),
      h("section", { class: "panel" }, h("h2", null, "What differs"), differencesTable(list, task)),
      h("div", { class: "compared" }, list.map(({ job, evaluation }) => h("section", { class: "panel" }, h("h2", null, h("a", { href: jobLink(job) }, runName(job))),
        evaluation ? evaluationElement(evaluation) : h("p", { class: "dim" }, "This run has no evaluation."))))),
  };
}

const runName = (job) => `${subjectOf(job.request)}, ${moment(job.created)}`;

function metricsTable(list) {
  const metrics = [];
  for (const { evaluation } of list) {
    for (const column of evaluation?.tables[0]?.metrics ?? []) if (!metrics.some((known) => known.name === column.name)) metrics.push(column);
  }
  const columns = list.map(({ job, evaluation }) => ({ name: runName(job), values: evaluation?.tables[0]?.methods[0]?.values ?? {} }));
  // The same table as an evaluation, whose methods are the runs.
  const table = { title: "", metrics, methods: columns.map((column) => ({ name: column.name, isBaseline: false, values: column.values })) };
  return [metrics.length > 0 ? evaluationElement({ title: "The model of each run, by its main metrics", tables: [table], notes: [], warnings: [] }) : h("p", { class: "dim" }, "These runs have no evaluation."),
    h("ul", { class: "notes" }, list.filter(({ evaluation }) => evaluation?.verdict).map(({ job, evaluation }) =>
      h("li", null, h("b", null, runName(job)), `: ${verdictText(evaluation.verdict)}`)))];
}

function differencesTable(list, task) {
  const options = task ? optionsOf(task, { kind: null }).concat() : [];
  const labels = new Map(options.filter((option) => option.path).map((option) => [option.path.join("."), option.label]));
  const paths = new Set();
  const walk = (value, path) => {
    for (const [key, inner] of Object.entries(value ?? {})) {
      if (inner && typeof inner === "object" && !Array.isArray(inner)) walk(inner, [...path, key]);
      else paths.add([...path, key].join("."));
    }
  };
  list.forEach(({ job }) => walk(job.request, []));
  const text = (job, path) => {
    const value = member(job.request, path.split("."));
    return value === undefined ? "–" : Array.isArray(value) ? value.join(", ") : String(value);
  };
  const rows = [...paths].filter((path) => path !== "task" && new Set(list.map(({ job }) => text(job, path))).size > 1)
    .map((path) => [labels.get(path) ?? path, ...list.map(({ job }) => text(job, path))]);
  rows.push(["Training took", ...list.map(({ result }) => (result.seconds?.learning === undefined ? "–" : duration(result.seconds.learning)))]);
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "What differs" }, h("table", null, h("caption", { class: "visually-hidden" }, "Options that differ"),
    h("thead", null, h("tr", null, h("td"), list.map(({ job }) => h("th", { scope: "col" }, runName(job))))),
    h("tbody", null, rows.map(([title, ...cells]) => h("tr", null, h("th", { scope: "row" }, title), cells.map((cell) => h("td", null, cell)))))));
}
