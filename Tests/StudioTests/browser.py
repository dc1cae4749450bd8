"""A browser whose pages must behave: no error in the console, no request to anywhere else."""

import os
import re
import shutil

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


def chromium_path():
    """The system's Chromium."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        raise SystemExit("chromium is missing: apt-get install chromium, or give its path in CHROMIUM")
    return found


def launch(playwright):
    return playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])


class Visitor:
    """One person at a browser, with cookies of their own."""

    # Whether pages are not looked at in all widths and schemes.
    is_quick = False

    def __init__(self, browser, address):
        self.address = address
        self.context = browser.new_context(
            viewport={"width": 1280, "height": 900}, color_scheme="light", accept_downloads=True
        )
        files = os.environ.get("STUDIO_FILES")
        if files:
            # For work on the page: its files as they are now, in place of those of the program.
            self.context.route("**/studio/*", lambda route: route.fulfill(path=os.path.join(files, route.request.url.split("/")[-1])))
        self.page = self.context.new_page()
        self.page.set_default_timeout(120_000)
        self.errors = []
        self.expected = []
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.errors.append(f"exception: {error}"))
        self.page.on("request", self.watch)
        # The page asks in dialogs of its own; one of the browser would wait for nobody.
        self.page.on("dialog", self.refuse)

    def hear(self, message):
        if message.type == "error" and not any(word in message.text for word in self.expected):
            self.errors.append(f"console: {message.text}")

    def refuse(self, dialog):
        self.errors.append(f"a dialog of the browser: {dialog.message}")
        dialog.dismiss()

    def answer(self, label):
        """Answers the question that the page asks; it can be left by the Escape key, and is without a fault."""
        question = self.page.get_by_role("dialog")
        expect(question).to_be_visible()
        if not self.is_quick:
            self.accessibility()
        question.get_by_role("button", name=label).click()
        expect(question).to_have_count(0)

    def watch(self, request):
        if not request.url.startswith((self.address + "/", "data:", "blob:" + self.address)):
            self.errors.append(f"request to another place: {request.url}")

    def open(self, place=""):
        self.page.goto(f"{self.address}/{place}")
        self.page.wait_for_selector("main h1")

    def upload(self, *paths):
        """Uploads files from the start, and waits for their columns; what has their name is replaced."""
        self.open()
        self.page.set_input_files("#files", list(paths))
        self.page.wait_for_selector("dialog.question, .task-choice")
        if self.page.get_by_role("dialog").count():
            self.answer("Replace it")
        self.page.wait_for_url(re.compile("#/data"))
        self.page.wait_for_selector(".task-choice .task")

    def upload_folder(self, path):
        self.open()
        self.page.set_input_files("#folder", path)
        self.page.wait_for_url(re.compile("#/data"))
        self.page.wait_for_selector(".task-choice .task")

    def choose(self, task):
        self.page.click(f'a.task:has(b:text-is("{task}"))')
        self.page.wait_for_selector("form.setup")

    def option(self, identifier, value):
        """Sets an option of a task, under More options or not."""
        field = self.page.locator(f'[data-option="{identifier}"]')
        field.wait_for(state="attached")
        if not field.is_visible():
            self.page.click("summary:text-is('More options')")
        if field.evaluate("node => node.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)

    def start(self):
        self.page.click("form.setup button[type=submit]")
        self.page.wait_for_url(re.compile(r"#/job\?id="))

    def result(self, seconds=420):
        """Waits for the result of a run."""
        end = self.page.locator(".result-main, .notice.error").first
        expect(end).to_be_visible(timeout=seconds * 1000)
        problem = self.page.locator("main .notice.error")
        if problem.count():
            raise AssertionError("the run failed: " + problem.first.inner_text())

    def download(self, name):
        """The path of what a link of the downloads gives."""
        with self.page.expect_download() as waiting:
            self.page.click(f'.downloads a:has(.name:text-is("{name}"))')
        return waiting.value.path()

    def download_model(self):
        name = self.page.locator(".downloads li:has-text('the model') .name").inner_text()
        return self.download(name)

    def check(self):
        """No error since the last check."""
        errors, self.errors = self.errors, []
        if errors:
            raise AssertionError("; ".join(errors[:5]))

    def accessibility(self):
        """axe finds no serious fault on the page as it is."""
        faults = [
            violation for violation in Axe().run(self.page).response["violations"]
            if violation["impact"] in ("serious", "critical")
        ]
        if faults:
            raise AssertionError("; ".join(
                f"{fault['id']}: {fault['nodes'][0]['html'][:160]} ({len(fault['nodes'])})" for fault in faults
            ))

    def look(self, name, folder=None):
        """The page as it is at two widths and in two schemes: no fault of axe, nothing too wide, and pictures of it."""
        if self.is_quick:
            return
        for width, height in ((1280, 900), (390, 844)):
            self.page.set_viewport_size({"width": width, "height": height})
            for scheme in ("light", "dark"):
                self.page.emulate_media(color_scheme=scheme)
                self.page.wait_for_timeout(400)
                if folder:
                    os.makedirs(folder, exist_ok=True)
                    self.page.screenshot(path=os.path.join(folder, f"{name}-{width}-{scheme}.png"), full_page=True)
                where = f"{name} at {width} pixels, {scheme}"
                beyond = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                if beyond > 0:
                    raise AssertionError(f"{where}: {beyond} pixels too wide")
                # Both schemes and both widths are among these two.
                if (width, scheme) in ((1280, "light"), (390, "dark")):
                    try:
                        self.accessibility()
                    except AssertionError as problem:
                        raise AssertionError(f"{where}: {problem}") from None
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": 1280, "height": 900})

    def close(self):
        self.context.close()
