/** Reads tables of text: RFC 4180 with the separators that the command takes. */

/**
 * The columns and rows of a table.
 *
 * @param {string} text The file.
 * @param {number} limit The most rows.
 * @returns {{columns: string[], rows: string[][]}} Cells as they are written; a missing one is empty.
 */
export function parseTable(text, limit = Infinity) {
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
  const separator = separatorOf(text);
  const rows = text.includes("\"") ? quoted(text, separator, limit + 1) : simple(text, separator, limit + 1);
  const columns = rows.shift() ?? [];
  return { columns, rows };
}

function separatorOf(text) {
  const end = text.indexOf("\n");
  const line = (end < 0 ? text : text.slice(0, end)).replace(/"[^"]*"/g, "");
  let best = ",", most = 0;
  for (const sign of [",", ";", "\t", "|"]) {
    const count = line.split(sign).length - 1;
    if (count > most) { best = sign; most = count; }
  }
  return best;
}

function simple(text, separator, limit) {
  const rows = [];
  let start = 0;
  while (start < text.length && rows.length < limit) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    const stop = text.charCodeAt(end - 1) === 13 ? end - 1 : end;
    if (stop > start) rows.push(text.slice(start, stop).split(separator));
    start = end + 1;
  }
  return rows;
}

function quoted(text, separator, limit) {
  const rows = [];
  let row = [], cell = "", isQuoted = false, begins = true;
  for (let place = 0; place < text.length && rows.length < limit; place += 1) {
    const sign = text[place];
    if (isQuoted) {
      if (sign !== "\"") cell += sign;
      else if (text[place + 1] === "\"") { cell += sign; place += 1; } else isQuoted = false;
    } else if (sign === "\"" && begins) {
      isQuoted = true;
      begins = false;
    } else if (sign === separator) {
      row.push(cell);
      cell = "";
      begins = true;
    } else if (sign === "\n") {
      if (cell !== "" || row.length) rows.push([...row, cell]);
      row = [];
      cell = "";
      begins = true;
    } else if (sign !== "\r") {
      cell += sign;
      begins = false;
    }
  }
  if ((cell !== "" || row.length) && rows.length < limit) rows.push([...row, cell]);
  return rows;
}

const missingWords = new Set(["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?", "."]);

/** Whether a cell holds nothing. */
export const isMissing = (cell) => cell === undefined || cell === null || missingWords.has(cell.trim());

/** Numbers of cells, NaN for what is none. */
export const numbersOf = (cells) =>
  Float64Array.from(cells, (cell) => (isMissing(cell) ? NaN : Number(cell)));

/** Whether a column is of numbers: nine tenths of its cells that are there are. */
export function isNumeric(cells) {
  let present = 0, numbers = 0;
  for (const cell of cells) {
    if (isMissing(cell)) continue;
    present += 1;
    if (Number.isFinite(Number(cell))) numbers += 1;
  }
  return present > 0 && numbers >= 0.9 * present;
}

/** A column of a table by its name. */
export function columnOf(table, name) {
  const place = table.columns.indexOf(name);
  return place < 0 ? null : table.rows.map((row) => row[place]);
}

/** Rows as the text of a CSV file; what a spreadsheet would run as a formula is marked by an apostrophe. */
export function csvText(columns, rows) {
  const cell = (value) => {
    let text = value === null || value === undefined ? "" : String(value);
    if (/^[=+@\t\r]/.test(text) || (/^-/.test(text) && !Number.isFinite(Number(text)))) text = `'${text}`;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll("\"", "\"\"")}"` : text;
  };
  return [columns, ...rows].map((row) => row.map(cell).join(",")).join("\n") + "\n";
}
