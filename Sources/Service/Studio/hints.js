/** Colors that are known of an image, clicked into its picture. */
import { button, h, identifier, replace } from "./dom.js";

const pattern = /^\s*(\d+)\s*,\s*(\d+)\s*=\s*(#[0-9a-f]{6})\s*$/i;

/** How far an arrow key moves the cross, as a share of the picture. */
const step = 0.02;

/**
 * A picture in which a click sets the color of a pixel.
 *
 * @param {{address: string, width: number, height: number, field: HTMLTextAreaElement}} options The picture, its size in
 *   pixels, and the field that holds a line COLUMN,ROW=COLOR for each.
 */
export function hintPicker({ address, width, height, field }) {
  const color = h("input", { type: "color", id: identifier("color"), value: "#b22222" });
  const marks = h("span", { class: "hint-marks", "aria-hidden": "true" });
  const cross = h("span", { class: "hint-cross", "aria-hidden": "true" });
  let place = [0.5, 0.5];
  const lines = () => field.value.split("\n").filter((line) => line.trim());
  const write = (list) => {
    field.value = list.join("\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const pixel = ([x, y]) => [Math.min(width - 1, Math.floor(x * width)), Math.min(height - 1, Math.floor(y * height))];
  const draw = () => {
    const hints = lines().map((line) => pattern.exec(line)).filter(Boolean);
    replace(marks, hints.map(([, x, y, known]) => h("span", {
      style: { left: `${100 * (Number(x) + 0.5) / width}%`, top: `${100 * (Number(y) + 0.5) / height}%`, background: known },
    })));
    cross.style.setProperty("left", `${100 * place[0]}%`);
    cross.style.setProperty("top", `${100 * place[1]}%`);
    last.disabled = !lines().length;
  };
  const picture = h("button", {
    type: "button", class: "hint-picture", "aria-label": "The picture: the arrow keys move the cross, Enter sets the color there",
    on: {
      click: (event) => {
        // A click by the keyboard is where the cross is.
        if (event.detail > 0) {
          const box = picture.getBoundingClientRect();
          place = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map((share) => Math.min(Math.max(share, 0), 0.9999));
        }
        const [x, y] = pixel(place);
        write([...lines().filter((line) => !line.trim().startsWith(`${x},${y}=`)), `${x},${y}=${color.value}`]);
      },
      keydown: (event) => {
        const [across, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
        if (across === undefined) return;
        event.preventDefault();
        place = [place[0] + across * step, place[1] + down * step].map((share) => Math.min(Math.max(share, 0), 0.9999));
        draw();
      },
    },
  }, h("img", { src: address, alt: "", draggable: "false" }), marks, cross);
  const last = button("Remove the last color", () => write(lines().slice(0, -1)), { class: "small" });
  field.addEventListener("input", draw);
  draw();
  return h("div", { class: "hint-picker" },
    h("div", { class: "actions" }, h("label", { for: color.id }, "Color"), color, last), picture);
}
