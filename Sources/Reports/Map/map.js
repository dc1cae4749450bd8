"use strict";
(() => {
  const data = JSON.parse(document.getElementById("map-data").textContent);
  const byId = (name) => document.getElementById(name);
  const canvas = byId("map"), context = canvas.getContext("2d");
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const numbers = (text) => new Float32Array(bytes(text).buffer);
  const x = numbers(data.x), y = numbers(data.y), paint = bytes(data.paint);
  const box = data.box, count = x.length;
  const shown = data.paints.map(() => true);
  let colors = [], zoom = 1, middle = [0.5, 0.5], size = 1;
  let pointer = null, nearest = -1, drag = null, waiting = false;

  // Parts of the plane: 0 to 1 from left to right and from bottom to top of what is shown first.
  const part = (value, from, to) => (value - from) / (to - from);
  const px = Float32Array.from(x, (value) => part(value, box[0], box[1]));
  const py = Float32Array.from(y, (value) => part(value, box[2], box[3]));
  const across = (place) => ((place - middle[0]) * zoom + 0.5) * size;
  const down = (place) => (0.5 - (place - middle[1]) * zoom) * size;
  const back = (left, top) => [
    (left / size - 0.5) / zoom + middle[0], (0.5 - top / size) / zoom + middle[1],
  ];

  const style = (name) => getComputedStyle(canvas).getPropertyValue(name).trim();
  function readColors() {
    const probe = document.createElement("span");
    canvas.parentNode.append(probe);
    colors = data.paints.map((value) => {
      probe.style.color = "";
      probe.style.color = value;
      return getComputedStyle(probe).color;
    });
    probe.remove();
  }

  function draw() {
    waiting = false;
    const ratio = devicePixelRatio || 1;
    size = canvas.clientWidth;
    if (canvas.width !== Math.round(size * ratio)) {
      canvas.width = canvas.height = Math.round(size * ratio);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, size, size);
    const radius = Math.min(7, Math.max(1.5, 90 / Math.sqrt(count)) * Math.sqrt(zoom));
    context.globalAlpha = count > 3000 ? 0.65 : 0.85;
    for (let index = 0; index < count; index += 1) {
      if (!shown[paint[index]]) continue;
      const left = across(px[index]), top = down(py[index]);
      if (left < -9 || top < -9 || left > size + 9 || top > size + 9) continue;
      context.fillStyle = colors[paint[index]];
      if (radius < 2) {
        context.fillRect(left - radius, top - radius, 2 * radius, 2 * radius);
      } else {
        context.beginPath();
        context.arc(left, top, radius, 0, 2 * Math.PI);
        context.fill();
      }
    }
    context.globalAlpha = 1;
    context.strokeStyle = style("--ink");
    if (nearest >= 0) {
      context.lineWidth = 2;
      context.beginPath();
      context.arc(across(px[nearest]), down(py[nearest]), radius + 4, 0, 2 * Math.PI);
      context.stroke();
    }
    if (pointer) {
      const left = across(pointer[0]), top = down(pointer[1]);
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(left - 8, top);
      context.lineTo(left + 8, top);
      context.moveTo(left, top - 8);
      context.lineTo(left, top + 8);
      context.stroke();
    }
  }
  function redraw() {
    if (!waiting) { waiting = true; requestAnimationFrame(draw); }
  }

  // The panel: what is near, and what the decoder makes of the place.
  function list(place, names, cells) {
    place.replaceChildren(...names.map((name, index) => {
      const row = document.createElement("tr");
      for (const [tag, words] of [["th", name], ["td", cells[index]]]) {
        const cell = document.createElement(tag);
        cell.textContent = words === null ? "–" : words;
        row.append(cell);
      }
      return row;
    }));
  }
  const sheets = data.sheets.map((address) => {
    const image = new Image();
    image.onload = () => show();
    image.src = address;
    return image;
  });
  function showItem() {
    byId("item-name").textContent = nearest < 0 ? "none near the pointer" : data.names
      ? data.names[nearest] : data.noun + " " + data.numbers[nearest];
    const name = nearest < 0 || !data.labels ? "" : data.labels[paint[nearest]];
    byId("item-class").textContent = name || "";
    const image = byId("item-image");
    if (data.sheets.length) {
      const brush = image.getContext("2d");
      brush.clearRect(0, 0, image.width, image.height);
      const perSheet = data.sheetColumns * data.sheetColumns;
      const image = sheets[Math.floor(nearest / perSheet)];
      if (nearest >= 0 && nearest < data.images && image.complete) {
        const place = nearest % perSheet;
        brush.drawImage(
          image, place % data.sheetColumns * image.width,
          Math.floor(place / data.sheetColumns) * image.height, image.width, image.height,
          0, 0, image.width, image.height);
      }
    }
    if (data.columns) {
      const cells = nearest < 0 ? null : data.cells[nearest];
      list(byId("item-cells"), data.columns, cells || data.columns.map(() => null));
    }
  }

  const lattice = data.lattice;
  let latticePixels = null;
  if (lattice && lattice.sheet) {
    const image = new Image();
    image.onload = () => {
      const copy = document.createElement("canvas");
      [copy.width, copy.height] = [image.width, image.height];
      const brush = copy.getContext("2d", { willReadFrequently: true });
      brush.drawImage(image, 0, 0);
      latticePixels = brush.getImageData(0, 0, image.width, image.height);
      show();
    };
    image.src = lattice.sheet;
  }
  function showDecoded() {
    const inside = pointer && pointer.every((place) => place >= 0 && place <= 1);
    byId("decoded-place").textContent = inside
      ? [0, 1].map((axis) => (box[2 * axis] + pointer[axis] * (box[2 * axis + 1]
        - box[2 * axis])).toPrecision(3)).join(", ") : "point at the map";
    if (!lattice) return;
    const side = lattice.side;
    const clamp = (place) => Math.min(Math.max(place, 0), side - 1);
    if (lattice.cells) {
      const place = inside ? clamp(Math.floor((1 - pointer[1]) * side)) * side
        + clamp(Math.floor(pointer[0] * side)) : -1;
      list(byId("decoded-cells"), lattice.columns,
        place < 0 ? lattice.columns.map(() => null) : lattice.cells[place]);
    } else if (latticePixels) {
      const image = byId("decoded-image");
      const brush = image.getContext("2d");
      const [width, height] = [image.width, image.height];
      const result = brush.createImageData(width, height);
      if (inside) {
        // A blend of the four decoded places around the pointer.
        const left = clamp(pointer[0] * side - 0.5), top = clamp((1 - pointer[1]) * side - 0.5);
        const [column, row] = [Math.floor(left), Math.floor(top)];
        const [right, below] = [clamp(column + 1), clamp(row + 1)];
        const [u, v] = [left - column, top - row];
        const corners = [
          [column, row, (1 - u) * (1 - v)], [right, row, u * (1 - v)],
          [column, below, (1 - u) * v], [right, below, u * v],
        ];
        for (let line = 0; line < height; line += 1) {
          for (let place = 0; place < 4 * width; place += 1) {
            let sum = 0;
            for (const [across, down, weight] of corners) {
              const start = ((down * height + line) * latticePixels.width + across * width) * 4;
              sum += weight * latticePixels.data[start + place];
            }
            result.data[line * 4 * width + place] = Math.round(sum);
          }
        }
      }
      brush.putImageData(result, 0, 0);
    }
  }
  function show() { showItem(); showDecoded(); redraw(); }

  function point(place) {
    pointer = place;
    let best = 24 * 24;
    nearest = -1;
    if (place) {
      const left = across(place[0]), top = down(place[1]);
      for (let index = 0; index < count; index += 1) {
        if (!shown[paint[index]]) continue;
        const distance = (across(px[index]) - left) ** 2 + (down(py[index]) - top) ** 2;
        if (distance < best) { best = distance; nearest = index; }
      }
    }
    show();
  }
  function zoomBy(factor, around) {
    const next = Math.min(Math.max(zoom * factor, 0.5), 200);
    middle = middle.map((value, axis) => around[axis] + (value - around[axis]) * zoom / next);
    zoom = next;
    redraw();
  }
  function reset() { zoom = 1; middle = [0.5, 0.5]; redraw(); }

  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)),
      back(event.offsetX, event.offsetY));
  }, { passive: false });
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    drag = [event.offsetX, event.offsetY];
    point(back(...drag));
  });
  canvas.addEventListener("pointermove", (event) => {
    const here = [event.offsetX, event.offsetY];
    if (drag) {
      middle = [
        middle[0] - (here[0] - drag[0]) / size / zoom, middle[1] + (here[1] - drag[1]) / size / zoom,
      ];
      drag = here;
    }
    point(back(...here));
  });
  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(name, () => { drag = null; });
  }
  canvas.addEventListener("dblclick", reset);
  canvas.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const move = moves[event.key], from = pointer || middle;
    if (move) {
      const step = (event.shiftKey ? 0.1 : 0.02) / zoom;
      const place = [from[0] + move[0] * step, from[1] + move[1] * step];
      middle = middle.map((value, axis) => {
        const edge = 0.5 / zoom;
        return Math.min(Math.max(value, place[axis] - edge), place[axis] + edge);
      });
      point(place);
    } else if (event.key === "+" || event.key === "=") {
      zoomBy(1.5, from);
    } else if (event.key === "-") {
      zoomBy(1 / 1.5, from);
    } else if (event.key === "0" || event.key === "Home") {
      reset();
    } else {
      return;
    }
    event.preventDefault();
  });
  byId("zoom-in").addEventListener("click", () => zoomBy(1.5, pointer || middle));
  byId("zoom-out").addEventListener("click", () => zoomBy(1 / 1.5, pointer || middle));
  byId("zoom-all").addEventListener("click", reset);
  document.querySelectorAll("button.key").forEach((button, index) => {
    button.addEventListener("click", () => {
      shown[index] = !shown[index];
      button.setAttribute("aria-pressed", shown[index]);
      point(pointer);
    });
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    readColors();
    redraw();
  });
  addEventListener("resize", redraw);
  document.documentElement.classList.add("with-script");
  readColors();
  show();
})();
