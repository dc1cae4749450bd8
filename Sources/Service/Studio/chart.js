/** Charts as SVG, drawn anew at the width that they have so that their text keeps its size. */
import { h, s } from "./dom.js";
import { plain, significant, ticks } from "./format.js";

/** A node that draws itself at its width whenever that changes; returns the node and a function to redraw. */
export function responsive(height, draw, label) {
  const node = h("div", { class: "chart", role: "img", "aria-label": label });
  let width = 0;
  const redraw = () => {
    if (width > 40) node.replaceChildren(draw(width, typeof height === "function" ? height(width) : height));
  };
  new ResizeObserver(([entry]) => {
    const next = Math.floor(entry.contentRect.width);
    if (next !== width) { width = next; redraw(); }
  }).observe(node);
  return { node, redraw };
}

const frame = (width, height, ...children) =>
  s("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" }, children);

/** Positions of values on an axis of pixels. */
function scale(least, greatest, from, to, isLogarithmic = false) {
  const place = isLogarithmic ? Math.log10 : (value) => value;
  const [low, high] = [place(least), place(greatest)];
  return (value) => from + (place(value) - low) / (high - low || 1) * (to - from);
}

/** Steps of a logarithmic axis. */
function logarithmicTicks(least, greatest) {
  const values = [];
  const steps = greatest / least > 200 ? [1] : greatest / least > 20 ? [1, 3] : [1, 2, 5];
  for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(greatest)); power += 1) {
    for (const step of steps) {
      const value = step * 10 ** power;
      if (value >= least && value <= greatest) values.push(Number(value.toPrecision(6)));
    }
  }
  return values.length > 1 ? values : ticks(least, greatest, 4);
}

/**
 * A chart of lines that grow.
 *
 * @param {{label: string, x: string, y: string, height?: number}} options The names of the axes.
 * @returns {{node: Element, update: Function}} `update` takes `{lines: [{name, points: [[x, y]], kind}],
 *   levels: [{name, value}], end, y}`; `kind` is `line`, `dim` or `points`.
 */
export function lineChart({ label, x, y, height = 260 }) {
  let data = { lines: [], levels: [] };
  const { node, redraw } = responsive(height, (width, tall) => {
    const lines = data.lines.filter((line) => line.points.length > 0);
    const all = lines.flatMap((line) => line.points).filter((point) => Number.isFinite(point[1]));
    if (all.length < 2) return frame(width, tall, s("text", { x: width / 2, y: tall / 2, class: "empty" },
      "The loss appears here after the first steps."));
    const values = [...all.map((point) => point[1]), ...data.levels.map((level) => level.value)];
    let [least, greatest] = [Math.min(...values), Math.max(...values)];
    const isLogarithmic = least > 0 && greatest / least > 6;
    const margin = isLogarithmic ? 0 : (greatest - least) * 0.06 || Math.abs(greatest) * 0.1 || 1;
    if (isLogarithmic) { least /= 1.08; greatest *= 1.08; } else { least -= margin; greatest += margin; }
    const first = Math.min(...all.map((point) => point[0]));
    const last = Math.max(data.end ?? 0, ...all.map((point) => point[0]));
    const [left, right, top, bottom] = [58, 12, 28, 36];
    const across = scale(first, last, left, width - right);
    const down = scale(least, greatest, tall - bottom, top, isLogarithmic);
    const marks = isLogarithmic ? logarithmicTicks(least, greatest) : ticks(least, greatest, 4);
    return frame(width, tall,
      marks.filter((value) => value >= least && value <= greatest).map((value) => [
        s("line", { x1: left, x2: width - right, y1: down(value), y2: down(value), class: "grid" }),
        s("text", { x: left - 8, y: down(value) + 4, class: "end" }, plain(value, 3))]),
      ticks(first, last, width < 500 ? 3 : 6).filter((value) => value >= first && value <= last).map((value) =>
        s("text", { x: across(value), y: tall - bottom + 18, class: "middle" }, plain(value, 4))),
      s("line", { x1: left, x2: width - right, y1: tall - bottom, y2: tall - bottom, class: "axis" }),
      s("text", { x: width - right, y: tall - 4, class: "end name" }, x),
      s("text", { x: 4, y: 2, class: "name", "dominant-baseline": "hanging" }, data.y ?? y),
      data.levels.map((level) => [
        s("line", { x1: left, x2: width - right, y1: down(level.value), y2: down(level.value), class: "level" }),
        s("text", { x: width - right, y: down(level.value) - 5, class: "end name" }, level.name)]),
      lines.map((line, index) => line.kind === "points"
        ? line.points.map(([at, value]) => s("circle", { cx: across(at), cy: down(value), r: 3, class: `f${index}` }))
        : s("polyline", {
          class: `line s${index} ${line.kind ?? ""}`,
          points: line.points.filter((point) => Number.isFinite(point[1]))
            .map(([at, value]) => `${across(at).toFixed(1)},${down(value).toFixed(1)}`).join(" "),
        })));
  }, label);
  const legend = h("ul", { class: "legend" });
  return {
    node: h("figure", { class: "figure" }, legend, node),
    update(next) {
      data = { levels: [], ...next };
      legend.replaceChildren(...data.lines.filter((line) => line.points.length).map((line, index) => {
        const value = line.points.at(-1)[1];
        return h("li", null, h("span", { class: `swatch b${index}` }), line.name, " ",
          h("b", null, significant(value, 4)));
      }));
      node.setAttribute("aria-label", `${label}. ` + data.lines.filter((line) => line.points.length)
        .map((line) => `${line.name}: ${significant(line.points.at(-1)[1], 4)}`).join("; "));
      redraw();
    },
  };
}

/**
 * Groups of bars with intervals: a group for each metric, a bar for each method.
 *
 * @param {{label: string, groups: {name: string, bars: {name: string, value: number, interval?: number[],
 *   isOwn: boolean, text: string}[]}[], level?: {name: string, value: number}}} options
 */
export function barChart({ label, groups, level = null }) {
  const bars = groups.flatMap((group) => group.bars);
  const greatest = Math.max(...bars.map((bar) => bar.interval?.[1] ?? bar.value), level?.value ?? 0, 0);
  const least = Math.min(0, ...bars.map((bar) => bar.value));
  const rowHeight = 22, gap = 30;
  const height = groups.reduce((sum, group) => sum + gap + group.bars.length * rowHeight, 26);
  const { node } = responsive(height, (width, tall) => {
    const left = Math.min(210, width * 0.4), right = 64;
    const across = scale(least, Math.max(greatest, least + 1e-9), left, width - right);
    const parts = [];
    for (const value of ticks(least, greatest, width < 560 ? 3 : 5).filter((value) => value <= greatest)) {
      parts.push(s("line", { x1: across(value), x2: across(value), y1: 4, y2: tall - 20, class: "grid" }),
        s("text", { x: across(value), y: tall - 5, class: "middle" }, plain(value, 3)));
    }
    let top = 0;
    for (const group of groups) {
      parts.push(s("text", { x: 0, y: top + 20, class: "group" }, group.name));
      top += gap;
      for (const bar of group.bars) {
        const middle = top + rowHeight / 2;
        parts.push(s("text", { x: left - 8, y: middle + 4, class: "end" }, clip(bar.name, left / 7)),
          s("rect", {
            x: across(Math.min(0, bar.value)), y: top + 3, height: rowHeight - 7, rx: 2,
            width: Math.max(Math.abs(across(bar.value) - across(0)), 1), class: bar.isOwn ? "own" : "baseline",
          }));
        let end = across(Math.max(bar.value, 0));
        if (bar.interval) {
          const [from, to] = bar.interval.map(across);
          end = Math.max(end, to);
          parts.push(s("path", { d: `M${from} ${middle - 4}v8M${from} ${middle}H${to}M${to} ${middle - 4}v8`, class: "whisker" }));
        }
        parts.push(s("text", { x: end + 6, y: middle + 4, class: "value" }, bar.text));
        top += rowHeight;
      }
    }
    if (level) {
      parts.push(s("line", { x1: across(level.value), x2: across(level.value), y1: 4, y2: tall - 20, class: "level" }));
    }
    return frame(width, tall, parts);
  }, label);
  return h("figure", { class: "figure" }, node,
    level && h("figcaption", null, `Dashed line: ${level.name}, ${plain(level.value, 3)}.`));
}

const clip = (text, most) => (text.length > most ? `${text.slice(0, Math.max(Math.floor(most) - 1, 1))}…` : text);

/** Counts of values between edges at equal distances. */
export function histogram(values, edges) {
  const counts = new Array(edges.length - 1).fill(0);
  const [first, last] = [edges[0], edges.at(-1)];
  for (const value of values) {
    if (!(value >= first && value <= last)) continue;
    const place = Math.floor((value - first) / (last - first || 1) * counts.length);
    counts[Math.min(place, counts.length - 1)] += 1;
  }
  return counts;
}

/** Edges at equal distances. */
export const edgesOf = (least, greatest, count) =>
  Array.from({ length: count + 1 }, (_, index) => least + (greatest - least) * index / count);

/** A very small histogram for a line of a table; `counts` are drawn as bars of equal width. */
export function sparkline(counts, label) {
  const greatest = Math.max(...counts, 1), width = 120, height = 28;
  const step = width / Math.max(counts.length, 1);
  return s("svg", { viewBox: `0 0 ${width} ${height}`, width, height, class: "sparkline", preserveAspectRatio: "none", role: "img", "aria-label": label },
    counts.map((count, index) => s("rect", {
      x: (index * step + 0.5).toFixed(2), width: Math.max(step - 1, 0.6).toFixed(2),
      y: (height - Math.max(count / greatest * (height - 1), count ? 1 : 0)).toFixed(2),
      height: Math.max(count / greatest * (height - 1), count ? 1 : 0).toFixed(2),
    })), s("line", { x1: 0, x2: width, y1: height - 0.5, y2: height - 0.5 }));
}

/**
 * Two distributions in one chart: shares by bins (or by levels), real ones as an outline, generated ones filled.
 *
 * @param {{name: string, bins: string[], real: number[], made: number[], isNumeric: boolean,
 *   ends?: number[]}} options
 */
export function comparedDistributions({ name, bins, real, made, isNumeric, ends }) {
  const total = (counts) => counts.reduce((sum, count) => sum + count, 0) || 1;
  const shares = [real, made].map((counts) => counts.map((count) => count / total(counts)));
  const greatest = Math.max(...shares.flat(), 1e-9);
  const label = `Distribution of ${name}: real and generated. ` + (isNumeric ? "" : bins.slice(0, 6).map((bin, index) =>
    `${bin} ${(100 * shares[0][index]).toFixed(0)} % and ${(100 * shares[1][index]).toFixed(0)} %`).join("; "));
  const height = isNumeric ? 120 : Math.max(bins.length * 24 + 4, 40);
  const { node } = responsive(height, (width, tall) => {
    if (!isNumeric) {
      const left = Math.min(110, width * 0.38), across = (share) => share / greatest * (width - left - 44);
      return frame(width, tall, bins.map((bin, index) => {
        const top = index * 24;
        return [s("text", { x: left - 6, y: top + 15, class: "end" }, clip(bin, left / 7)),
          s("rect", { x: left, y: top + 3, width: across(shares[0][index]), height: 8, class: "real" }),
          s("rect", { x: left, y: top + 12, width: across(shares[1][index]), height: 8, class: "own" }),
          s("text", { x: left + across(Math.max(shares[0][index], shares[1][index])) + 5, y: top + 15, class: "value" },
            `${(100 * shares[1][index]).toFixed(0)} %`)];
      }));
    }
    const bottom = 18, across = (index) => index / real.length * width;
    const down = (share) => 4 + (1 - share / greatest) * (tall - bottom - 4);
    const steps = (list) => list.map((share, index) => `${index ? "L" : "M"}${across(index)} ${down(share)}H${across(index + 1)}`).join("");
    return frame(width, tall,
      shares[1].map((share, index) => s("rect", {
        x: across(index) + 0.5, y: down(share), width: Math.max(across(1) - 1, 0.5), height: Math.max(tall - bottom - down(share), 0), class: "own",
      })),
      s("path", { d: steps(shares[0]), class: "outline" }),
      s("line", { x1: 0, x2: width, y1: tall - bottom, y2: tall - bottom, class: "axis" }),
      s("text", { x: 0, y: tall - 4 }, plain(ends[0], 4)),
      s("text", { x: width, y: tall - 4, class: "end" }, plain(ends[1], 4)));
  }, label);
  return node;
}
