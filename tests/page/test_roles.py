"""What each post finds in the navigation: what it may do, and nothing beyond."""

import pytest
from playwright.sync_api import expect

SYSTEM = {"Organisation", "People", "Grants", "Feeds", "Quarantine", "Datasets", "Events", "Health"}
# By sign-in: what must be there, and what must not.
POSTS = {
    "rm1.east": (
        {"Today", "All customers", "Calendar", "Leads", "My results", "Team deals"},
        {"Team today", "Approvals", "Products", *SYSTEM},
    ),
    "product.ho": ({"Products", "Approvals"}, {"My results", "Team deals", *SYSTEM}),
    "manager.east": ({"Today", "All customers", "Team today", "Results and ranking", "Warnings", "Approvals"}, SYSTEM),
    "steward.ho": ({"All customers", "Duplicates", "Imports", "Quarantine"}, {"Team today", "People", "Grants", "Events"}),
    "useradmin.ho": ({"Organisation", "People", "Grants"}, {"Today", "All customers", "My results", "Feeds", "Quarantine"}),
    "feeds.ho": ({"Feeds", "Datasets"}, {"Today", "All customers", "People"}),
    "operator.ho": ({"Events"}, {"Today", "All customers", "People", "Quarantine"}),
    "auditor.ho": ({"Records", "Proof of the trail"}, {"Feeds", "Quarantine"}),
}


@pytest.mark.parametrize("login", POSTS)
def test_a_post_finds_what_it_may_do_and_nothing_beyond(visit, login):
    there, absent = POSTS[login]
    page = visit(login, "account", language="en")
    navigation = page.get_by_role("navigation", name="Navigation")
    for words in there:
        expect(navigation.get_by_role("link", name=words, exact=True).first).to_be_attached()
    for words in absent:
        expect(navigation.get_by_role("link", name=words, exact=True)).to_have_count(0)


def test_an_address_that_a_post_may_not_open_is_not_there(visit):
    page = visit("operator.ho", "customers", language="en")
    expect(page.get_by_text("There is no such page")).to_be_visible()
    page = visit("rm1.east", "administration/people", language="en")
    expect(page.get_by_text("There is no such page")).to_be_visible()
