/** Images in files of arrays, decoded here: IDX, NumPy (NPY), and the binary files of CIFAR-10. */
import { h } from "./dom.js";

/**
 * The images of the bytes of a file; none where it holds none.
 *
 * @returns {{count: number, width: number, height: number, channels: number, sample: Function} | null} `sample` gives
 *   a value from 0 to 255 by the number of the image, the channel and the place of the pixel.
 */
export const arrayImages = (bytes) => idxImages(bytes) ?? npyImages(bytes) ?? cifarBatch(bytes);

function idxImages(bytes) {
  if (bytes.length < 16 || bytes[0] !== 0 || bytes[1] !== 0 || bytes[2] !== 8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset), rank = bytes[3];
  if (rank < 3 || rank > 4) return null;
  const sizes = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const [count, height, width] = sizes, channels = sizes[3] ?? 1, start = 4 + 4 * rank;
  if (bytes.length < start + count * height * width * channels) return null;
  return {
    count, height, width, channels,
    sample: (index, channel, place) => bytes[start + (index * width * height + place) * channels + channel],
  };
}

const cifarRecord = 3073;

function cifarBatch(bytes) {
  if (!bytes.length || bytes.length % cifarRecord || bytes[0] > 9) return null;
  return {
    count: bytes.length / cifarRecord, height: 32, width: 32, channels: 3, isBatch: true,
    sample: (index, channel, place) => bytes[index * cifarRecord + 1 + 1024 * channel + place],
  };
}

/** Files of CIFAR-10 one after another; none where one of them is another file. */
export function cifarImages(parts) {
  if (!parts.every((part) => part?.isBatch)) return null;
  const first = parts.reduce((sums, part) => [...sums, sums.at(-1) + part.count], [0]);
  return {
    ...parts[0], count: first.at(-1),
    sample(index, channel, place) {
      const part = first.findLastIndex((start) => start <= index);
      return parts[part].sample(index - first[part], channel, place);
    },
  };
}

/** How NumPy writes numbers: the bytes of one, and how it is read. */
const numbers = {
  u1: [1, (view, place) => view.getUint8(place)], b1: [1, (view, place) => 255 * view.getUint8(place)],
  i1: [1, (view, place) => view.getInt8(place)], u2: [2, (view, place, low) => view.getUint16(place, low)],
  i2: [2, (view, place, low) => view.getInt16(place, low)], u4: [4, (view, place, low) => view.getUint32(place, low)],
  i4: [4, (view, place, low) => view.getInt32(place, low)], f4: [4, (view, place, low) => view.getFloat32(place, low)],
  f8: [8, (view, place, low) => view.getFloat64(place, low)],
};

/** The images of an array [count, height, width], [count, channels, height, width], or with the channels last. */
function npyImages(bytes) {
  if (String.fromCharCode(...bytes.subarray(1, 6)) !== "NUMPY") return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isLong = bytes[6] > 1, start = isLong ? 12 : 10;
  const end = start + (isLong ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = new TextDecoder().decode(bytes.subarray(start, end));
  const [, order, type] = /'descr':\s*'([<>|=]?)([a-z]\d)'/.exec(header) ?? [];
  const [size, read] = numbers[type] ?? [];
  const [count, ...extents] = (/'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? "").split(",").filter((text) => text.trim()).map(Number);
  if (!size || /'fortran_order':\s*True/.test(header) || extents.length < 2 || extents.length > 3) return null;
  const isLast = extents.length === 3 && extents[0] > 4 && extents[2] <= 4;
  const [channels, height, width] = extents.length === 2 ? [1, ...extents] : isLast ? [extents[2], extents[0], extents[1]] : extents;
  const all = count * channels * height * width;
  if (!(all > 0) || bytes.length < end + all * size) return null;
  const value = (place) => read(view, end + place * size, order !== ">");
  const scale = type === "u1" || type === "b1" ? (number) => number : scaleOf(value, all);
  return {
    count, height, width, channels,
    sample: (index, channel, place) => scale(value(index * channels * height * width
      + (isLast ? place * channels + channel : channel * height * width + place))),
  };
}

/** Numbers of a wider range as brightness, by the range of some of them. */
function scaleOf(value, count) {
  let least = Infinity, greatest = -Infinity;
  const step = Math.max(1, Math.floor(count / 100_000));
  for (let place = 0; place < count; place += step) {
    const number = value(place);
    if (number < least) least = number;
    if (number > greatest) greatest = number;
  }
  // Shares of brightness, and bytes that were written as other numbers, are what they are.
  if (least >= 0 && greatest <= 1) return (number) => 255 * number;
  if (least >= 0 && greatest <= 255) return (number) => number;
  return (number) => 255 * (number - least) / (greatest - least || 1);
}

/** An image of a file as an address. */
export function picture({ width, height, channels, sample }, index) {
  const canvas = h("canvas", { width, height });
  const pen = canvas.getContext("2d");
  const pixels = pen.createImageData(width, height);
  // Two channels are brightness and how opaque it is; of more than four the first three are shown.
  const colors = channels < 3 ? 1 : 3;
  for (let place = 0; place < width * height; place += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      pixels.data[4 * place + channel] = sample(index, Math.min(channel, colors - 1), place);
    }
    pixels.data[4 * place + 3] = 255;
  }
  pen.putImageData(pixels, 0, 0);
  return canvas.toDataURL();
}
