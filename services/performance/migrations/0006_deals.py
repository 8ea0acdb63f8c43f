"""Deals, their evidence and decisions, and schemes; with the schemes that are there at first."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime

revision = "performance_0006"
down_revision = "performance_0005"

_OF_OPPORTUNITY = sa.text("opportunity_id <> ''")
_CURRENT, _WAITING = sa.text("current"), sa.text("state = 1")
# The same in every deployment, so that branches that merge have one and the same: by kind, name, parameters.
_BROUGHT_ALONG = (
    (1, "单一归属 Single owner", {}),
    (2, "人均均分 Equal by member", {}),
    (3, "按触点均分 Equal by contact", {}),
    (4, "约定比例 As agreed", {}),
    (5, "金额分段 Amount bands", {}),
    (6, "时间衰减 Time decay", {}),
    (7, "U 型 40/20/40 U-shaped", {}),
    (7, "W 型 30/30/30/10 W-shaped", {"position": (3000, 3000, 3000, 1000)}),
    (8, "首触 First contact", {}),
    (9, "末触 Last contact", {}),
    (10, "按角色 By role", {}),
    (11, "按投入 By effort", {}),
    (12, "存量+增量 Stock and increment", {"inner_kind": 10}),
    (13, "马尔可夫移除效应 Markov removal effect", {}),
    (14, "夏普利值 Shapley value", {}),
    (15, "约定与投入各半 Half as agreed, half by effort", {}),
)


def upgrade():
    _create_schemes()
    _create_deals()
    _create_evidence()


def _create_schemes():
    table = op.create_table(
        "scheme_versions",
        sa.Column("scheme_id", sa.Text, nullable=False),
        sa.Column("version_number", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("current", sa.Boolean, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("parameters", Json, nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
        sa.Column("proposer_person_id", sa.Text, nullable=False),
        sa.Column("decider_person_id", sa.Text, nullable=False),
        sa.Column("propose_time", UtcDateTime, nullable=False),
        sa.Column("decide_time", UtcDateTime),
        sa.PrimaryKeyConstraint("scheme_id", "version_number", name="pk_scheme_versions"),
    )
    for name, where in (("uq_scheme_versions_current", _CURRENT), ("uq_scheme_versions_waiting", _WAITING)):
        op.create_index(name, "scheme_versions", ["scheme_id"], unique=True, sqlite_where=where, postgresql_where=where)
    brought = datetime(2026, 11, 1, tzinfo=UTC)
    rows = [
        {
            "scheme_id": f"01930000-0000-7000-8000-0000000006{place:02}",
            "version_number": 1,
            "state": 2,
            "current": True,
            "display_name": display_name,
            "kind": kind,
            "parameters": _kept(parameters),
            "retired": False,
            "proposer_person_id": "",
            "decider_person_id": "",
            "propose_time": brought,
            "decide_time": brought,
        }
        for place, (kind, display_name, parameters) in enumerate(_BROUGHT_ALONG, start=1)
    ]
    op.bulk_insert(table, rows)


def _kept(parameters):
    if "position" not in parameters:
        return parameters
    names = ("first_basis_points", "turning_basis_points", "last_basis_points", "others_basis_points")
    return {"position": dict(zip(names, parameters["position"], strict=True))}


def _create_deals():
    op.create_table(
        "deals",
        sa.Column("deal_id", OrderedText, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("opportunity_id", sa.Text, nullable=False),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("amount_minor_units", sa.BigInteger, nullable=False),
        sa.Column("currency_code", sa.Text, nullable=False),
        sa.Column("product_codes", Json, nullable=False),
        sa.Column("close_date", BusinessDate, nullable=False),
        sa.Column("objects", Json, nullable=False),
        sa.Column("set_aside", Json, nullable=False),
        sa.Column("terms", Json, nullable=False),
        sa.Column("stages", Json, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("proposed_scheme_id", sa.Text, nullable=False),
        sa.Column("proposed_version_number", sa.Integer, nullable=False),
        sa.Column("proposer_person_id", sa.Text, nullable=False),
        sa.Column("propose_time", UtcDateTime),
        sa.Column("proposed_lines", Json, nullable=False),
        sa.Column("version_number", sa.Integer, nullable=False),
        sa.Column("restart_date", BusinessDate),
        sa.Column("leader_note", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("deal_id", name="pk_deals"),
        sa.CheckConstraint("amount_minor_units >= 0", name="ck_deals_amount"),
    )
    op.create_index("ix_deals_customer_id_deal_id", "deals", ["customer_id", "deal_id"])
    op.create_index("ix_deals_deal_id_organisation_path", "deals", ["deal_id", "organisation_path"])
    op.create_index("ix_deals_owner_person_id", "deals", ["owner_person_id"])
    op.create_index(
        "uq_deals_opportunity_id",
        "deals",
        ["opportunity_id"],
        unique=True,
        sqlite_where=_OF_OPPORTUNITY,
        postgresql_where=_OF_OPPORTUNITY,
    )
    enforce_row_scope(op.get_bind(), "deals", of_customers=True, person="owner_person_id", with_customer=True)
    op.create_table(
        "deal_members",
        sa.Column("deal_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("role", sa.Integer, nullable=False),
        sa.Column("involvement_basis_points", sa.Integer, nullable=False),
        sa.Column("answer", sa.Integer, nullable=False),
        sa.Column("answer_time", UtcDateTime),
        sa.Column("objection", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("deal_id", "person_id", name="pk_deal_members"),
    )
    op.create_index("ix_deal_members_person_id_deal_id", "deal_members", ["person_id", "deal_id"])
    op.create_table(
        "deal_decisions",
        sa.Column("deal_id", sa.Text, nullable=False),
        sa.Column("version_number", sa.Integer, nullable=False),
        sa.Column("scheme_id", sa.Text, nullable=False),
        sa.Column("scheme_version_number", sa.Integer, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("start_date", BusinessDate, nullable=False),
        sa.Column("end_date", BusinessDate),
        sa.Column("lines", Json, nullable=False),
        sa.Column("inputs", sa.Text, nullable=False),
        sa.Column("inputs_sha256", sa.Text, nullable=False),
        sa.Column("decider_person_id", sa.Text, nullable=False),
        sa.Column("decide_time", UtcDateTime, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("end_reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("deal_id", "version_number", name="pk_deal_decisions"),
    )


def _create_evidence():
    op.create_table(
        "contact_touches",
        sa.Column("contact_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("opportunity_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("touch_time", UtcDateTime, nullable=False),
        sa.Column("business_date", BusinessDate, nullable=False),
        sa.Column("contact_kind", sa.Integer, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("stage_code", sa.Text, nullable=False),
        sa.Column("contact_version", sa.BigInteger, nullable=False),
        sa.Column("counted", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("contact_id", "person_id", name="pk_contact_touches"),
    )
    order = ["opportunity_id", "touch_time", "contact_id", "person_id"]
    op.create_index("ix_contact_touches_opportunity_id_touch_time", "contact_touches", order)
    op.create_index("ix_contact_touches_person_id_business_date", "contact_touches", ["person_id", "business_date"])
    op.create_table(
        "opportunity_ends",
        sa.Column("opportunity_id", sa.Text, nullable=False),
        sa.Column("won", sa.Boolean, nullable=False),
        sa.Column("close_date", BusinessDate, nullable=False),
        sa.PrimaryKeyConstraint("opportunity_id", name="pk_opportunity_ends"),
    )
