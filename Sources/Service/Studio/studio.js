/** Starts the page: the address after # chooses what is shown. */
import * as api from "./api.js";
import { button, h, icon, notice, replace } from "./dom.js";
import { bytes } from "./format.js";
import { dataPage } from "./data.js";
import { modelsPage } from "./models.js";
import { comparePage, runsPage } from "./runs.js";
import { jobPage } from "./job.js";
import { setupPage } from "./setup.js";
import { startPage } from "./start.js";

const main = document.getElementById("main");
let leave = null;
let visits = 0;

/** The pages by the first part of the address: each returns `{title, node, leave?}`. */
const pages = {
  "": { show: startPage, page: "start" },
  data: { show: dataPage, page: "start" },
  setup: { show: setupPage, page: "start" },
  job: { show: jobPage, page: "runs" },
  runs: { show: runsPage, page: "runs" },
  compare: { show: comparePage, page: "runs" },
  models: { show: modelsPage, page: "models" },
};

async function show() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const values = Object.fromEntries(new URLSearchParams(query));
  const { show: make, page } = pages[path] ?? pages[""];
  const visit = (visits += 1);
  leave?.();
  leave = null;
  for (const link of document.querySelectorAll("nav a[data-page]")) {
    if (link.dataset.page === page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const wait = setTimeout(() => {
    if (visit === visits) replace(main, h("p", { class: "loading" }, "Loading…"));
  }, 250);
  let shown;
  try {
    shown = await make(values);
  } catch (error) {
    shown = { title: "Error", node: problemPage(error) };
  }
  clearTimeout(wait);
  if (visit !== visits) { shown.leave?.(); return; }
  leave = shown.leave ?? null;
  document.title = `${shown.title} · Hourglass Studio`;
  replace(main, shown.node);
  if (visit > 1) { scrollTo(0, 0); main.focus({ preventScroll: true }); }
}

function problemPage(error) {
  if (!(error instanceof api.ServerError)) console.error(error);
  return h("div", { class: "page narrow" }, h("h1", null, "This page cannot be shown"),
    notice("error", error.message || "Something is wrong with this page."),
    h("p", null, button("Try again", show, { class: "primary" }), " ", h("a", { href: "#/" }, "Go to the start")));
}

/** A form for the token; the promise ends when the server took one. */
function askForToken() {
  return new Promise((resolve) => {
    const problem = h("div");
    const field = h("input", { id: "token", type: "password", autocomplete: "current-password", required: true });
    const form = h("form", {
      class: "panel token", on: {
        submit: async (event) => {
          event.preventDefault();
          replace(problem);
          try {
            await api.logIn(field.value.trim());
            await showSession();
            resolve();
          } catch (error) {
            replace(problem, notice("error", error.message));
            field.focus();
          }
        },
      },
    }, h("label", { for: "token" }, "Token"), field,
    h("p", { class: "hint" }, "The person who runs this server gives you your token. It opens your own workspace."),
    problem, h("button", { type: "submit", class: "primary" }, "Open the workspace"));
    visits += 1;
    document.title = "Token · Hourglass Studio";
    replace(main, h("div", { class: "page narrow" }, h("h1", null, "Open your workspace"), form));
    field.focus();
  }).then(() => show());
}

async function showSession() {
  const who = document.getElementById("who");
  const session = await api.session();
  const { bytes: space } = session.quotas;
  const isNamed = session.user && !["", "default", "local"].includes(session.user);
  replace(who,
    isNamed && [h("span", { class: "user" }, session.user), button("Sign out", async () => {
      await api.logOut();
      location.hash = "#/";
      location.reload();
    }, { class: "quiet small" })]);
  replace(document.getElementById("footer"), `Hourglass ${session.version}. `,
    space.limit ? `${bytes(space.used)} of ${bytes(space.limit)} are used. ` : `${bytes(space.used)} are stored. `,
    "Data and models stay on this server. ", h("a", { href: "/openapi.json" }, "HTTP interface", icon("arrow", 13)));
}

api.onMissingToken(askForToken);
addEventListener("hashchange", show);
show();
showSession().catch(() => {});
