/** Draws very many points into the pixels of a canvas: discs with soft edges at places between pixels. */

/** Places between two pixels that a disc can be at, in each direction. */
const phases = 4;

/** The pixels that a disc covers by its phase: differences of places, and coverage from 0 to 256. */
function discs(radius) {
  const all = [];
  const reach = Math.ceil(radius + 1);
  for (let vertical = 0; vertical < phases; vertical += 1) {
    for (let horizontal = 0; horizontal < phases; horizontal += 1) {
      const [cx, cy] = [(horizontal + 0.5) / phases, (vertical + 0.5) / phases];
      const dx = [], dy = [], cover = [];
      for (let y = -reach; y <= reach; y += 1) {
        for (let x = -reach; x <= reach; x += 1) {
          // The part of a pixel inside the circle, by how far its middle is from the edge.
          const distance = Math.hypot(x + 0.5 - cx, y + 0.5 - cy);
          const part = Math.round(256 * Math.min(Math.max(radius - distance + 0.5, 0), 1));
          if (part > 20) { dx.push(x); dy.push(y); cover.push(part); }
        }
      }
      all.push({ dx: Int32Array.from(dx), dy: Int32Array.from(dy), cover: Int32Array.from(cover) });
    }
  }
  return all;
}

/** States of points. */
export const pointState = { hidden: 0, dim: 1, shown: 2, strong: 3 };

/** Draws points on one canvas. */
export class PointRaster {
  /** @param {HTMLCanvasElement} canvas What is drawn on; its size is set by `draw`. */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
    this.pixels = null;
    this.kept = new Map();
  }

  masks(radius) {
    const key = Math.round(radius * 8);
    if (!this.kept.has(key)) this.kept.set(key, discs(key / 8));
    if (this.kept.size > 64) this.kept.delete(this.kept.keys().next().value);
    return this.kept.get(key);
  }

  /**
   * Draws all points.
   *
   * @param {object} scene `width` and `height` in pixels of the device; `x` and `y` of the points; `a`, `b`,
   *   `c`, `d`: a point is at `a * x + b`, `c * y + d`; `color` of each point as a place in `palette`
   *   (triples from 0 to 255), `state` of each point, `radius`, `opacity`, and `background` (a triple).
   */
  draw(scene) {
    const { width, height, background } = scene;
    if (this.canvas.width !== width || this.canvas.height !== height || !this.pixels) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.pixels = this.context.createImageData(width, height);
      this.words = new Int32Array(this.pixels.data.buffer);
    }
    this.words.fill(255 << 24 | background[2] << 16 | background[1] << 8 | background[0]);
    const { state } = scene;
    const has = [false, false, false, false];
    for (let index = 0; index < state.length; index += 1) has[state[index]] = true;
    if (has[pointState.dim]) this.pass(scene, pointState.dim, scene.radius, 0.12);
    if (has[pointState.shown]) this.pass(scene, pointState.shown, scene.radius, scene.opacity);
    if (has[pointState.strong]) this.pass(scene, pointState.strong, scene.radius + 0.5, 0.95);
    this.context.putImageData(this.pixels, 0, 0);
  }

  /** Blends the points of a state; red and blue are blended at once, 16 bits apart in one number. */
  pass({ width, height, x, y, a, b, c, d, color, palette, state }, wanted, radius, opacity) {
    const words = this.words, part = Math.round(256 * opacity), count = palette.length / 3;
    const redBlue = new Int32Array(count), green = new Int32Array(count);
    for (let place = 0; place < count; place += 1) {
      redBlue[place] = palette[3 * place] | palette[3 * place + 2] << 16;
      green[place] = palette[3 * place + 1] << 8;
    }
    const blend = (place, weight, ownRedBlue, ownGreen) => {
      const before = words[place] | 0, rest = 256 - weight;
      words[place] = -16777216
        | (Math.imul(before & 0xff00ff, rest) + Math.imul(ownRedBlue, weight)) >>> 8 & 0xff00ff
        | (Math.imul(before & 0xff00, rest) + Math.imul(ownGreen, weight)) >>> 8 & 0xff00;
    };
    const isSmall = radius <= 1.1, masks = isSmall ? null : this.masks(radius), edge = Math.ceil(radius + 2);
    const [right, bottom] = [width - edge, height - edge], own = Math.round(part * Math.min(radius * radius * 1.3, 1));
    for (let index = 0; index < x.length; index += 1) {
      if (state[index] !== wanted) continue;
      const left = a * x[index] + b, top = c * y[index] + d;
      // Also leaves out what is no number.
      if (!(left > edge && top > edge && left < right && top < bottom)) continue;
      const ownRedBlue = redBlue[color[index]], ownGreen = green[color[index]];
      if (isSmall) {
        // A square of a pixel, divided among the four pixels that it lies on.
        const column = left - 0.5 | 0, row = top - 0.5 | 0, place = row * width + column;
        const across = (left - 0.5 - column) * 256 | 0, down = (top - 0.5 - row) * own | 0, up = own - down;
        blend(place, up * (256 - across) >> 8, ownRedBlue, ownGreen);
        blend(place + 1, up * across >> 8, ownRedBlue, ownGreen);
        blend(place + width, down * (256 - across) >> 8, ownRedBlue, ownGreen);
        blend(place + width + 1, down * across >> 8, ownRedBlue, ownGreen);
        continue;
      }
      const column = left | 0, row = top | 0, start = row * width + column;
      const { dx, dy, cover } = masks[((top - row) * phases | 0) * phases + ((left - column) * phases | 0)];
      for (let pixel = 0; pixel < dx.length; pixel += 1) {
        blend(start + dy[pixel] * width + dx[pixel], cover[pixel] * part >> 8, ownRedBlue, ownGreen);
      }
    }
  }
}

/** Colors of classes, for light and dark pages; as in the figures of reports. */
const classColors = [
  ["#0b6cb0", "#5aaee8"], ["#e08a00", "#f0a93a"], ["#0a8f68", "#35c09a"], ["#c8501a", "#f0814a"],
  ["#b5609b", "#dc8fc4"], ["#4fb0e5", "#9bd8f8"], ["#a8980c", "#e3d54e"], ["#43388f", "#9a8fee"],
  ["#8a2352", "#e0709c"], ["#7a828c", "#a3abb5"], ["#8cc0e6", "#2f6f9f"], ["#f3c987", "#a06a14"],
  ["#8fd3bd", "#1f7a60"], ["#eeb394", "#a3532a"], ["#e0b9d5", "#8a5578"], ["#2b6f94", "#4f86a6"],
  ["#6b6108", "#8f852a"], ["#9c94d6", "#6259b0"], ["#c98aa6", "#93456a"],
];
const otherColor = ["#b9bfc6", "#5f6770"];

/** The most classes that have a color of their own. */
export const mostClasses = classColors.length;

/** The color of a class as text; classes beyond the colors share a gray. */
export const classColor = (place, isDark) => (classColors[place] ?? otherColor)[isDark ? 1 : 0];

/** A color from dark violet over green to yellow for a part from 0 to 1 (close to viridis). */
export function shade(part) {
  const stops = [[70, 50, 127], [54, 92, 141], [39, 127, 142], [31, 161, 135], [74, 194, 109], [191, 212, 48]];
  const place = Math.min(Math.max(part, 0), 1) * (stops.length - 1);
  const index = Math.min(Math.floor(place), stops.length - 2);
  return stops[index].map((value, channel) => Math.round(value + (stops[index + 1][channel] - value) * (place - index)));
}

/** Three numbers of a color such as `#0b6cb0`. */
export const channels = (text) => [1, 3, 5].map((place) => Number.parseInt(text.slice(place, place + 2), 16));
