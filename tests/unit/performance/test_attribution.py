"""Schemes: golden numbers of the field, and what holds of every one of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.chassis.kernel.errors import InvalidInput, RuleBroken
from services.performance.rules.attribution.agreements import within
from services.performance.rules.attribution.contacts import decay
from services.performance.rules.attribution.deals import AgreedBand, Deal, Journey, Member, Terms, Touch
from services.performance.rules.attribution.freezing import frozen, thawed
from services.performance.rules.attribution.kinds import EVIDENCE_KINDS, DealRole, EffortMeasure, SchemeKind
from services.performance.rules.attribution.markov import removal_effects
from services.performance.rules.attribution.parameters import Parameters, Position, lint
from services.performance.rules.attribution.schemes import amounts, lines, overall_basis_points, split
from services.performance.rules.attribution.shapley import shapley_values
from services.performance.rules.attribution.words import CHINESE, ENGLISH, part_words, rule_words

WON = date(2026, 11, 20)
A, B, C = "a", "b", "c"


def member(person_id, role=DealRole.CO_WORKER, involvement=10_000):
    return Member(person_id, f"staff-{person_id}", role, involvement)


def touch(person_id, days, *, stage="contact", minutes=30, kind=1, contact="", hour=9):
    day = WON - timedelta(days=days)
    moment = datetime.combine(day, time(hour), tzinfo=UTC)
    return Touch(f"contacts/{contact or f'{person_id}-{days}-{hour}'}", person_id, moment, day, stage, kind, minutes)


def deal(*touches, people=(A, B, C), **fields):
    members = [member(person_id, DealRole.OWNER if place == 0 else DealRole.CO_WORKER) for place, person_id in enumerate(people)]
    return Deal(
        **{"amount_minor_units": 123456789, "currency_code": "CNY", "close_date": WON, "members": members, "touches": touches}
        | fields
    )


def weights(kind, of, parameters=None):
    (tranche,) = split(kind, parameters or Parameters(), of).tranches
    return {person_id: weight for person_id, weight in tranche.weights.items() if weight}


def amounts_of(kind, of, parameters=None):
    staff = {person_id: each.staff_number for person_id, each in of.participants.items()}
    return amounts(lines(split(kind, parameters or Parameters(), of), of), of.amount_minor_units, staff)


def test_time_decay_is_golden():
    # design/domain.md section 4: h = 7 at 1, 8, 15 days.
    of = deal(touch(A, 1), touch(B, 8), touch(C, 15))
    found = weights(SchemeKind.TIME_DECAY, of, Parameters(half_life_days=7))
    assert [round(float(found[each]), 4) for each in (A, B, C)] == [0.5714, 0.2857, 0.1429]
    assert decay(7, 7) == Fraction(1, 2)
    assert decay(0, 30) == 1


def test_removal_effects_are_golden():
    # Paths G twice, M once, G then M once won, and G once lost.
    journeys = [
        Journey([["G"]], won=True), Journey([["G"]], won=True), Journey([["M"]], won=True), Journey([["G"], ["M"]], won=True),
        Journey([["G"]], won=False),
    ]  # fmt: skip
    assert removal_effects(journeys, ["G", "M", "X"]) == {"G": Fraction(3, 4), "M": Fraction(1, 2), "X": 0}
    won = [touch("G", 9), touch("M", 3)]
    of = deal(*won, people=("G", "M"), journeys=[each for each in journeys if len(each.moments) == 1])
    assert weights(SchemeKind.MARKOV, of) == {"G": Fraction(3, 5), "M": Fraction(2, 5)}


def test_removal_effects_are_what_taking_away_makes_of_the_chain():
    journeys = [
        Journey([["G"], ["M"], ["G"], ["N"]], won=True),
        Journey([["M"], ["N", "G"]], won=False),
        Journey([["N"]], won=True),
    ]
    effects = removal_effects(journeys, ["G", "M", "N"])
    assert all(0 < effect <= 1 for effect in effects.values())
    # By hand for N: won is only reached from N, so that nothing is won without N.
    assert effects["N"] == 1


def test_shapley_values_are_golden():
    # A 40, B 20, C 0, AB 90, AC 50, BC 20, ABC 100.
    assert shapley_values([0, 40, 20, 90, 0, 50, 20, 100], 3) == [60, 35, 5]


def test_shapley_is_by_stages():
    parameters = Parameters(touch_strength_basis_points=5_000)
    of = deal(touch(A, 30, stage="needs"), touch(B, 20, stage="proposal"), touch(A, 10, stage="proposal"))
    # Needs: A 1/2. Proposal: 3/4 together, 1/2 alone, so that each has 3/8 of it.
    assert weights(SchemeKind.SHAPLEY, of, parameters) == {A: Fraction(7, 10), B: Fraction(3, 10)}
    only = replace(parameters, stage_weights={"proposal": 7})
    assert weights(SchemeKind.SHAPLEY, of, only) == {A: Fraction(1, 2), B: Fraction(1, 2)}
    with pytest.raises(RuleBroken, match="NO_EVIDENCE"):
        weights(SchemeKind.SHAPLEY, of, replace(parameters, stage_weights={"signing": 1}))


@pytest.mark.parametrize(
    ("touches", "found"),
    [
        ([touch(A, 9)], {A: 1}),
        ([touch(A, 9), touch(B, 1)], {A: Fraction(1, 2), B: Fraction(1, 2)}),
        ([touch(A, 9), touch(C, 5), touch(C, 4), touch(B, 1)], {A: Fraction(2, 5), B: Fraction(2, 5), C: Fraction(1, 5)}),
        # The first contact was one of two people.
        (
            [touch(A, 9, contact="x"), touch(B, 9, contact="x"), touch(C, 1)],
            {A: Fraction(1, 4), B: Fraction(1, 4), C: Fraction(1, 2)},
        ),
    ],
    ids=["one", "two", "four", "together"],
)
def test_position_is_a_u(touches, found):
    assert weights(SchemeKind.POSITION, deal(*touches)) == found


def test_position_is_a_w():
    parameters = Parameters(position=Position(3_000, 3_000, 3_000, 1_000))
    of = deal(
        touch(A, 9), touch(C, 8), touch(B, 5, stage="proposal"), touch(C, 4, stage="proposal"), touch(A, 1, stage="signing")
    )
    assert weights(SchemeKind.POSITION, of, parameters) == {A: Fraction(6, 10), B: Fraction(3, 10), C: Fraction(1, 10)}


@pytest.mark.parametrize(
    "touches", [[touch(A, 9), touch(B, 1)], [touch(A, 9), touch(B, 1, stage="proposal")]], ids=["alike", "on"]
)
def test_two_contacts_have_half_each_at_a_w(touches):
    parameters = Parameters(position=Position(3_000, 3_000, 3_000, 1_000))
    assert weights(SchemeKind.POSITION, deal(*touches), parameters) == {A: Fraction(1, 2), B: Fraction(1, 2)}
    assert weights(SchemeKind.POSITION, deal(touches[0]), parameters) == {A: 1}


def test_first_and_last_touch_have_all():
    of = deal(touch(B, 9), touch(C, 5), touch(A, 1))
    assert weights(SchemeKind.FIRST_TOUCH, of) == {B: 1}
    assert weights(SchemeKind.LAST_TOUCH, of) == {A: 1}


def test_effort_counts_a_day_up_to_the_cap():
    parameters = Parameters(effort_per_day_max=60)
    of = deal(touch(A, 3, minutes=50, hour=8), touch(A, 3, minutes=50, hour=15), touch(B, 2, minutes=40))
    assert weights(SchemeKind.EFFORT, of, parameters) == {A: Fraction(60, 100), B: Fraction(40, 100)}
    points = replace(parameters, effort_measure=EffortMeasure.POINTS, contact_points={1: 10, 2: 5})
    of = deal(touch(A, 3, kind=2), touch(B, 2, kind=1), touch(C, 1, kind=7))
    assert weights(SchemeKind.EFFORT, of, points) == {A: Fraction(1, 3), B: Fraction(2, 3)}


def test_role_weighs_how_much_of_it_one_filled():
    members = [member(A, DealRole.OWNER), member(B, DealRole.CO_WORKER, 5_000), member(C, DealRole.SUPPORT, 0)]
    of = deal(members=members)
    assert weights(SchemeKind.ROLE, of, Parameters(role_weights={1: 60, 2: 40})) == {A: Fraction(3, 4), B: Fraction(1, 4)}


def test_agreements_are_kept_as_they_are():
    terms = Terms(agreed_basis_points={A: 5_000, B: 3_000, C: 2_000}, single_owner_person_id=B)
    of = deal(terms=terms)
    # design/domain.md section 4: 1234567.89 by 50/30/20.
    assert amounts_of(SchemeKind.AGREED, of) == {A: 61728394, B: 37037037, C: 24691358}
    assert weights(SchemeKind.SINGLE_OWNER, of) == {B: 1}
    assert weights(SchemeKind.SINGLE_OWNER, deal()) == {A: 1}


@pytest.mark.parametrize(
    ("kind", "terms"),
    [
        (SchemeKind.AGREED, Terms()),
        (SchemeKind.AMOUNT_BAND, Terms()),
        (SchemeKind.STOCK_INCREMENT, Terms()),
        (SchemeKind.SINGLE_OWNER, Terms(single_owner_person_id="z")),
        (SchemeKind.BLEND, Terms()),
    ],
)
def test_what_needs_terms_says_so(kind, terms):
    with pytest.raises(RuleBroken, match="TERMS_MISSING"):
        split(kind, Parameters(), deal(touch(A, 1), terms=terms))


def test_agreed_ratios_are_whole():
    with pytest.raises(RuleBroken, match="RATIOS_NOT_WHOLE"):
        split(SchemeKind.AGREED, Parameters(), deal(terms=Terms(agreed_basis_points={A: 9_999})))


def test_bands_share_each_part_of_the_amount():
    bands = (AgreedBand(0, 1_000_00, {A: 10_000}), AgreedBand(1_000_00, None, {A: 2_500, B: 7_500}))
    of = deal(terms=Terms(bands=bands), amount_minor_units=1_400_00)
    assert amounts_of(SchemeKind.AMOUNT_BAND, of) == {A: 1_100_00, B: 300_00}
    assert amounts_of(SchemeKind.AMOUNT_BAND, replace(of, amount_minor_units=-1_400_00)) == {A: -1_100_00, B: -300_00}
    assert amounts_of(SchemeKind.AMOUNT_BAND, replace(of, amount_minor_units=500_00)) == {A: 500_00, B: 0}


def test_stock_stays_and_the_increment_is_the_teams():
    terms = Terms(former_owner=Member("z", "staff-0"), base_minor_units=1_000_00)
    of = deal(people=(A, B), terms=terms, amount_minor_units=1_500_00)
    parameters = Parameters(inner_kind=SchemeKind.EQUAL_MEMBERS)
    shared = lines(split(SchemeKind.STOCK_INCREMENT, parameters, of), of)
    assert [(each.person_id, each.from_minor_units, each.to_minor_units, each.basis_points) for each in shared] == [
        ("z", 0, 1_000_00, 10_000), (A, 1_000_00, None, 5_000), (B, 1_000_00, None, 5_000),
    ]  # fmt: skip
    assert amounts_of(SchemeKind.STOCK_INCREMENT, of, parameters) == {"z": 1_000_00, A: 250_00, B: 250_00}
    assert overall_basis_points(shared, 0, {"z": "1", A: "2", B: "3"}) == {"z": 10_000, A: 0, B: 0}


def test_a_blend_is_between_agreed_and_evidence():
    of = deal(touch(B, 1, minutes=60), terms=Terms(agreed_basis_points={A: 10_000}))
    parameters = Parameters(agreed_basis_points=4_000, inner_kind=SchemeKind.EFFORT)
    assert weights(SchemeKind.BLEND, of, parameters) == {A: Fraction(4, 10), B: Fraction(6, 10)}
    bounded = replace(parameters, floor_basis_points=1_000, cap_basis_points=5_000)
    assert weights(SchemeKind.BLEND, of, bounded) == {A: Fraction(4, 10), B: Fraction(5, 10), C: Fraction(1, 10)}
    with pytest.raises(RuleBroken, match="BOUNDS_UNFIT"):
        weights(SchemeKind.BLEND, of, replace(parameters, cap_basis_points=3_000))


def test_touches_of_others_and_after_the_end_are_none():
    of = deal(touch("stranger", 3), touch(A, -1))
    for kind in EVIDENCE_KINDS:
        with pytest.raises(RuleBroken, match="NO_EVIDENCE"):
            split(kind, Parameters(), of)


@pytest.mark.parametrize(
    ("kind", "parameters", "field"),
    [
        (SchemeKind.TIME_DECAY, Parameters(half_life_days=29), "half_life_days"),
        (SchemeKind.TIME_DECAY, Parameters(half_life_days=91), "half_life_days"),
        (SchemeKind.POSITION, Parameters(position=Position(4_000, 0, 4_000, 1_999)), "position"),
        (SchemeKind.POSITION, Parameters(position=Position(0, 0, 0, 10_000)), "position"),
        (SchemeKind.ROLE, Parameters(role_weights={2: 10}), "role_weights"),
        (SchemeKind.EFFORT, Parameters(effort_measure=EffortMeasure.POINTS, contact_points={1: 0}), "contact_points"),
        (SchemeKind.SHAPLEY, Parameters(stage_weights={"needs": 0}), "stage_weights"),
        (SchemeKind.BLEND, Parameters(floor_basis_points=2, cap_basis_points=1), "floor_basis_points"),
        (SchemeKind.BLEND, Parameters(inner_kind=SchemeKind.AGREED), "inner_kind"),
        (SchemeKind.BLEND, Parameters(inner_kind=SchemeKind.TIME_DECAY, half_life_days=1), "half_life_days"),
        (SchemeKind.STOCK_INCREMENT, Parameters(inner_kind=SchemeKind.BLEND), "inner_kind"),
    ],
)
def test_lint_names_the_parameter(kind, parameters, field):
    with pytest.raises(InvalidInput, match="SCHEME_INVALID") as refused:
        lint(kind, parameters)
    assert field in {violation.field.removeprefix("parameters.") for violation in refused.value.violations}


def test_usual_parameters_are_fine():
    for kind in list(SchemeKind)[1:]:
        lint(kind, Parameters())


PEOPLE = st.integers(1, 5).map(lambda count: tuple("abcde"[:count]))


@st.composite
def deals(draw):
    people = draw(PEOPLE)
    stages = st.sampled_from(("needs", "proposal", "signing"))
    touches = [
        touch(
            each,
            draw(st.integers(0, 200)),
            stage=draw(stages),
            minutes=draw(st.integers(1, 300)),
            kind=draw(st.integers(1, 7)),
            contact=f"c{draw(st.integers(0, 8))}",
        )
        for each in draw(st.lists(st.sampled_from(people), min_size=1, max_size=12))
    ]
    # A contact has one time, and each who took part has one touch.
    by_contact = {}
    for each in touches:
        first = by_contact.setdefault(each.resource, each)
        by_contact[each.resource, each.person_id] = replace(first, person_id=each.person_id, minutes=each.minutes)
    found = [each for key, each in by_contact.items() if isinstance(key, tuple)]
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), min_size=len(people) - 1, max_size=len(people) - 1)))
    ratios = [high - low for low, high in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    journeys = draw(
        st.lists(st.tuples(st.lists(st.sampled_from((*people, "other")), min_size=1, max_size=4), st.booleans()), max_size=5)
    )
    terms = Terms(
        agreed_basis_points=dict(zip(people, ratios, strict=True)),
        bands=(AgreedBand(0, 5_000, {people[0]: 10_000}), AgreedBand(5_000, None, dict(zip(people, ratios, strict=True)))),
        former_owner=Member("z", "staff-z"),
        base_minor_units=draw(st.integers(1, 10**9)),
    )
    return deal(
        *found,
        people=people,
        amount_minor_units=draw(st.integers(-(10**12), 10**12)),
        terms=terms,
        journeys=[Journey([[each] for each in path], won=won) for path, won in journeys],
    )


ALL = st.sampled_from(list(SchemeKind)[1:])


@given(ALL, deals(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_every_scheme_shares_all_of_it_in_any_order_and_mirrors(kind, of, random):
    found = split(kind, Parameters(), of)
    for tranche in found.tranches:
        assert sum(tranche.weights.values()) == 1
        assert min(tranche.weights.values()) >= 0
    shared = lines(found, of)
    for start in {tranche.from_minor_units for tranche in found.tranches}:
        assert sum(each.basis_points for each in shared if each.from_minor_units == start) == 10_000
    parts = amounts_of(kind, of)
    assert sum(parts.values()) == of.amount_minor_units
    # A reversal takes back exactly what was given.
    back = amounts_of(kind, replace(of, amount_minor_units=-of.amount_minor_units))
    assert back == {person_id: -part for person_id, part in parts.items()}
    shuffled = replace(of, members=random.sample(of.members, len(of.members)), touches=random.sample(of.touches, len(of.touches)))
    assert split(kind, Parameters(), shuffled) == found


@given(st.sampled_from(sorted(EVIDENCE_KINDS)), deals())
@settings(max_examples=50)
def test_who_did_nothing_has_nothing(kind, of):
    idle = replace(of, members=[*of.members, member("idle")])
    found = weights(kind, idle)
    assert found == weights(kind, of)
    assert "idle" not in found


@given(st.sampled_from(sorted(EVIDENCE_KINDS | {SchemeKind.EQUAL_MEMBERS, SchemeKind.ROLE})), deals())
@settings(max_examples=50)
def test_names_decide_nothing(kind, of):
    # Whoever has another name has the same part: with it everything of two people is exchanged.
    assume(len(of.members) > 1)
    exchanged = {A: B, B: A}
    mirrored = replace(
        of,
        members=[replace(each, person_id=exchanged.get(each.person_id, each.person_id)) for each in of.members],
        touches=[replace(each, person_id=exchanged.get(each.person_id, each.person_id)) for each in of.touches],
        journeys=[
            replace(path, moments=[[exchanged.get(each, each) for each in moment] for moment in path.moments])
            for path in of.journeys
        ],
    )
    found = weights(kind, of)
    assert weights(kind, mirrored) == {exchanged.get(person_id, person_id): weight for person_id, weight in found.items()}


@given(
    st.sampled_from([SchemeKind.EQUAL_TOUCHES, SchemeKind.TIME_DECAY, SchemeKind.EFFORT, SchemeKind.SHAPLEY]),
    deals(),
    st.integers(0, 200),
    st.sampled_from(("needs", "proposal", "signing")),
)
@settings(max_examples=60)
def test_who_does_more_never_has_less(kind, of, days, stage):
    more = replace(of, touches=[*of.touches, touch(A, days, stage=stage, contact="another")])
    assert weights(kind, more).get(A, 0) >= weights(kind, of).get(A, 0)


@given(deals(), st.integers(0, 10_000))
def test_who_fills_more_of_his_role_never_has_less(of, involvement):
    less = replace(of, members=[replace(of.members[0], involvement_basis_points=involvement), *of.members[1:]])
    assume(involvement or len(of.members) > 1)
    assert weights(SchemeKind.ROLE, less).get(A, 0) <= weights(SchemeKind.ROLE, of)[A]


@given(st.lists(st.integers(0, 100), min_size=1, max_size=6), st.integers(0, 10_000), st.integers(0, 10_000))
def test_bounds_hold_and_all_is_shared(raw, one, other):
    assume(any(raw))
    floor, cap = (Fraction(each, 10_000) for each in sorted((one, other)))
    given_weights = {str(place): Fraction(weight, sum(raw)) for place, weight in enumerate(raw)}
    if len(raw) * floor > 1 or len(raw) * cap < 1:
        with pytest.raises(RuleBroken, match="BOUNDS_UNFIT"):
            within(given_weights, floor, cap)
        return
    found = within(given_weights, floor, cap)
    assert sum(found.values()) == 1
    assert all(floor <= weight <= cap for weight in found.values())
    # Who had more before never has less after.
    ordered = sorted(given_weights, key=given_weights.get)
    assert [found[each] for each in ordered] == sorted(found[each] for each in ordered)


@given(st.lists(st.integers(0, 1_000), min_size=8, max_size=8))
def test_shapley_values_sum_up_to_what_all_are_worth(worths):
    worths = [0, *worths[1:]]
    assert sum(shapley_values(worths, 3)) == worths[-1]


def test_beyond_fifteen_members_it_is_sampled_within_the_bound():
    people = [f"p{number:02}" for number in range(16)]
    stages = ("needs", "proposal", "signing")
    touches = [touch(each, place + 1, stage=stages[place % 3]) for place, each in enumerate(people)]
    of = deal(*touches, people=people, seed="deals/1")
    found = split(SchemeKind.SHAPLEY, Parameters(), of)
    assert found == split(SchemeKind.SHAPLEY, Parameters(), of)
    (tranche,) = found.tranches
    assert sum(tranche.weights.values()) == 1
    assert 0 < found.error_bound < Fraction(1, 20)
    # Alike by what they did: those of the first stage are six, of the others five.
    exact = {stage: (1 - Fraction(7, 10) ** count) for stage, count in zip(stages, (6, 5, 5), strict=True)}
    for place, each in enumerate(people):
        stage = stages[place % 3]
        right = exact[stage] / (6 if stage == "needs" else 5) / sum(exact.values())
        assert abs(tranche.weights[each] - right) <= found.error_bound


def test_fifteen_members_are_exact():
    people = [f"p{number:02}" for number in range(15)]
    of = deal(*(touch(each, place + 1, stage=f"s{place % 6}") for place, each in enumerate(people)), people=people)
    found = split(SchemeKind.SHAPLEY, Parameters(), of)
    assert found.error_bound == 0
    (tranche,) = found.tranches
    assert len({tranche.weights[each] for each in people[:3]}) == 1


@given(ALL, deals())
@settings(max_examples=60)
def test_what_is_frozen_is_read_back_and_comes_to_the_same(kind, of):
    text = frozen(kind, Parameters(), of)
    assert thawed(text)[:2] == (kind, Parameters())
    assert split(*thawed(text)) == split(kind, Parameters(), of)
    assert frozen(*thawed(text)) == text


def test_every_scheme_and_figure_has_words_in_both_languages():
    of = deal(
        touch(A, 9),
        touch(B, 1),
        terms=Terms(
            agreed_basis_points={A: 10_000},
            bands=[AgreedBand(0, None, {A: 10_000})],
            former_owner=Member("z", "0"),
            base_minor_units=123_45,
        ),
    )
    for kind in list(SchemeKind)[1:]:
        chinese, english = (rule_words(kind, Parameters(), code) for code in (CHINESE, ENGLISH))
        assert chinese != english
        for part in split(kind, Parameters(), of).parts:
            assert part_words(part, CHINESE) != part_words(part, ENGLISH)
    stock = split(SchemeKind.STOCK_INCREMENT, Parameters(), of).parts[0]
    assert part_words(stock, ENGLISH) == "base: 123.45 CNY"


def test_shares_are_said_in_percent():
    uneven = Parameters(position=Position(3_333, 0, 3_334, 3_333))
    assert "33.33%" in rule_words(SchemeKind.POSITION, uneven, CHINESE)
    assert "50% as agreed" in rule_words(SchemeKind.BLEND, Parameters(), ENGLISH)
    agreed = split(SchemeKind.AGREED, Parameters(), deal(terms=Terms(agreed_basis_points={A: 10_000}))).parts[0]
    assert part_words(agreed, CHINESE) == "约定 100%"
