/** Questions in the page itself: they can be answered by keyboard, and are read out. */
import { button, h, identifier } from "./dom.js";

/**
 * Asks a question.
 *
 * @param {string} title The question.
 * @param {{text?: string, actions: {label: string, value: any, isDangerous?: boolean}[], cancel?: string}} options What
 *   follows from the answers, what can be done, and the word for doing nothing.
 * @returns {Promise<any>} The value of what was chosen; null for nothing, also by the Escape key.
 */
export function ask(title, { text = "", actions, cancel = "Cancel" }) {
  const before = document.activeElement;
  const heading = identifier("question"), details = `${heading}-details`;
  return new Promise((resolve) => {
    let answer = null;
    const choose = (value) => { answer = value; dialog.close(); };
    const dialog = h("dialog", { class: "question", "aria-labelledby": heading, "aria-describedby": text ? details : null },
      h("h2", { id: heading }, title), text && h("p", { id: details }, text),
      h("div", { class: "actions" },
        actions.map(({ label, value, isDangerous }) => button(label, () => choose(value), { class: isDangerous ? "danger" : "primary" })),
        // The first that has the focus is the one that does no harm.
        button(cancel, () => choose(null), { autofocus: true })));
    // Another page does not wait for the answer.
    const leave = () => dialog.close();
    addEventListener("hashchange", leave);
    dialog.addEventListener("close", () => {
      removeEventListener("hashchange", leave);
      dialog.remove();
      if (before?.isConnected) before.focus();
      resolve(answer);
    });
    // A click beside it, which is one on the dialog itself and on nothing in it.
    dialog.addEventListener("click", (event) => { if (event.target === dialog) choose(null); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Asks whether something is to be done that cannot be undone; true where it is. */
export const confirmed = async (title, text, label) =>
  await ask(title, { text, actions: [{ label, value: true, isDangerous: true }] }) === true;
