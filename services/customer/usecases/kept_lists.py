"""What saved views and segments have in common: whose they are, who reads them, and how they are shared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message
from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_

from services.chassis.db import listing
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import Scope, paths_above
from services.chassis.kernel.errors import FieldViolation, LimitReached, NotAllowed, NotFound, StaleVersion, located
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.chassis.mapping import Mapper
from services.chassis.rpc import partial
from services.customer.model.segment import SavedView, Segment

# Of one person, of each kind.
LISTS_MAX = 500

_List = TypeVar("_List", SavedView, Segment)


class KeptLists(Generic[_List]):
    """The lists of one kind. `fill` takes over what a message says, and refuses what cannot be kept."""

    def __init__(
        self, model: type[_List], message: type[Message], fields: Sequence[str], fill: Callable[[UnitOfWork, Any, Any], None]
    ) -> None:
        self._model, self._message, self._fields, self._fill = model, message, fields, fill
        self._name = model.__tablename__[:-1]
        self._key: Any = getattr(model, f"{self._name}_id")
        self.as_message: Mapper[Any] = Mapper(message)

    def create(self, work: UnitOfWork, draft: Any, **fixed: Any) -> _List:
        """A new list of the caller's; `fixed` is what never changes."""
        mine = select(func.count()).select_from(self._model).where(self._model.owner_person_id == work.caller.person_id)
        if (work.session.scalar(mine) or 0) >= LISTS_MAX:
            raise LimitReached("LISTS_TOO_MANY", f"One person keeps at most {LISTS_MAX} of them.")
        kept: Any = self._model(
            **{self._key.key: work.new_id()},
            **fixed,
            display_name="",
            owner_person_id=work.caller.person_id,
            create_time=work.now,
            update_time=work.now,
        )
        with located(self._name):
            self._fill(work, kept, draft)
        work.session.add(kept)
        work.session.flush()
        return kept

    def found(self, work: UnitOfWork, list_id: str) -> _List:
        """One that the caller may read; raises NotFound."""
        return self._one(work, select(self._model), list_id)

    def page(self, work: UnitOfWork, request: Any) -> Page:
        """A page of those that the caller may read, by name."""
        query, size = listing.query(request), page_size(request.page_size)
        key = (self._model.display_name, self._key)
        statement: Select[Any] = select(self._model).where(self._readable(work)).order_by(*key).limit(size + 1)
        if token := PageToken.decode(request.page_token, query, keys=2):
            statement = statement.where(tuple_(*key) > tuple_(*token.keys))
        rows = work.session.scalars(statement).all()
        return Page.of(rows, size, query, lambda row: (row.display_name, getattr(row, self._key.key)))

    def change(self, work: UnitOfWork, sent: Any, fields: Sequence[str]) -> _List:
        """Takes the named fields over; nothing happens where nothing differs."""
        partial.check_mask(fields, self._message.DESCRIPTOR, "It")
        kept = self.owned(work, getattr(sent, self._key.key), sent.etag)
        after = self.as_message(kept)
        if partial.take(after, sent, [name for name in self._fields if name in fields]):
            partial.check(after)
            with located(self._name):
                self._fill(work, kept, after)
            self.touch(work, kept)
        return kept

    def share(self, work: UnitOfWork, list_id: str, organisation_path: str, etag: str) -> _List:
        """Shares with a unit in the scope in which the caller may share; with none, takes it back."""
        kept = self.owned(work, list_id, etag)
        if organisation_path and not any(map(organisation_path.startswith, work.scope.organisation_paths)):
            violation = FieldViolation("organisation_path", "Name a unit in your scope.")
            raise NotFound("UNIT_NOT_FOUND", "There is no such unit in your scope.", violations=(violation,))
        if organisation_path != kept.organisation_path:
            kept.organisation_path = organisation_path
            self.touch(work, kept)
        return kept

    def owned(self, work: UnitOfWork, list_id: str, etag: str = "") -> _List:
        """One of the caller's own, held against other writers; raises NotFound, NotAllowed NOT_OWNER and StaleVersion."""
        kept = self._one(work, select(self._model).with_for_update(), list_id)
        if kept.owner_person_id != work.caller.person_id:
            raise NotAllowed("NOT_OWNER", "It is somebody else's; make one of your own from it.")
        if etag and etag != kept.etag:
            raise StaleVersion(f"{self._name.upper()}_CHANGED", "It changed since you read it; read it again and repeat.")
        return kept

    def touch(self, work: UnitOfWork, kept: _List) -> None:
        """Says that the list changed now."""
        kept.update_time = work.now
        work.session.flush()

    def _one(self, work: UnitOfWork, statement: Select[Any], list_id: str) -> _List:
        kept: _List | None = work.session.scalars(
            statement.where(self._key == list_id.lower(), self._readable(work))
        ).one_or_none()
        if kept is None:
            raise NotFound(f"{self._name.upper()}_NOT_FOUND", "There is none such that is yours or shared with you.")
        return kept

    def _readable(self, work: UnitOfWork) -> ColumnElement[bool]:
        """The caller's own, those shared with a unit above him, and those shared with units that he is in charge of."""
        path = self._model.organisation_path
        shared = [path.in_(paths_above(work.caller.organisation_path))]
        if paths := work.scope.organisation_paths:
            below = in_scope(select(self._model), self._model, Scope(organisation_paths=paths), work.caller).whereclause
            shared.append(path != "" if below is None else below)
        return or_(self._model.owner_person_id == work.caller.person_id, *shared)
