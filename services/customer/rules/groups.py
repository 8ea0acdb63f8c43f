"""Groups 集团: the parts that customers have in them."""

from __future__ import annotations

from enum import IntEnum

# So many groups stand in one another at most.
NESTING_MAX = 10
# In characters.
NOTE_LENGTH_MAX = 500


class GroupRole(IntEnum):
    """The part in a group, numbered as the contract numbers it."""

    PARENT = 1
    CORE = 2
    MEMBER = 3
