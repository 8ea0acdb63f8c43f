"""The page in a browser: what its first screen weighs, when Today is useful, and how a list of 50,000 customers scrolls."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

from tests.deployments import branch
from tests.page.conftest import CHROMIUM, DESK, chromium, sign_in

CUSTOMERS = 50_000
SCROLLS, SCROLL_PIXELS = 120, 2_400
# Times of one page differ; the middle one of these stands in the table.
LOADS = 5

# Done where nothing shows that it is still coming; asked at each frame, so that the time is the browser's own.
USEFUL = """() => new Promise((resolve) => {
  const waits = () => document.querySelector('[role=status][aria-label], .ant-skeleton-active') || !document.querySelector('h1');
  const look = () => (waits() ? requestAnimationFrame(look) : resolve(performance.now()));
  look();
})"""
SCRIPT_BYTES = """() => performance.getEntriesByType('resource')
  .filter(({ name }) => name.endsWith('.js')).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)"""
_WATCH_FRAMES = """() => {
  window.frames_ms = [];
  let last = performance.now();
  const next = (now) => { window.frames_ms.push(now - last); last = now; requestAnimationFrame(next); };
  requestAnimationFrame(next);
}"""


def run(console: Console) -> None:
    """Prints the table."""
    table = Table("page", "measured", "goal", title=f"The page on a branch of {CUSTOMERS:,} customers")
    home = Path(tempfile.mkdtemp(prefix="workbench-bench-"))
    with branch(home, customers=CUSTOMERS) as bank, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*CHROMIUM])
        page = browser.new_context(base_url=bank.url, viewport=DESK, locale="zh-CN").new_page()
        page.goto("/app/today")
        sign_in(page, "rm1.east")
        useful_ms, script_bytes = _first_screen(page)
        table.add_row("compressed script of Today", f"{script_bytes / 1_000:,.0f} kB", "350 kB")
        table.add_row("Today is useful", f"{useful_ms:,.0f} ms", "1,500 ms")
        steward = browser.new_context(base_url=bank.url, viewport=DESK, locale="zh-CN").new_page()
        steward.goto("/app/customers")
        sign_in(steward, "steward.ho")
        rows, frames = _scrolled(steward)
        table.add_row(f"scrolling through {rows:,} rows: frame, 99 of 100", f"{frames[int(len(frames) * 0.99)]:,.0f} ms", "")
        table.add_row("longest frame", f"{frames[-1]:,.0f} ms", "no stall: 250 ms")
        browser.close()
    console.print(table)


def _first_screen(page: Page) -> tuple[float, int]:
    """Milliseconds from the address to a useful page, the middle of several loads with empty caches; bytes of its scripts."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    times = []
    for _ in range(LOADS):
        network.send("Network.clearBrowserCache")
        page.reload()
        times.append(page.evaluate(USEFUL))
        script_bytes = page.evaluate(SCRIPT_BYTES)
    return sorted(times)[LOADS // 2], script_bytes


def _scrolled(page: Page) -> tuple[int, list[float]]:
    """How many rows were passed, and the frames' times in ascending order."""
    table = page.locator(".keyset-table").first
    table.wait_for()
    table.hover()
    page.evaluate(_WATCH_FRAMES)
    for _ in range(SCROLLS):
        page.mouse.wheel(0, SCROLL_PIXELS)
        page.wait_for_timeout(50)
    frames = page.evaluate("() => window.frames_ms")
    height = page.evaluate("() => document.querySelector('.ant-table-tbody-virtual-holder').scrollTop")
    row = page.evaluate("() => document.querySelector('.ant-table-row').offsetHeight")
    return int(height / row), sorted(frames)
