"""Which revisions are kept, and which months become packs."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.integration.rules.packing import DATASET_BYTES_MAX, DATASETS_MIN, Unpacked, month_to_pack
from services.integration.rules.retention import Kept, outlived

TODAY = date(2026, 11, 24)


@st.composite
def manifests(draw):
    """Revisions of up to a dozen dates, the latest of each current."""
    counts = draw(st.dictionaries(st.integers(0, 60), st.integers(1, 5), max_size=12))
    return [
        Kept(f"{age}/{revision}", TODAY - timedelta(days=age), revision, revision == count)
        for age, count in counts.items()
        for revision in range(1, count + 1)
    ]


@given(manifests(), st.integers(0, 60), st.integers(0, 5))
def test_no_current_revision_goes_before_its_date_does_and_the_latest_date_stays(kept, days, former_revisions):
    gone = set(outlived(kept, days=days, former_revisions=former_revisions, today=TODAY))
    stays = [each for each in kept if each.dataset_id not in gone]
    if kept:
        latest = max(each.business_date for each in kept)
        assert any(each.business_date == latest and each.current for each in stays)
    for each in kept:
        is_old = days and each.business_date < TODAY - timedelta(days=days) and each.business_date != latest
        if is_old:
            assert each.dataset_id in gone
        elif each.current:
            assert each.dataset_id not in gone
    for day in {each.business_date for each in stays}:
        of_date = [each for each in stays if each.business_date == day]
        assert len(of_date) <= former_revisions + 1
        # Those that go are the older ones.
        lowest = min(each.revision for each in of_date)
        assert all(each.revision < lowest for each in kept if each.business_date == day and each.dataset_id in gone)


def test_only_past_months_with_many_small_dates_become_packs():
    def month(first, count, size=1_000):
        return [Unpacked(f"{first + timedelta(days=n)}", first + timedelta(days=n), size) for n in range(count)]

    october, september = date(2026, 10, 1), date(2026, 9, 1)
    both = [*month(october, 31), *month(september, 30)]
    assert month_to_pack(both, TODAY) == [each.dataset_id for each in month(september, 30)]
    assert month_to_pack(both, TODAY, ["2026-09"]) == [each.dataset_id for each in month(october, 31)]
    assert month_to_pack(both, TODAY, ["2026-09", "2026-10"]) == []
    # A week for corrections.
    assert month_to_pack(month(october, 31), date(2026, 11, 7)) == []
    assert month_to_pack(month(october, 31), date(2026, 11, 8)) != []
    assert month_to_pack(month(date(2026, 11, 1), 23), TODAY) == []
    assert month_to_pack(month(october, DATASETS_MIN - 1), TODAY) == []
    assert month_to_pack(month(october, 31, DATASET_BYTES_MAX + 1), TODAY) == []
