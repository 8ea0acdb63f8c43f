"""What teams make of the deals that they won: most are shared by one scheme or another, some wait, some are left as they are.

Deals come to the performance service as the activity service's events. Those of one person need no sharing and stay open, and so
does the last of each team whose owner can sign in: for whoever tries it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from workbench.performance.v1 import deal_pb2, deal_service_pb2, scheme_pb2, share_pb2

from deploy.demonstration.draws import Draw, Weighted
from deploy.demonstration.organisation import BRANCHES, Person
from deploy.demonstration.shares.people import People
from deploy.demonstration.shares.possessions import Account, AccountKind

_PAGE_ROWS = 1_000
# So long nothing more comes, and at most so long it is waited for.
_PAUSE_SECONDS, _EVENTS_SECONDS = 3.0, 120.0
_SERVICE = "DealService"
# Which accounts come of a product, how many days before or after the deal was won they are opened, at most.
_ACCOUNTS: Mapping[str, AccountKind] = {
    "WEALTH": AccountKind.TERM,
    "CD": AccountKind.TERM,
    "STRUCTURED_DEPOSIT": AccountKind.TERM,
    "PERSONAL_LOAN": AccountKind.LOAN,
    "WORKING_CAPITAL": AccountKind.LOAN,
    "PAYROLL": AccountKind.CURRENT,
}
_NEAR_DAYS = 150
# Of a hundred deals of teams: what becomes of them.
_DECIDED, _PROPOSED, _SENT_BACK, _OPEN = "DECIDED", "PROPOSED", "SENT_BACK", "OPEN"
_ENDS = Weighted.of(((_DECIDED, 58), (_PROPOSED, 20), (_SENT_BACK, 6), (_OPEN, 16)))
# Of a hundred: teams that agreed on ratios, and members who object to what is proposed.
_AGREED, _OBJECTS = 65, 12
_OWNER_PARTS = (7_000, 6_000, 6_000, 5_000, 8_000)
_ALL = 10_000
_KINDS = tuple(
    (scheme_pb2.SchemeKind.Value(f"SCHEME_KIND_{name}"), weight)
    for name, weight in (
        ("AGREED", 30), ("BLEND", 14), ("ROLE", 12), ("SHAPLEY", 10), ("EFFORT", 10), ("TIME_DECAY", 8), ("EQUAL_MEMBERS", 6),
        ("POSITION", 6), ("MARKOV", 4),
    )
)  # fmt: skip
_OBJECTION = "本人承担了方案设计和审批沟通，所占比例偏低。"
_DECISION, _SENDING_BACK = "按成员意见和营销轨迹核定。", "请与协办人重新协商比例。"


@dataclass(frozen=True, slots=True)
class _Team:
    """A deal of several, with the people who act on it."""

    deal: deal_pb2.Deal
    customer_number: str
    owner: Person
    others: Sequence[Person]

    @property
    def place(self) -> str:
        """The same for a seed whatever ids the deployment gave."""
        return f"{self.customer_number}/{self.deal.close_date}"


def wait_for_deals(people: People) -> None:
    """Returns once no more deals come: they come as events of what the activity service has taken over."""
    known, deadline = -1, time.monotonic() + _EVENTS_SECONDS
    while (count := _deal_count(people)) > known and time.monotonic() < deadline:
        known = count
        time.sleep(_PAUSE_SECONDS)


def share_deals(
    people: People, accounts: Mapping[str, Sequence[Account]], claimed: set[str], customer_numbers: Mapping[str, str]
) -> None:
    """Has teams share their deals. Accounts that are claimed by themselves are not linked again."""
    for branch in BRANCHES:
        leader = people.manager_of(branch.path)
        teams = sorted(_teams(people, leader, branch.path, customer_numbers), key=lambda team: team.place)
        kept = {team.owner.person_id: team.place for team in teams if team.owner.login}
        for team in teams:
            if kept.get(team.owner.person_id) != team.place:
                _share(people, leader, team, accounts.get(team.customer_number, ()), claimed)


def _deal_count(people: People) -> int:
    return sum(1 for branch in BRANCHES for _ in _deals(people, people.manager_of(branch.path), branch.path))


def _teams(people: People, leader: Person, path: str, customer_numbers: Mapping[str, str]) -> Iterator[_Team]:
    for deal in _deals(people, leader, path):
        owner = people.person(deal.owner_person_id)
        others = [people.person(each.person_id) for each in deal.members if each.person_id != deal.owner_person_id]
        number = customer_numbers.get(deal.customer_id)
        if owner and number and deal.state == deal_pb2.DEAL_STATE_OPEN and any(others):
            yield _Team(deal, number, owner, [each for each in others if each])


def _deals(people: People, leader: Person, path: str) -> Iterator[deal_pb2.Deal]:
    page_token = ""
    while True:
        request = deal_service_pb2.ListDealsRequest(organisation_path=path, page_size=_PAGE_ROWS, page_token=page_token)
        page = people.ask(leader, f"{_SERVICE}/ListDeals", request)
        if page is None:
            return
        yield from page.deals
        page_token = page.next_page_token
        if not page_token:
            return


def _share(people: People, leader: Person, team: _Team, accounts: Sequence[Account], claimed: set[str]) -> None:
    draw = Draw(people.bank.seed, f"share/{team.place}")
    end = _ENDS.draw(draw)
    if account := _opened_near(team.deal, accounts, claimed):
        claimed.add(account.key)
        objects = [deal_pb2.DealObject(kind=share_pb2.OBJECT_KIND_ACCOUNT, object_key=account.key)]
        _change(people, team, "objects", deal_pb2.Deal(objects=objects), "deals with an account")
    if draw.chance(_AGREED):
        terms = deal_pb2.DealTerms(agreed_parts=_agreed(team, draw))
        _change(people, team, "terms", deal_pb2.Deal(terms=terms), "deals with agreed ratios")
    if end == _OPEN or not (scheme_id := _scheme(people, team, draw)):
        return
    request = deal_service_pb2.ProposeSplitRequest(deal_id=team.deal.deal_id, scheme_id=scheme_id, **_of(people, team, "propose"))
    if people.ask(team.owner, f"{_SERVICE}/ProposeSplit", request, "deals proposed") is None:
        return
    for place, member in enumerate(team.others):
        # Of what waits some have not answered.
        if end != _PROPOSED or draw.below(2):
            _answer(people, team, member, accept=not draw.chance(_OBJECTS), place=place)
    if end != _PROPOSED:
        _decide(people, leader, team, approve=end == _DECIDED)


def _opened_near(deal: deal_pb2.Deal, accounts: Sequence[Account], claimed: set[str]) -> Account | None:
    """The account of what the deal was about that was opened nearest to when it was won."""
    closed = date.fromisoformat(deal.close_date)
    kinds = {_ACCOUNTS[code] for code in deal.product_codes if code in _ACCOUNTS}
    free = [each for each in accounts if each.kind in kinds and each.key not in claimed]
    near = [
        each for each in free if each.kind is AccountKind.CURRENT or abs((each.open_date - closed).days) <= _NEAR_DAYS
    ]  # fmt: skip
    return min(near, key=lambda each: (abs((each.open_date - closed).days), each.number), default=None)


def _agreed(team: _Team, draw: Draw) -> list[deal_pb2.AgreedPart]:
    """Ratios that the members agree on: so much to the owner, the rest to the others alike."""
    own = draw.one_of(_OWNER_PARTS)
    each, left = divmod(_ALL - own, len(team.others))
    parts = [deal_pb2.AgreedPart(person_id=team.owner.person_id, basis_points=own + left)]
    return [*parts, *(deal_pb2.AgreedPart(person_id=member.person_id, basis_points=each) for member in team.others)]


def _change(people: People, team: _Team, field: str, changed: deal_pb2.Deal, done: str) -> None:
    """The owner changes one field of the deal."""
    # The mask says which; a message without these is none.
    changed.deal_id, changed.title, changed.customer_id = team.deal.deal_id, team.deal.title, team.deal.customer_id
    changed.amount.CopyFrom(team.deal.amount)
    request = deal_service_pb2.UpdateDealRequest(deal=changed, update_mask={"paths": [field]}, **_of(people, team, field))
    people.ask(team.owner, f"{_SERVICE}/UpdateDeal", request, done)


def _scheme(people: People, team: _Team, draw: Draw) -> str:
    """One of the schemes that can share the deal, by how usual they are."""
    request = deal_service_pb2.CompareSchemesRequest(deal_id=team.deal.deal_id)
    compared = people.ask(team.owner, f"{_SERVICE}/CompareSchemes", request)
    offered = {split.kind: split.scheme_id for split in compared.splits if split.offered} if compared else {}
    usual = [(offered[kind], weight) for kind, weight in _KINDS if kind in offered]
    return Weighted.of(usual).draw(draw) if usual else ""


def _answer(people: People, team: _Team, member: Person, *, accept: bool, place: int) -> None:
    request = deal_service_pb2.AnswerProposalRequest(
        deal_id=team.deal.deal_id,
        accept=accept,
        reason="" if accept else _OBJECTION,
        **_of(people, team, f"answer/{place}"),
    )
    people.ask(member, f"{_SERVICE}/AnswerProposal", request, "proposals accepted" if accept else "proposals objected to")


def _decide(people: People, leader: Person, team: _Team, *, approve: bool) -> None:
    reason = _DECISION if approve else _SENDING_BACK
    request = deal_service_pb2.DecideDealRequest(
        deal_id=team.deal.deal_id, approve=approve, reason=reason, **_of(people, team, "decide")
    )
    people.ask(leader, f"{_SERVICE}/DecideDeal", request, "deals decided" if approve else "proposals sent back")


def _of(people: People, team: _Team, place: str) -> dict[str, Any]:
    return {"request_id": people.bank.id_of(f"deal/{team.deal.deal_id}/{place}")}
