/** A run in progress: its loss, the time left, and the ways to end it. */
import * as api from "./api.js";
import { lineChart } from "./chart.js";
import { announce, button, h, notice, replace } from "./dom.js";
import { about, counted, duration, grouped, percent, significant } from "./format.js";

/** The most points of a line; more are thinned out. */
const mostPoints = 600;

/** The live view of a job; `node` is its element. */
export class LiveRun {
  /** @param {Function} finished Is called when the job has ended. */
  constructor(job, task, finished) {
    Object.assign(this, { job, task, finished });
    this.losses = [];
    this.validations = [];
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
      this.chartPanel = h("section", { class: "panel", hidden: true }, h("h2", null, "Loss"), this.chart.node,
        h("p", { class: "hint" }, "The lower the better. Validation loss is of items that are held out from training; when it no longer "
          + "falls, training ends by itself. The comparison with the baselines follows at the end.")),
      this.messages);
    if (job.progress) this.progress(job.progress);
    if (job.keeps) this.keep.disabled = false;
    this.unfollow = api.follow(job.id, (name, event) => this.take(name, event));
    this.timer = setInterval(() => this.draw(), 250);
  }

  end() {
    this.unfollow();
    clearInterval(this.timer);
  }

  take(name, event) {
    switch (name) {
      case "connected":
        // Events come again from the beginning.
        this.losses = [];
        this.validations = [];
        replace(this.problems);
        replace(this.messages);
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
    if (event.state === "progress") push(this.losses, [place, event.loss]);
    if (event.state === "epochFinished") {
      if (!this.losses.length || this.losses.at(-1)[0] < place) push(this.losses, [place, event.loss]);
      if (Number.isFinite(event.validationLoss)) push(this.validations, [place, event.validationLoss]);
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
    this.chart.update({
      lines: [
        { name: "Training", points: this.losses, kind: this.validations.length > 1 ? "dim" : "line" },
        { name: "Validation", points: this.validations, kind: this.validations.length > 1 ? "line" : "points" },
      ],
    });
    const { outline, latest } = this;
    const rows = [
      outline && ["Trained on", `${counted(outline.items, outline.unit ?? "item")}, ${grouped(outline.itemsHeldOut)} held out`],
      latest?.epoch && ["Epoch", `${grouped(latest.epoch)}${outline?.epochs ? ` of at most ${grouped(outline.epochs)}` : ""}`],
      outline?.parameters && ["Parameters", grouped(outline.parameters)],
      latest?.itemsPerSecond && ["Speed", `${grouped(Math.round(latest.itemsPerSecond))} ${outline?.unit ?? "item"}s a second`],
      latest?.seconds && ["Time", duration(latest.seconds)],
      this.validations.length && ["Best validation loss", significant(Math.min(...this.validations.map(([, loss]) => loss)), 4)],
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
    if (!confirm("Discard this run? Nothing of it is kept.")) return;
    try {
      this.end();
      await api.deleteJob(this.job.id);
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
