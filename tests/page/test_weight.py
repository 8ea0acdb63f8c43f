"""What the first screen weighs: every script that comes before Today is useful counts, as it is sent."""

import pytest
from playwright.sync_api import expect

from tests.bench.page import SCRIPT_BYTES, USEFUL

SCRIPT_BYTES_MAX = 350_000


@pytest.mark.parametrize("login", ["rm1.east", "manager.east"])
def test_the_first_screen_needs_few_scripts(visit, login):
    page = visit(login, "today")
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.reload()
    page.evaluate(USEFUL)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.endswith("/app/today")
    assert 100_000 < page.evaluate(SCRIPT_BYTES) < SCRIPT_BYTES_MAX
