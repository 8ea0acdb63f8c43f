"""The page in a real browser, on a branch of its own with the demonstration bank.

Every page object fails its test on an error in the browser's console, on a fault that the page catches and on a violation of the
content security policy. `looks_right` holds what is shown to axe's rules, and leaves a picture in build/screens/.
"""

import os
import shutil
import subprocess
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.deployments import PASSWORD, Deployment, branch
from tests.e2e.results import wait_for_analysis, wait_for_results

BANK_ZONE = ZoneInfo("Asia/Shanghai")
ROOT = Path(__file__).parents[2]
SCREENS = ROOT / "build/screens"
AXE = ROOT / "gateway/web/node_modules/axe-core/axe.min.js"
# Enough for every list, chart and warning, and little enough to be there within minutes.
CUSTOMERS = 150
HISTORY_MONTHS = 3
HISTORY_SECONDS = 600
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
# Without these it talks to the outside world, which there is none of.
CHROMIUM = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
SERIOUS = ("serious", "critical")


def pytest_collection_modifyitems(items):
    """Whichever test comes first waits for the bank."""
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here:
            item.add_marker(pytest.mark.timeout(2 * HISTORY_SECONDS + 120))


@pytest.fixture(scope="session")
def bank(tmp_path_factory):
    """A branch with results and warnings; or one that runs already, where WORKBENCH_PAGE_URL names it."""
    if url := os.environ.get("WORKBENCH_PAGE_URL"):
        running = Deployment(Path(), urlsplit(url).port, {})
        yield running
        running.client.close()
        return
    home = tmp_path_factory.mktemp("page")
    with branch(home, delivers=True, customers=CUSTOMERS, history_months=HISTORY_MONTHS) as running:
        wait_for_results(running, HISTORY_SECONDS)
        wait_for_analysis(running, HISTORY_SECONDS)
        yield running


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=[*CHROMIUM])
        yield running
        running.close()


@pytest.fixture
def visit(bank, browser):
    """Opens the page as somebody: `visit("rm1.east", "today", language="en", phone=True)`."""
    opened = []

    def open_page(login="", path="", *, language="zh", appearance="light", phone=False):
        context = browser.new_context(
            base_url=bank.url,
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            locale=LOCALES[language],
            color_scheme=appearance,
            timezone_id=BANK_ZONE.key,
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.set_default_timeout(20_000)
        faults = []
        opened.append((context, faults))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" and not _expected(said) else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"/app/{path}")
        if login:
            sign_in(page, login)
        page.variant = "-".join(filter(None, [language, appearance if appearance == "dark" else "", "phone" if phone else ""]))
        return page

    yield open_page
    for context, _ in opened:
        context.close()
    assert [fault for _, faults in opened for fault in faults] == []


def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    """As a person does."""
    page.locator("input[autocomplete=username]").fill(login)
    page.locator("input[autocomplete=current-password]").fill(password)
    page.locator("button[type=submit]").click()
    page.locator("#content").wait_for()


def _expected(said) -> bool:
    """Chromium reports each refused request as an error, also where the page asked knowing that and says it well."""
    return said.text.startswith("Failed to load resource") and "500" not in said.text


@pytest.fixture
def looks_right():
    """Holds a page to axe's rules, and keeps its picture: `looks_right(page, "today")`."""

    def check(page: Page, name: str, *, full: bool = False) -> None:
        settled(page)
        SCREENS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENS / f"{name}-{page.variant}.png", full_page=full)
        if not page.evaluate("() => 'axe' in window"):
            # Put into the page by the debugger, past its policy.
            page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        faults = [
            f"{each['id']}: {each['help']}: " + "; ".join(node["html"][:200] for node in each["nodes"][:3])
            for each in found["violations"]
            if each["impact"] in SERIOUS
        ]
        assert faults == []
        overflow = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 1, f"{name} is wider than the window by {overflow} pixels"

    return check


def business_day() -> date:
    """Today where the bank is: in the evening of UTC it is tomorrow there."""
    return datetime.now(BANK_ZONE).date()


def settled(page: Page) -> None:
    """Waits until nothing loads any more and nothing moves."""
    page.wait_for_function("() => !document.querySelector('[role=status][aria-label], .ant-spin-spinning, .ant-skeleton-active')")
    page.wait_for_timeout(250)


def chromium() -> str:
    """Where Chromium is; installed with a Chinese face where that is allowed."""
    if not shutil.which("chromium") or not Path("/usr/share/fonts/opentype/noto").is_dir():
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            raise RuntimeError("The page's tests need Chromium: sudo apt-get install chromium fonts-noto-cjk")
        subprocess.run(["apt-get", "update", "-qq"], check=True, stdout=subprocess.DEVNULL)
        packages = ("chromium", "fonts-noto-cjk")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], check=True, stdout=subprocess.DEVNULL, env=environment)
    return shutil.which("chromium")


@contextmanager
def offline(page: Page):
    """Without a network for a while."""
    page.context.set_offline(True)
    try:
        yield
    finally:
        page.context.set_offline(False)
