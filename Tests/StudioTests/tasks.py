"""All eight tasks from an upload to the downloads, by the page alone."""

import csv
import os
import re
import zipfile

from playwright.sync_api import expect

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Examples", "Data")


def example(path):
    return os.path.abspath(os.path.join(EXAMPLES, path))


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.reader(file))


def is_model(path):
    """Whether a file begins as safetensors do: the length of a JSON text, and the text."""
    with open(path, "rb") as file:
        start = file.read(9)
    return len(start) == 9 and 0 < int.from_bytes(start[:8], "little") < 1 << 30 and start[8:] == b"{"


def reduce(visitor):
    """A map of a table: colors, search, neighbors, selection; codes and model."""
    page = visitor.page
    visitor.upload(example("Tables/penguins.csv"))
    expect(page.locator(".columns-table tbody tr")).to_have_count(8)
    visitor.choose("Reduce")
    visitor.option("minutes", "0.25")
    visitor.option("seed", "1")
    visitor.start()
    visitor.result()
    expect(page.locator(".verdict").first).to_contain_text("PCA")
    page.wait_for_selector(".map-points")
    page.get_by_label("Color by").select_option("species")
    expect(page.locator(".key")).to_have_count(3)
    page.get_by_label("Color by").select_option("body_mass_g")
    expect(page.locator(".map-scale")).to_be_visible()
    page.get_by_label("Search").fill("Gentoo")
    expect(page.locator("[role=status]:has-text('found')")).to_have_text(re.compile(r"^12\d items found"))
    page.get_by_label("Search").fill("")
    pick_point(page)
    expect(page.locator(".neighbors li")).to_have_count(8)
    lasso(page)
    expect(page.locator(".map-info h3:has-text('selected')")).to_be_visible()
    codes = rows_of(visitor.download("codes.csv"))
    assert len(codes) == 345 and codes[0][-2:] == ["z1", "z2"], codes[0]
    assert is_model(visitor.download_model())


def pick_point(page):
    """Clicks into the map until a point is near."""
    box = page.locator(".map-points").bounding_box()
    for across in (0.5, 0.4, 0.6, 0.3, 0.7, 0.25, 0.75, 0.2, 0.8):
        for down in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8):
            page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
            if page.locator(".neighbors li").count():
                return
    raise AssertionError("no click into the map chose a point")


def lasso(page):
    """Selects the middle of the map."""
    page.click("button:text-is('Select an area')")
    box = page.locator(".map-points").bounding_box()
    corners = [(0.05, 0.05), (0.95, 0.05), (0.95, 0.95), (0.05, 0.95), (0.06, 0.06)]
    for index, (across, down) in enumerate(corners):
        page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"], steps=4)
        if index == 0:
            page.mouse.down()
    page.mouse.up()


def features(visitor):
    """Features of a table, compared by a column that is left out."""
    page = visitor.page
    visitor.upload(example("Tables/penguins.csv"))
    visitor.choose("Features")
    visitor.option("probe", "species")
    visitor.option("dimensions", "4")
    visitor.option("minutes", "0.25")
    visitor.start()
    visitor.result()
    expect(page.locator(".chart rect.own").first).to_be_visible()
    expect(page.locator(".feature-cards li")).to_have_count(4)
    table = rows_of(visitor.download("features.csv"))
    assert len(table) == 345 and table[0][-4:] == ["z1", "z2", "z3", "z4"], table[0]
    assert is_model(visitor.download_model())


def match(visitor):
    """A database of sounds, and a clip that is found in it at its place."""
    page = visitor.page
    visitor.upload_folder(example("Sounds/pieces"))
    expect(page.locator(".players audio").first).to_be_visible()
    visitor.choose("Match")
    visitor.option("minutes", "0.25")
    visitor.start()
    visitor.result()
    page.set_input_files("#query", example("Sounds/questions/from-jungle.ogg"))
    first = page.locator(".matches li.first")
    expect(first).to_contain_text("jungle.ogg")
    expect(first).to_contain_text("begins at")
    expect(first.locator("audio")).to_be_visible()
    database = page.locator(".downloads li:has-text('the database') .name").inner_text()
    with open(visitor.download(database), "rb") as file:
        assert file.read(15) == b"SQLite format 3"


def denoise(visitor):
    """Noise off images: the slider between before and after, all images."""
    page = visitor.page
    visitor.upload_folder(example("Images/parts"))
    expect(page.locator(".thumbnails img")).to_have_count(20)
    visitor.choose("Denoise")
    visitor.option("noise", "gaussian:0.1")
    visitor.option("minutes", "0.25")
    visitor.start()
    visitor.result()
    expect(page.locator(".pair")).to_have_count(6)
    slider = page.locator(".pair-slider").first
    slider.focus()
    before = page.locator(".pair-frame").first.evaluate("node => node.style.getPropertyValue('--split')")
    slider.press("ArrowRight")
    after = page.locator(".pair-frame").first.evaluate("node => node.style.getPropertyValue('--split')")
    assert before != after, "the slider does not move"
    page.click(".downloads .folder summary")
    links = page.locator(".downloads .folder a")
    expect(links).to_have_count(20)
    with page.expect_download() as waiting:
        links.first.click()
    with open(waiting.value.path(), "rb") as file:
        assert file.read(3) in (b"\xff\xd8\xff", b"\x89PN")
    with zipfile.ZipFile(visitor.download("denoised.zip")) as archive:
        assert archive.testzip() is None and len(archive.namelist()) == 20, archive.namelist()
    assert is_model(visitor.download_model())


def detect(visitor):
    """Anomalies of a series: when they were, and a threshold that moves."""
    page = visitor.page
    visitor.upload(example("Series/departures-calm.csv"))
    visitor.upload(example("Series/departures.csv"))
    page.get_by_label("A window of a time series").check()
    expect(page.locator(".facts")).to_contain_text("time series of 8,760 rows")
    page.get_by_label("Rows in a window").fill("24")
    page.get_by_label("Rows in a window").press("Enter")
    expect(page.locator(".facts")).to_contain_text("of 24 rows")
    visitor.choose("Detect")
    visitor.option("learnFrom", "uploads/departures-calm.csv")
    visitor.option("minutes", "0.25")
    visitor.option("seed", "1")
    visitor.start()
    visitor.result()
    outcome = page.locator(".threshold-text")
    expect(outcome).to_contain_text("1 %")
    expect(page.locator(".data-table button.link").first).to_contain_text(re.compile("2013-02-0[89]"))
    reported = int(re.search(r": ([\d,]+) of", outcome.inner_text()).group(1).replace(",", ""))
    slider = page.get_by_label("False-alarm rate")
    slider.focus()
    for _ in range(20):
        slider.press("ArrowRight")
    more = int(re.search(r": ([\d,]+) of", outcome.inner_text()).group(1).replace(",", ""))
    assert more > reported, f"a higher rate reports {more} in place of {reported}"
    scores = rows_of(visitor.download("scores.csv"))
    assert len(scores) == 8761 and "p_value" in scores[0], scores[0]
    assert is_model(visitor.download_model())


def generate(visitor):
    """New rows beside the real ones, and what they say of privacy."""
    page = visitor.page
    visitor.upload(example("Tables/penguins.csv"))
    visitor.choose("Generate")
    visitor.option("count", "200")
    visitor.start()
    visitor.result()
    expect(page.locator(".distribution")).to_have_count(8)
    expect(page.locator("section:has(h2:text-is('Privacy')) .verdict")).to_be_visible()
    name = page.locator(".downloads .name").first.inner_text()
    assert len(rows_of(visitor.download(name))) == 201
    assert is_model(visitor.download_model())


def impute(visitor):
    """Missing cells are filled, marked, and have intervals."""
    page = visitor.page
    visitor.upload(example("Tables/penguins.csv"))
    visitor.choose("Impute")
    visitor.option("minutes", "0.25")
    visitor.start()
    visitor.result()
    expect(page.locator("td.filled")).to_have_count(19)
    expect(page.locator("td.filled .cell-note")).to_have_count(19)
    name = page.locator(".downloads .name:not(:has-text('intervals'))").first.inner_text()
    table = rows_of(visitor.download(name))
    assert len(table) == 345 and not any(cell in ("", "NA") for row in table for cell in row)
    assert is_model(visitor.download_model())


def colorize(visitor):
    """Colors for images, trained on others."""
    page = visitor.page
    visitor.upload_folder(example("Images/learn"))
    visitor.upload_folder(example("Images/parts"))
    visitor.choose("Colorize")
    visitor.option("learnFrom", "uploads/learn")
    visitor.option("minutes", "0.25")
    visitor.start()
    visitor.result()
    expect(page.locator(".pair")).to_have_count(6)
    expect(page.locator(".evaluation-table").first).to_contain_text("PSNR")
    assert is_model(visitor.download_model())
    color_by_hints(visitor, page.locator(".downloads li:has-text('the model') .name").inner_text())


def color_by_hints(visitor, model):
    """A color that is clicked into a picture is in the result, near that place."""
    page = visitor.page
    folder = example("Images/parts")
    visitor.upload(os.path.join(folder, sorted(os.listdir(folder))[0]))
    visitor.choose("Colorize")
    page.get_by_label("Model", exact=True).select_option(f"models/{model}")
    picture = page.locator(".hint-picture")
    expect(picture.locator("img")).to_be_visible()
    page.locator(".hint-picker input[type=color]").fill("#20c020")
    picture.click(position={"x": 30, "y": 20})
    picture.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(".hint-marks span")).to_have_count(2)
    page.get_by_role("button", name="Remove the last color").click()
    expect(page.locator(".hint-marks span")).to_have_count(1)
    hints = page.locator('[data-option="hints"]').input_value()
    assert re.fullmatch(r"\d+,\d+=#20c020", hints), hints
    if not visitor.is_quick:
        visitor.accessibility()
    visitor.start()
    visitor.result()
    expect(page.locator("pre").first).to_contain_text(hints)
    expect(page.locator(".pair")).to_have_count(1)


ALL = [reduce, features, match, denoise, detect, generate, impute, colorize]
