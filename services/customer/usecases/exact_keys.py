"""What somebody typed as a key: looked for by its keyed hash, so that nothing encrypted is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from sqlalchemy import Select, and_, false, or_, select

from services.customer.model.key import EMAIL, PHONE, CustomerKey, identifier_key, key_index
from services.customer.rules.contacts import normal_email
from services.customer.rules.identifiers import normal_number
from services.customer.rules.kinds import IdentifierKind
from services.customer.rules.phones import PHONE_DIGITS_MAX, PHONE_DIGITS_MIN, normal_phone
from services.customer.rules.queries import Match

# Of an identifier, whatever its kind.
IDENTIFIER_LENGTH_MIN = 5
IDENTIFIER_LENGTH_MAX = 64
_PHONE_MARKS = frozenset("+() -")
# Every other key is an identifier.
MATCHES = {PHONE: Match.PHONE, EMAIL: Match.EMAIL}


def asked(query: str) -> list[tuple[str, str]]:
    """The keys, by name and index, that the text can be; none where it is no number and no address."""
    text = query.strip()
    if not text.isascii():
        return []
    if "@" in text:
        return [(EMAIL, key_index(EMAIL, normal_email(text)))]
    keys = [(identifier_key(kind), identifier_index(kind, text)) for kind in IdentifierKind if _is_number(text)]
    if _is_phone(text) and (number := normal_phone(text)):
        keys.append((PHONE, key_index(PHONE, number)))
    return keys


def holders(keys: Iterable[tuple[str, str]]) -> Select[tuple[str, str]]:
    """Selects who has one of the keys, in whatever scope, and the key's name."""
    # Each key is looked up in the index; SQLite would read the whole table for a list of pairs.
    any_of = (and_(CustomerKey.name == name, CustomerKey.value_index == index) for name, index in keys)
    return select(CustomerKey.customer_id, CustomerKey.name).where(or_(false(), *any_of))


def of_field(path: str) -> dict[str, Callable[[str], str]]:
    """The names of the keys in which a field of the record is looked for, each with what makes an index of a value."""
    identifiers = {identifier_key(kind): partial(identifier_index, kind) for kind in IdentifierKind}
    phones = {PHONE: lambda text: key_index(PHONE, normal_phone(text))}
    emails = {EMAIL: lambda text: key_index(EMAIL, normal_email(text))}
    return {
        "identifier": identifiers,
        "other_identifiers.number": identifiers,
        "phone": phones,
        "contact_points.value": phones | emails,
    }[path]


def identifier_index(kind: int, number: str) -> str:
    """The index of a number of a kind."""
    return key_index(identifier_key(kind), normal_number(number))


def _is_number(text: str) -> bool:
    return IDENTIFIER_LENGTH_MIN <= len(text) <= IDENTIFIER_LENGTH_MAX and any(map(str.isdigit, text))


def _is_phone(text: str) -> bool:
    digits = sum(map(str.isdigit, text))
    return PHONE_DIGITS_MIN <= digits <= PHONE_DIGITS_MAX and all(c.isdigit() or c in _PHONE_MARKS for c in text)
