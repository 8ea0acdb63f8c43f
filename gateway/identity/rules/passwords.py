"""What makes a password fit: long, and not what everybody tries first (NIST SP 800-63B, section 3.1.1.2)."""

from __future__ import annotations

from itertools import pairwise

LENGTH_MIN = 12
LENGTH_MAX = 128
DISTINCT_CHARACTERS_MIN = 5

# What is tried first among passwords that are long enough; without digits, signs and case, so that each stands for many.
COMMON_STEMS = frozenset({
    "abcdefghijkl", "administrator", "asdfghjklqwe", "changeme", "changemenow", "iloveyou", "letmein", "mypassword",
    "password", "passwordpassword", "passw", "qazwsxedcrfv", "qwerty", "qwertyuiop", "qwertyuiopas", "relationshipmanager",
    "secret", "welcome", "welcometothebank", "woaini", "woshishui", "zxcvbnm", "zxcvbnmasdfg", "mima", "wodemima", "workbench",
})  # fmt: skip


def password_faults(password: str, login: str) -> tuple[str, ...]:
    """What a password lacks, each as a sentence for the person; empty where it is fit."""
    faults = []
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        faults.append(f"It must have {LENGTH_MIN} to {LENGTH_MAX} characters.")
    if len(set(password)) < DISTINCT_CHARACTERS_MIN:
        faults.append(f"It must have at least {DISTINCT_CHARACTERS_MIN} different characters.")
    if _is_sequence(password) or _stem(password) in COMMON_STEMS:
        faults.append("It is among the passwords that are tried first.")
    if login and login.casefold() in password.casefold():
        faults.append("It must not contain the sign-in name.")
    return tuple(faults)


def _stem(password: str) -> str:
    return "".join(character for character in password.casefold() if character.isalpha())


def _is_sequence(password: str) -> bool:
    """Whether each character is the next, or each the previous, of the one before; 0 comes after 9."""
    steps = [(ord(after) - ord(before)) for before, after in pairwise(password)]
    return any(all(step in (one, -9 * one) for step in steps) for one in (1, -1))
