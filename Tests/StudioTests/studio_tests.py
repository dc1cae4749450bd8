"""Drives Studio against a program: `studio_tests.py PROGRAM [--only WORD] [--screenshots FOLDER]`.

Prints a line for each check; the exit code is not 0 where one failed. For work on the page STUDIO_ARGUMENTS are
further arguments of the server, and STUDIO_TRACE=1 prints where a check failed.
"""

import argparse
import contextlib
import os
import re
import subprocess
import sys
import time
import traceback

from playwright.sync_api import expect, sync_playwright

import pages
import tasks
from browser import Visitor, launch
from server import Server

TOKENS = {"ada": "token-of-ada-7d1f0c52b8", "ben": "token-of-ben-93ac41e6d0"}


class Checks:
    """Runs checks one after the other, and counts those that fail."""

    def __init__(self, only):
        self.only = only
        self.failed = 0

    def run(self, name, check):
        if self.only and not any(word in name for word in self.only):
            return
        start = time.monotonic()
        try:
            check()
            print(f"ok      {name} ({time.monotonic() - start:.1f} s)", flush=True)
        except Exception as problem:
            self.failed += 1
            lines = str(problem).strip().splitlines()
            print(f"FAILED  {name}: {' '.join(lines[:4])[:600]}", flush=True)
            if os.environ.get("STUDIO_TRACE"):
                traceback.print_exc()


@contextlib.contextmanager
def visit(browser, address):
    visitor = Visitor(browser, address)
    try:
        yield visitor
        visitor.check()
    finally:
        visitor.close()


def check_tasks(checks, browser, address, folder):
    for task in tasks.ALL:
        def check(task=task):
            with visit(browser, address) as visitor:
                task(visitor)
                visitor.look(f"result-{task.__name__}", folder)
        checks.run(f"task {task.__name__}: from upload to download", check)


def stop_and_keep(browser, address, program):
    """Stops a run that would take long, and loads the model."""
    with visit(browser, address) as visitor:
        start_long_run(visitor)
        keep = visitor.page.get_by_role("button", name="Stop and keep the model")
        expect(keep).to_be_enabled()
        # There is a model to keep when an epoch has ended.
        expect(visitor.page.locator(".figures")).to_contain_text("Best validation loss")
        keep.click()
        visitor.result(120)
        expect(visitor.page.locator(".title-row")).to_contain_text("Stopped by you")
        model = visitor.download_model()
        assert tasks.is_model(model), "the model is no safetensors file"
        found = subprocess.run([program, "inspect", str(model)], capture_output=True, text=True, timeout=60)
        assert found.returncode == 0 and "reduce" in found.stdout, found.stderr + found.stdout[:300]


def start_long_run(visitor):
    visitor.upload(tasks.example("Tables/flights.csv"))
    visitor.choose("Reduce")
    visitor.option("minutes", "15")
    visitor.option("epochs", "100000")
    visitor.start()


def reload_in_the_middle(browser, address, folder):
    """A reload shows the run with all of its loss, and so does the list of runs."""
    with visit(browser, address) as visitor:
        page = visitor.page
        start_long_run(visitor)
        page.wait_for_selector(".chart .line, .chart circle")
        # The errors of PCA and of the mean are known before training begins.
        expect(page.locator(".chart .level")).to_have_count(2)
        page.reload()
        expect(page.locator(".steps li[aria-current=step]")).to_contain_text("Training")
        page.wait_for_selector(".chart .line, .chart circle")
        expect(page.get_by_role("button", name="Stop and keep the model")).to_be_enabled()
        visitor.look("live", folder)
        visitor.open("#/runs")
        expect(page.locator(".state.running")).to_be_visible()
        page.locator(".runs-table a").first.click()
        page.get_by_role("button", name="Discard").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("button", name="Discard")).to_be_focused()
        page.get_by_role("button", name="Discard").click()
        visitor.answer("Discard the run")
        page.wait_for_url(re.compile("#/runs"))
        expect(page.locator(".state.running")).to_have_count(0)


def errors_are_shown(browser, address, folder):
    """What the server says is shown in its words, near what caused it."""
    broken = os.path.join(folder, "broken.csv")
    with open(broken, "wb") as file:
        file.write(b'a,b\n1,"2\n')
    with visit(browser, address) as visitor:
        page = visitor.page
        # The browser reports each answer of 4xx to its console.
        visitor.expected.append("the server responded with a status of 4")
        visitor.open()
        page.set_input_files("#files", broken)
        page.wait_for_url(re.compile("#/data"))
        expect(page.locator(".notice.error")).to_be_visible()
        text = page.locator(".notice.error").inner_text()
        assert "broken.csv" in text, text
        visitor.upload(tasks.example("Tables/penguins.csv"))
        visitor.choose("Detect")
        visitor.option("falseDiscoveries", "0.5")
        page.evaluate("document.querySelector('form.setup').noValidate = true")
        visitor.option("falseDiscoveries", "7")
        page.click("form.setup button[type=submit]")
        expect(page.locator("form.setup .notice.error, main .notice.error").first).to_contain_text("false-discoveries")
        visitor.open("#/job?id=none-such")
        expect(page.locator(".notice.error")).to_be_visible()


def two_people(browser, program, examples):
    """Two browsers with two tokens see only their own data and runs."""
    with Server(program, examples, tokens=TOKENS) as server:
        people = {name: Visitor(browser, server.address) for name in TOKENS}
        try:
            for name, person in people.items():
                # The first answer is that a token is missing.
                person.expected.append("the server responded with a status of 401")
                person.page.goto(server.address)
                person.page.get_by_label("Token").fill("a wrong one")
                person.page.get_by_role("button", name="Open the workspace").click()
                expect(person.page.locator(".notice.error")).to_be_visible()
                person.accessibility()
                person.page.get_by_label("Token").fill(TOKENS[name])
                person.page.get_by_role("button", name="Open the workspace").click()
                expect(person.page.locator(".drop")).to_be_visible()
            people["ada"].upload(tasks.example("Tables/penguins.csv"))
            people["ada"].choose("Generate")
            people["ada"].option("count", "50")
            people["ada"].start()
            people["ada"].result()
            people["ben"].open()
            assert people["ben"].page.locator(".data-list a:has-text('penguins.csv')").count() == 0
            people["ben"].open("#/runs")
            expect(people["ben"].page.locator(".empty-page")).to_be_visible()
            people["ben"].open("#/models")
            expect(people["ben"].page.locator(".empty-page")).to_be_visible()
            address = people["ada"].page.url
            people["ben"].expected.append("the server responded with a status of 404")
            people["ben"].page.goto(address)
            expect(people["ben"].page.locator(".notice.error")).to_be_visible()
            people["ada"].open("#/runs")
            expect(people["ada"].page.locator(".runs-table tbody tr")).to_have_count(1)
            for person in people.values():
                person.check()
        finally:
            for person in people.values():
                person.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--only", action="append", default=[], help="run only checks whose names have this word; may be repeated")
    parser.add_argument("--screenshots")
    parser.add_argument("--quick", action="store_true", help="do not look at pages in all widths and schemes")
    options = parser.parse_args()
    Visitor.is_quick = options.quick
    checks = Checks(options.only)
    # A machine may do other work beside this.
    expect.set_options(timeout=90_000)
    examples = tasks.example("")
    with sync_playwright() as playwright, contextlib.ExitStack() as stack:
        browser = launch(playwright)
        stack.callback(browser.close)
        server = stack.enter_context(Server(options.program, examples))
        address, program, folder = server.address, server.program, server.folder
        checks.run("start: an empty workspace offers the examples", lambda: pages.empty_start(browser, address))
        check_tasks(checks, browser, address, options.screenshots)
        checks.run("stop and keep: the model loads", lambda: stop_and_keep(browser, address, program))
        checks.run("reload: the running job is shown", lambda: reload_in_the_middle(browser, address, options.screenshots))
        checks.run("kinds: a column is taken for another kind", lambda: pages.kinds(browser, address))
        checks.run("runs: compared side by side, deleted", lambda: pages.compare_and_delete(browser, address, options.screenshots))
        checks.run("arrays: thumbnails of NumPy and CIFAR-10", lambda: pages.arrays(browser, address, folder))
        checks.run("upload: a name that is taken", lambda: pages.taken_name(browser, address))
        checks.run("model: applied to other data", lambda: pages.apply_model(browser, address))
        checks.run("errors: in the server's words", lambda: errors_are_shown(browser, address, folder))
        checks.run("keyboard: a run without a pointer", lambda: pages.by_keyboard(browser, address))
        checks.run("map: frames of 200,000 points", lambda: pages.large_map(browser, address))
        checks.run("pages: axe, console, width at 1280 and 390 pixels, light and dark",
                   lambda: pages.all_pages(browser, address, options.screenshots))
        checks.run("tokens: two people see only their own", lambda: two_people(browser, options.program, examples))
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
