"""What happens around a customer beside movements of money: the kinds of it that analytics joins with them."""

from __future__ import annotations

from enum import IntEnum


class HappeningKind(IntEnum):
    """What it is. Stored as the number, which never changes its meaning; `workbench.analytics.v1.HappeningKind` mirrors it."""

    # A visit, call, meeting, message … that took place.
    CONTACT = 1
    # One that is planned, or did not take place: cancelled, or nobody was there.
    CONTACT_NOT_DONE = 2
    COMPLAINT = 3
    NEED = 4
    # Opinions and suggestions.
    OPINION = 5
    # An answer to a survey.
    SURVEY_ANSWER = 6
    # The customer came to another lead.
    LEAD_CHANGED = 7
    # The customer's lead left the bank.
    LEAD_LEFT = 8
    OPPORTUNITY = 9
    LEAD_CAPTURED = 10
    TASK = 11
