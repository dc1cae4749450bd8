"""Checks of single pages: the start, columns, lists, the map, and every page at two widths and in two schemes."""

import contextlib
import os
import re
import statistics
import struct

from playwright.sync_api import expect

import tasks
from browser import Visitor

# Frames of a map of 200,000 points while it zooms and moves, in milliseconds of its own work.
FRAMES = """async () => {
  const { PointMap } = await import("/studio/map.js");
  const count = 200000, x = new Float32Array(count), y = new Float32Array(count), color = new Uint16Array(count);
  let state = 1;
  const random = () => { state = (state * 48271) % 2147483647; return state / 2147483647; };
  for (let index = 0; index < count; index += 1) {
    const group = index % 10, angle = 2 * Math.PI * random(), radius = random() + random();
    x[index] = Math.cos(group) * 4 + Math.cos(angle) * radius;
    y[index] = Math.sin(group * 2) * 4 + Math.sin(angle) * radius;
    color[index] = group;
  }
  const map = new PointMap({ x, y, label: "200,000 points", onPoint() {}, onPick() {}, onLasso() {} });
  const place = document.createElement("div"), inner = document.createElement("div");
  place.className = "page result-sides";
  inner.append(map.node);
  place.append(inner);
  document.querySelector("main").replaceChildren(place);
  const palette = Uint8Array.from({ length: 30 }, (_, index) => (index * 37) % 256);
  map.setColors(color, () => palette);
  const frames = [];
  for (let frame = 0; frame < 40; frame += 1) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    map.zoomBy(frame < 20 ? 1.05 : 1 / 1.05, [0.5, 0.5]);
    map.pan(3, -2);
    const start = performance.now();
    map.draw();
    frames.push(performance.now() - start);
  }
  return frames;
}"""


# The color in the middle of an image.
PIXEL = """async (image) => {
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight), pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  return [...pen.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data].slice(0, 3);
}"""


@contextlib.contextmanager
def visit(browser, address):
    visitor = Visitor(browser, address)
    try:
        yield visitor
        visitor.check()
    finally:
        visitor.close()


def empty_start(browser, address):
    with visit(browser, address) as visitor:
        visitor.open()
        page = visitor.page
        expect(page.locator(".example").first).to_be_visible()
        found = page.locator(".example").count()
        assert found >= 8, f"{found} examples"
        visitor.accessibility()
        page.locator(".example").first.click()
        page.wait_for_selector("form.setup button[type=submit]")
        visitor.accessibility()


def kinds(browser, address):
    with visit(browser, address) as visitor:
        visitor.upload(tasks.example("Tables/penguins.csv"))
        page = visitor.page
        page.get_by_label("Kind of year").select_option("category")
        expect(page.locator(".columns-table tr:has(th:text-is('year')) .tag")).to_have_text("changed")
        expect(page.locator(".columns-table tr:has(th:text-is('year'))")).to_contain_text("3 levels")
        page.get_by_label("Kind of island").select_option("identifier")
        expect(page.locator("tr.ignored")).to_have_count(1)
        page.click("button:text-is('Undo all changes of kinds')")
        expect(page.locator(".tag")).to_have_count(0)
        expect(page.locator("tr.ignored")).to_have_count(0)


def generate(visitor, count):
    visitor.upload(tasks.example("Tables/penguins.csv"))
    visitor.choose("Generate")
    visitor.option("count", str(count))
    visitor.start()
    visitor.result()


def compare_and_delete(browser, address, folder):
    with visit(browser, address) as visitor:
        page = visitor.page
        generate(visitor, 40)
        generate(visitor, 60)
        visitor.open("#/runs")
        boxes = page.locator("tr:has-text('Generate') input[type=checkbox]")
        boxes.nth(0).check()
        boxes.nth(1).check()
        page.click("a:text-is('Compare 2 runs')")
        page.wait_for_selector(".compared")
        expect(page.locator("tr:has(th:text-is('How many to make'))")).to_contain_text("60")
        visitor.look("compare", folder)
        visitor.open("#/runs")
        before = page.locator(".runs-table tbody tr").count()
        page.locator("tr:has-text('Generate') button[aria-label^=Delete]").first.click()
        visitor.answer("Delete the run")
        expect(page.locator(".runs-table tbody tr")).to_have_count(before - 1)


def npy(path, shape, values, kind):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + values)


def arrays(browser, address, folder):
    """Images in files of arrays are shown as they are: a dark and a bright one, and one in colors."""
    bright = b"".join(struct.pack("<f", value) for value in [0.0] * 64 + [1.0] * 64)
    npy(os.path.join(folder, "two.npy"), (2, 8, 8), bright, "<f4")
    npy(os.path.join(folder, "last.npy"), (2, 8, 8, 3), bytes([250, 0, 0] * 64 + [0, 0, 250] * 64), "|u1")
    with open(os.path.join(folder, "batch.bin"), "wb") as file:
        for color in ((200, 10, 10), (10, 200, 10)):
            file.write(b"\x03" + b"".join(bytes([part]) * 1024 for part in color))
    expected = {"two.npy": [[0, 0, 0], [255, 255, 255]], "last.npy": [[250, 0, 0], [0, 0, 250]], "batch.bin": [[200, 10, 10], [10, 200, 10]]}
    with visit(browser, address) as visitor:
        for name, colors in expected.items():
            visitor.upload(os.path.join(folder, name))
            images = visitor.page.locator(".thumbnails img")
            expect(images).to_have_count(2)
            for index, color in enumerate(colors):
                found = images.nth(index).evaluate(PIXEL)
                assert found == color, f"{name}: image {index + 1} is {found} in place of {color}"


def taken_name(browser, address):
    """A file whose name is taken replaces the former one, or is kept beside it, or is not uploaded."""
    path = tasks.example("Tables/penguins.csv")
    with visit(browser, address) as visitor:
        page = visitor.page
        visitor.upload(path)
        for label, place in (("Cancel", None), ("Replace it", "penguins.csv"), ("Keep both", "penguins-2.csv")):
            visitor.open()
            page.set_input_files("#files", path)
            visitor.answer(label)
            if place:
                page.wait_for_url(re.compile(f"#/data.*{place}"))
            else:
                expect(page.locator(".notice.error")).to_contain_text("Nothing was uploaded")
        visitor.open()
        page.get_by_role("button", name="Delete penguins-2.csv").click()
        visitor.answer("Delete")
        expect(page.get_by_role("button", name="Delete penguins-2.csv")).to_have_count(0)


def apply_model(browser, address):
    """A model that was kept is used on data in place of training one."""
    with visit(browser, address) as visitor:
        page = visitor.page
        generate(visitor, 30)
        name = page.locator(".downloads li:has-text('the model') .name").inner_text()
        visitor.upload(tasks.example("Tables/penguins.csv"))
        visitor.choose("Generate")
        page.get_by_label("Model", exact=True).select_option(f"models/{name}")
        expect(page.locator("form.setup button[type=submit]")).to_have_text("Apply the model")
        visitor.option("count", "25")
        visitor.start()
        visitor.result()
        output = page.locator(".downloads .name").first.inner_text()
        assert len(tasks.rows_of(visitor.download(output))) == 26


def by_keyboard(browser, address):
    with visit(browser, address) as visitor:
        page = visitor.page
        visitor.upload(tasks.example("Tables/penguins.csv"))
        page.keyboard.press("Tab")
        for _ in range(80):
            if page.evaluate("document.activeElement.matches('a.task') && document.activeElement.textContent.includes('Generate')"):
                break
            page.keyboard.press("Tab")
        else:
            raise AssertionError("no way to the task by the Tab key")
        page.keyboard.press("Enter")
        page.wait_for_selector("form.setup")
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.matches('form.setup button[type=submit]')"):
                break
        else:
            raise AssertionError("no way to the start by the Tab key")
        page.keyboard.press("Enter")
        visitor.result()


def large_map(browser, address):
    with visit(browser, address) as visitor:
        visitor.open()
        frames = visitor.page.evaluate(FRAMES)
        median = statistics.median(frames)
        # Printed and not checked: it depends on what else the machine does.
        print(f"        median frame {median:.1f} ms, slowest {max(frames):.1f} ms", flush=True)
        assert len(frames) == 40 and visitor.page.locator(".map-points").is_visible()


def all_pages(browser, address, folder):
    """The pages that are no result: without a fault, at two widths and in two schemes."""
    places = {"start": "", "data": "#/data?name=uploads/penguins.csv", "data-flights": "#/data?name=examples/Tables/flights.csv",
              "setup": "#/setup?name=uploads/penguins.csv&task=detect", "runs": "#/runs", "models": "#/models"}
    with visit(browser, address) as visitor:
        for name, place in places.items():
            visitor.open(place)
            visitor.page.reload()
            visitor.page.wait_for_selector("main h1")
            visitor.page.wait_for_load_state("networkidle")
            visitor.look(name, folder)
            visitor.check()
