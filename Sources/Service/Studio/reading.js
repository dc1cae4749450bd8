/** How data are read, as the user changed it; kept while the browser's tab is open. */

const key = (name) => `reading ${name}`;

/** The changes of a reading, as `reading` of a request. */
export function readingOf(name) {
  try { return JSON.parse(sessionStorage.getItem(key(name))) ?? {}; } catch { return {}; }
}

/** Keeps the changes of a reading. */
export function setReading(name, reading) {
  try {
    if (reading && Object.keys(reading).length) sessionStorage.setItem(key(name), JSON.stringify(reading));
    else sessionStorage.removeItem(key(name));
  } catch { /* Without storage the choice lasts until the page is left. */ }
}

/** The kinds of columns that were chosen, by name. */
export function chosenKinds(reading) {
  const kinds = new Map();
  for (const text of reading.columns ?? []) {
    const sign = text.lastIndexOf("=");
    kinds.set(text.slice(0, sign), text.slice(sign + 1));
  }
  return kinds;
}

/** A reading with another kind of a column; an empty kind is the one that is found. */
export function withKind(reading, name, kind) {
  const kinds = chosenKinds(reading);
  if (kind) kinds.set(name, kind);
  else kinds.delete(name);
  const { columns, ...rest } = reading;
  return kinds.size ? { ...rest, columns: [...kinds].map(([column, word]) => `${column}=${word}`) } : rest;
}
