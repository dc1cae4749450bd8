/** Numbers, sizes and times as the command writes them. */

const grouping = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** The least of many numbers; `Math.min` takes no more than about a hundred thousand. */
export function least(values, start = Infinity) {
  let found = start;
  for (const value of values) if (value < found) found = value;
  return found;
}

/** The greatest of many numbers. */
export function greatest(values, start = -Infinity) {
  let found = start;
  for (const value of values) if (value > found) found = value;
  return found;
}

/** A whole number with its thousands apart, such as `60,000`. */
export const grouped = (value) => grouping.format(value);

/** `1 row`, `60,000 rows`. */
export const counted = (count, one, many = `${one}s`) => `${grouped(count)} ${count === 1 ? one : many}`;

/** A number with some significant digits, such as `0.0263`, `26.3` or `2630`. */
export function significant(value, digits = 3) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "-" : value < 0 ? "-infinite" : "infinite";
  if (value === 0) return "0";
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (exponent < -5 || exponent >= 15) return value.toExponential(digits - 1).replace("e+", "e");
  return value.toFixed(Math.max(digits - 1 - exponent, 0));
}

/** A number without zeros at its end: `255`, `0.0254`. */
export function plain(value, digits = 5) {
  if (value === null || value === undefined || Number.isNaN(value)) return "-";
  if (Number.isInteger(value) && Math.abs(value) < 1e12) return String(value);
  const text = significant(value, digits);
  return text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
}

/** A part from 0 to 1 as a percentage. */
export const percent = (part, places = 1) => `${(100 * part).toFixed(places)} %`;

/** A size such as `4.5 MiB`. */
export function bytes(count) {
  if (count < 1024) return counted(count, "byte");
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let value = count / 1024, unit = 0;
  while (value >= 1024 && unit < units.length - 1) { value /= 1024; unit += 1; }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** A time such as `0.4 s`, `24 s` or `1:05`. */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return "-";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const padded = (number) => String(number).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours ? `${hours}:${padded(minutes)}:${padded(rest)}` : `${minutes}:${padded(rest)}`;
}

/** About how long something takes: `a few seconds`, `about 2 minutes`. */
export function about(seconds) {
  if (seconds < 5) return "a few seconds";
  if (seconds < 55) return `about ${Math.ceil(seconds / 5) * 5} seconds`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `about ${counted(Math.max(minutes, 1), "minute")}` : `about ${(seconds / 3600).toFixed(1)} hours`;
}

/** A moment as `today 14:05`, or with its date. */
export function moment(value) {
  const date = new Date(typeof value === "number" && value < 1e11 ? value * 1000 : value);
  if (Number.isNaN(date.getTime())) return "";
  const time = date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (date.toDateString() === new Date().toDateString()) return `today ${time}`;
  return `${date.toLocaleDateString("en-CA")} ${time}`;
}

/** A value of a metric with its unit; `format` is as in an evaluation, such as `{"fixed": 3}`. */
export function metric(value, format) {
  if (value === null || value === undefined) return "-";
  if (typeof value === "string") return value;
  return Number.isFinite(value) ? metricNumber(value, format) + metricUnit(format) : significant(value);
}

/** A value of a metric without its unit. */
export function metricNumber(value, format) {
  const [kind, digits] = Object.entries(format ?? { significant: 3 })[0];
  if (kind === "significant") return significant(value, digits);
  return (kind === "percent" ? 100 * value : value).toFixed(digits);
}

/** The unit of a metric, with a space before it. */
export const metricUnit = (format) =>
  ({ percent: " %", decibels: " dB", nats: " nats" })[Object.keys(format ?? {})[0]] ?? "";

/** Even steps for an axis, and its ends: about `count` numbers that are easy to read. */
export function ticks(least, greatest, count = 5) {
  if (!(greatest > least)) { greatest = least + (Math.abs(least) || 1); }
  const rough = (greatest - least) / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((part) => part * power).find((part) => part >= rough * 0.999);
  const values = [];
  for (let index = Math.ceil(least / step - 1e-9); index * step <= greatest + step * 1e-9; index += 1) {
    values.push(Number((index * step).toPrecision(12)));
  }
  return values;
}
