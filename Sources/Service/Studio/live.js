/** A run in progress: its loss, the time left, and the ways to end it. */
import * as api from "./api.js";
import { lineChart } from "./chart.js";
import { confirmed } from "./dialog.js";
import { announce, button, h, notice, replace } from "./dom.js";
import { about, counted, duration, grouped, percent, significant } from "./format.js";

/** The most points of a line; more are thinned out. */
const mostPoints = 600;

/** The live view of a job; `node` is its element. */
export class LiveRun {
  /** @param {Function} finished Is called when the job has ended. */
  constructor(job, task, finished) {
    Object.assign(this, { job, task, finished });
    this.forget();
    this.messages = h("ul", { class: "messages" });
    this.problems = h("div");
    this.bar = h("progress", { max: "1", "aria-label": "Progress" });
    this.stage = h("p", { class: "stage" }, job.state === "queued" ? "Waiting" : "Starting");
    this.left = h("p", { class: "dim" });
    this.figures = h("dl", { class: "figures" });
    this.chart = lineChart({ label: "Loss while training", x: "epoch", y: "loss" });
    this.keep = button("Stop and keep the model", () => this.stop(), { class: "primary", disabled: true });
    this.drop = button("Discard", () => this.discard());
    this.node = h("div", { class: "live" },
      h("section", { class: "panel" },
        h("div", { class: "live-head" }, h("div", null, this.stage, this.left), h("div", { class: "actions" }, this.keep, this.drop)),
        this.bar, this.problems, this.figures),
      this.chartPanel = h("section", { class: "panel", hidden: true }, this.chartTitle = h("h2", null, "Loss"), this.chart.node,
        this.chartText = h("p", { class: "hint" })),
      this.messages);
    if (job.progress) this.progress(job.progress);
    if (job.keeps) this.keep.disabled = false;
    this.unfollow = api.follow(job.id, (name, event) => this.take(name, event));
    this.timer = setInterval(() => this.draw(), 250);
  }

  /** Begins the lines anew. */
  forget() {
    this.losses = { training: [], validation: [] };
    this.errors = { training: [], validation: [] };
    this.baselines = [];
  }

  end() {
    this.unfollow();
    clearInterval(this.timer);
  }

  take(name, event) {
    switch (name) {
      case "connected":
        // After a cut the events go on behind the last one.
        replace(this.problems);
        break;
      case "disconnected":
        if (event.isFinal) this.poll();
        else replace(this.problems, notice("warning", "The connection to the server is interrupted; trying again."));
        break;
      case "state":
        if (event.state === "queued") this.stage.textContent = event.position ? `Waiting behind ${counted(event.position, "other run")}` : "Waiting";
        if (event.state === "stopping") this.stopping();
        this.keep.disabled = !event.keeps || event.state === "stopping";
        break;
      case "message": case "warning":
        this.messages.append(h("li", { class: name }, event.text));
        break;
      case "working":
        this.stage.textContent = sentence(event.work);
        this.bar.value = event.fraction;
        this.left.textContent = percent(event.fraction, 0);
        break;
      case "baseline":
        this.baselines.push({ name: event.name, value: event.error });
        break;
      case "stoppable":
        this.keep.disabled = event.by !== "endingLearning" || this.isStopping;
        break;
      case "finished":
        if (event.stage === "learning") { this.keep.disabled = true; this.stage.textContent = "Applying the model"; this.bar.removeAttribute("value"); }
        if (event.stage === "encoding") { this.stage.textContent = "Evaluating"; this.bar.removeAttribute("value"); this.left.textContent = ""; }
        break;
      case "training": this.train(event); break;
      case "ended": this.end(); announce("The run has ended."); this.finished(); break;
      default:
    }
  }

  /** Asks for the job where its events can no longer be followed. */
  async poll() {
    this.end();
    for (;;) {
      await new Promise((resolve) => { setTimeout(resolve, 2000); });
      if (!this.node.isConnected) return;
      try {
        const job = await api.job(this.job.id);
        if (!["queued", "running", "stopping"].includes(job.state)) { this.finished(); return; }
        // Followed anew, the events come again from the beginning.
        this.forget();
        replace(this.messages);
        this.unfollow = api.follow(job.id, (name, event) => this.take(name, event));
        this.timer = setInterval(() => this.draw(), 250);
        return;
      } catch (error) {
        replace(this.problems, notice("error", error.message));
        if (error.status === 404) return;
      }
    }
  }

  train(event) {
    if (!this.isStopping) this.stage.textContent = event.state === "preparing" ? "Preparing" : "Training";
    if (event.state === "started") {
      this.outline = event;
      this.perEpoch = event.stepsPerEpoch;
      this.unit = event.unit;
    }
    if (event.state === "preparing") { this.bar.value = event.fraction; return; }
    const place = this.perEpoch && event.step ? event.step / this.perEpoch : event.epoch;
    const known = [[this.losses, event.loss, event.validationLoss], [this.errors, event.error, event.validationError]];
    for (const [{ training, validation }, own, held] of known) {
      const isNew = event.state === "progress" || (event.state === "epochFinished" && !(training.at(-1)?.[0] >= place));
      if (isNew && Number.isFinite(own)) push(training, [place, own]);
      if (event.state === "epochFinished" && Number.isFinite(held)) push(validation, [place, held]);
    }
    if (event.state === "diverged") this.messages.append(h("li", { class: "warning" }, "The loss was no longer a number; training goes on from the last good state."));
    this.progress(event);
    this.changed = true;
  }

  progress(event) {
    if (Number.isFinite(event.fraction)) this.bar.value = event.fraction;
    this.latest = { ...this.latest, ...Object.fromEntries(Object.entries(event).filter(([, value]) => value !== null && value !== undefined)) };
    const left = event.secondsLeft ?? (event.fraction > 0.02 && event.seconds ? event.seconds / event.fraction - event.seconds : null);
    if (left !== null && Number.isFinite(left)) this.left.textContent = `${sentence(about(left))} left at most`;
  }

  draw() {
    if (!this.changed) return;
    this.changed = false;
    this.chartPanel.hidden = false;
    // Baselines are errors, and so are the lines beside them then; the loss may have other parts.
    const { outline, latest, baselines } = this, hasBaselines = baselines.length > 0;
    const { training, validation } = hasBaselines ? this.errors : this.losses;
    this.chartTitle.textContent = hasBaselines ? "Error beside the baselines" : "Loss";
    this.chartText.textContent = hasBaselines
      ? "The squared error of an item, the lower the better. The model is better than a baseline where the line of validation is below "
        + "its level; both are of the same items, which are held out from training."
      : "The lower the better. Validation loss is of items that are held out from training; when it no longer "
        + "falls, training ends by itself. The comparison with the baselines follows at the end.";
    this.chart.update({
      y: hasBaselines ? "squared error" : "loss", levels: baselines,
      lines: [
        { name: "Training", points: training, kind: validation.length > 1 ? "dim" : "line" },
        { name: "Validation", points: validation, kind: validation.length > 1 ? "line" : "points" },
      ],
    });
    const rows = [
      outline && ["Trained on", `${counted(outline.items, outline.unit ?? "item")}, ${grouped(outline.itemsHeldOut)} held out`],
      latest?.epoch && ["Epoch", `${grouped(latest.epoch)}${outline?.epochs ? ` of at most ${grouped(outline.epochs)}` : ""}`],
      outline?.parameters && ["Parameters", grouped(outline.parameters)],
      latest?.itemsPerSecond && ["Speed", `${grouped(Math.round(latest.itemsPerSecond))} ${outline?.unit ?? "item"}s a second`],
      latest?.seconds && ["Time", duration(latest.seconds)],
      this.losses.validation.length && ["Best validation loss", significant(Math.min(...this.losses.validation.map(([, loss]) => loss)), 4)],
    ].filter(Boolean);
    replace(this.figures, rows.map(([title, text]) => h("div", null, h("dt", null, title), h("dd", null, text))));
  }

  stopping() {
    this.isStopping = true;
    this.keep.disabled = true;
    this.stage.textContent = "Stopping: the best model so far is kept";
  }

  async stop() {
    this.stopping();
    try {
      await api.stop(this.job.id);
    } catch (error) {
      this.isStopping = false;
      this.keep.disabled = false;
      replace(this.problems, notice("error", error.message));
    }
  }

  async discard() {
    if (!await confirmed("Discard this run?", "Training ends, and nothing of it is kept.", "Discard the run")) return;
    try {
      await api.deleteJob(this.job.id);
      this.end();
      location.hash = "#/runs";
    } catch (error) {
      replace(this.problems, notice("error", error.message));
    }
  }
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function push(points, point) {
  points.push(point);
  if (points.length > mostPoints) {
    for (let index = points.length - 2; index > 0; index -= 2) points.splice(index, 1);
  }
}
