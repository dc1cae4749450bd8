/** A run: while it waits or trains its progress, afterwards its result. */
import * as api from "./api.js";
import { button, h, icon, notice, replace } from "./dom.js";
import { moment } from "./format.js";
import { LiveRun } from "./live.js";
import { resultElement } from "./result.js";
import { isOpen } from "./runs.js";
import { steps } from "./steps.js";
import { dataOf, subjectOf, taskOf } from "./tasks.js";

export async function jobPage({ id }) {
  let job = await api.job(id);
  const task = taskOf(job), name = dataOf(job.request);
  const node = h("div", { class: "page" });
  let live = null, isLeft = false;
  const draw = async () => {
    live?.end();
    live = null;
    if (isLeft) return;
    const head = h("div", { class: "title-row" }, task && h("span", { class: "title-icon" }, icon(task.id, 26)),
      h("div", null, h("h1", null, `${task?.name ?? job.task}: ${subjectOf(job.request)}`), h("p", { class: "dim" }, stateText(job))));
    if (isOpen(job)) {
      live = new LiveRun(job, task, async () => { job = await api.job(id); await draw(); });
      replace(node, steps("training", { name, task: task?.id }), head, live.node);
    } else {
      let body;
      try {
        body = job.state === "failed" ? failed(job, draw) : await resultElement(job, task);
      } catch (error) {
        console.warn(error.message);
        body = notice("error", error.message);
      }
      if (isLeft) return;
      replace(node, steps("result", { name, task: task?.id }), head, body);
    }
  };
  await draw();
  return { title: `${task?.name ?? job.task}: ${subjectOf(job.request)}`, node, leave: () => { isLeft = true; live?.end(); } };
}

function stateText(job) {
  const when = moment(job.ended ?? job.started ?? job.created);
  switch (job.state) {
    case "queued": return job.position ? `Waits behind ${job.position} other ${job.position === 1 ? "run" : "runs"}.` : "Starts in a moment.";
    case "running": return `Started ${when}.`;
    case "stopping": return "Stops, and keeps the best model so far.";
    case "stopped": return `Stopped by you ${when}; the best model until then was kept.`;
    case "failed": return `Ended with an error ${when}.`;
    default: return `Finished ${when}.`;
  }
}

function failed(job, draw) {
  const problems = h("div");
  const again = async () => {
    try {
      await api.resume(job.id);
      Object.assign(job, await api.job(job.id));
      await draw();
    } catch (error) {
      replace(problems, notice("error", error.message));
    }
  };
  return h("div", null, notice("error", job.error?.message ?? "The run ended without a result."),
    h("p", { class: "actions" },
      h("a", { class: "button primary", href: `#/setup?${new URLSearchParams({ job: job.id })}` }, "Change the options"),
      job.resumable && button("Go on from the last checkpoint", again)), problems);
}
