"""Who of the bank's people deals with which customer, how often, since when, and who leads: a row a customer and person."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from services.analytics.rules.dependence import WHOLE_E4
from services.analytics.rules.happenings import HappeningKind
from services.chassis.engines.expressions import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Of contacts that count.
CONTACT_DAYS = 365
# Divides without a rest by 1 to 16, so that a contact of several people is divided exactly.
_PARTS = 720_720


def write_relations(connection: DuckDBPyConnection, *, customers: Path, happenings: Path, as_of_date: date, path: Path) -> None:
    """Writes the rows of `relations` (`engine/tables.py`) as of a date, by customer's number and person.

    There is one for each person who took part in a contact of the last 365 days, and one for who leads. A contact of several
    people is divided equally: the shares of a customer add up to 10,000, but for rounding. `first_date` is since when the person
    has dealt with the customer: the first contact, or the hand-over by which he came to lead; where no hand-over is known, a lead
    has led since the customer opened. Nothing after the date counts.
    """
    connection.execute(
        f"COPY ({_QUERY.format(**_names(customers, happenings, as_of_date))}) TO {quoted(path)} "
        "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
    )


def _names(customers: Path, happenings: Path, as_of_date: date) -> dict[str, object]:
    return {
        "customers": f"read_parquet({quoted(customers)})",
        "happenings": f"read_parquet({quoted(happenings)})",
        "as_of": f"DATE '{as_of_date.isoformat()}'",
        "days": CONTACT_DAYS,
        "parts": _PARTS,
        "whole": WHOLE_E4,
        "contact": HappeningKind.CONTACT.value,
        "lead_changed": HappeningKind.LEAD_CHANGED.value,
    }


_QUERY = """
WITH held AS (
    SELECT customer_number, start_date, people, len(people) AS people_count
    FROM (
        SELECT
            customer_number,
            start_date,
            list_filter(list_distinct(list_prepend(person_id, other_person_ids)), lambda each: each <> '') AS people
        FROM {happenings}
        WHERE kind = {contact} AND start_date <= {as_of} AND len(other_person_ids) > 0
    )
    WHERE len(people) > 0
),
-- Sums of whole numbers: those of fractions depend on their order.
contacts AS (
    SELECT
        customer_number,
        unnest(people) AS person_id,
        start_date,
        start_date > {as_of} - {days} AS counts,
        {parts} // people_count AS parts
    FROM held
    UNION ALL
    -- Most are of one person alone: no list is made of them.
    SELECT customer_number, person_id, start_date, start_date > {as_of} - {days}, {parts}
    FROM {happenings}
    WHERE kind = {contact} AND start_date <= {as_of} AND coalesce(len(other_person_ids), 0) = 0 AND person_id <> ''
),
by_person AS (
    SELECT
        customer_number,
        person_id,
        count(*) FILTER (counts) AS contact_count,
        coalesce(sum(parts) FILTER (counts), 0)::BIGINT AS parts,
        min(start_date) AS first_date,
        max(start_date) AS last_date
    FROM contacts GROUP BY ALL
),
of_customer AS (
    SELECT customer_number, sum(parts)::BIGINT AS parts FROM by_person GROUP BY ALL
),
hand_overs AS (
    SELECT customer_number, person_id, max(start_date) AS start_date
    FROM {happenings}
    WHERE kind = {lead_changed} AND start_date <= {as_of}
    GROUP BY ALL
),
leads AS (
    SELECT
        customers.customer_number,
        customers.lead_person_id AS person_id,
        coalesce(
            own.start_date,
            CASE WHEN known.customer_number IS NULL AND customers.open_date <= {as_of} THEN customers.open_date END
        ) AS lead_date
    FROM {customers} AS customers
    LEFT JOIN hand_overs AS own
        ON own.customer_number = customers.customer_number AND own.person_id = customers.lead_person_id
    LEFT JOIN (SELECT DISTINCT customer_number FROM hand_overs) AS known ON known.customer_number = customers.customer_number
    WHERE customers.lead_person_id <> ''
),
together AS (
    SELECT
        coalesce(by_person.customer_number, leads.customer_number) AS customer_number,
        coalesce(by_person.person_id, leads.person_id) AS person_id,
        coalesce(contact_count, 0) AS contact_count,
        coalesce(parts, 0) AS parts,
        least(first_date, lead_date) AS first_date,
        last_date,
        leads.person_id IS NOT NULL AS is_lead
    FROM by_person FULL JOIN leads
        ON leads.customer_number = by_person.customer_number AND leads.person_id = by_person.person_id
)
SELECT
    together.customer_number,
    customers.customer_id,
    together.person_id,
    contact_count::BIGINT AS contact_count,
    (CASE
        WHEN of_customer.parts > 0
        THEN (2 * {whole} * together.parts + of_customer.parts) // (2 * of_customer.parts) ELSE 0
    END)::BIGINT AS share_e4,
    first_date,
    last_date,
    is_lead
FROM together
JOIN {customers} AS customers USING (customer_number)
LEFT JOIN of_customer USING (customer_number)
WHERE contact_count > 0 OR is_lead
ORDER BY together.customer_number, together.person_id
"""
