"""Gathers everything that this service holds about one customer, for the person to have."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from services.chassis.db.audit import Change
from services.chassis.db.session import UnitOfWork
from services.chassis.files import storage
from services.chassis.longwork import asking
from services.chassis.longwork.table import Operation
from services.chassis.longwork.task import Preparation, Task, Work
from services.customer.usecases import finding
from services.customer.usecases.subjects.holdings import sections

EXPORT = "customer.subject.export"

_PAGE = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>个人信息副本 Copy of personal data</title>
<style>body{{font-family:sans-serif;margin:2em}}table{{border-collapse:collapse;margin-bottom:2em}}
td,th{{border:1px solid #999;padding:.3em .6em;text-align:left;vertical-align:top}}</style></head>
<body><h1>个人信息副本 Copy of personal data</h1><p>{date}</p>{sections}</body></html>
"""


def export_customer_data(work: UnitOfWork, customer_id: str, purpose: str) -> Operation:
    """Asks for the copy; raises NotFound CUSTOMER_NOT_FOUND."""
    found = finding.shown_customer(work, customer_id).customer_id
    work.resource, work.purpose = f"customers/{found}", purpose
    return asking.ask(work, EXPORT, {"customer_id": found, "purpose": purpose}, subject=f"customers/{found}")


def _gather(preparation: Preparation, task: Task) -> bytes:
    with preparation.transaction() as work:
        # Asked anew: the customer may have left the scope since.
        customer_id = finding.shown_customer(work, task.parameters["customer_id"]).customer_id
        found = dict(sections(work, customer_id))
        today = work.business_date.isoformat()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps({"date": today, **found}, ensure_ascii=False, indent=1))
        archive.writestr("data.html", _page(found, today))
    return out.getvalue()


def _store(work: UnitOfWork, task: Task, content: bytes) -> None:
    file = storage.create(work, "personal-data.zip", "application/zip")
    storage.append(work, file, content)
    storage.complete(work, file)
    work.purpose = task.parameters["purpose"]
    work.changes.append(Change(f"customers/{task.parameters['customer_id']}", "read", {}))
    task.done = task.total = 1
    task.finish("Gathered.", file.file_id)


def _page(found: Mapping[str, Iterable[Mapping[str, Any]]], today: str) -> str:
    return _PAGE.format(date=escape(today), sections="".join(_section(name, rows) for name, rows in found.items()))


def _section(name: str, rows: Iterable[Mapping[str, Any]]) -> str:
    tables = "".join(f"<table>{''.join(_line(key, value) for key, value in row.items())}</table>" for row in rows)
    return f"<h2>{escape(name)}</h2>{tables}"


def _line(key: str, value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"<tr><th>{escape(key)}</th><td>{escape(text)}</td></tr>"


WORKS = (Work(EXPORT, EXPORT, _store, _gather),)
