"""Claims, objections and hand-overs of credit; and that no object is ever given away twice."""

from alembic import op

revision = "performance_0005"
down_revision = "performance_0004"


def upgrade():
    for statement in NEVER_TWICE[op.get_bind().dialect.name]:
        op.execute(statement)


# Pending and approved lines of the new line's object that share a day and an amount with it. How much is given changes only
# where a line begins, so that those days and amounts are all that must be summed up.
_MEETING = """
    FROM share_lines AS {row}
    WHERE {row}.object_kind = NEW.object_kind AND {row}.object_key = NEW.object_key AND {row}.state IN (1, 2)
      AND {row}.start_date <= COALESCE(NEW.end_date, '9999-12-31') AND COALESCE({row}.end_date, '9999-12-31') >= NEW.start_date
      AND (NEW.to_minor_units IS NULL OR {row}.from_minor_units < NEW.to_minor_units)
      AND ({row}.to_minor_units IS NULL OR {row}.to_minor_units > NEW.from_minor_units)
"""
_EXCEEDED = f"""
    SELECT 1
    FROM (SELECT DISTINCT {{greatest}}(began.start_date, NEW.start_date) AS day {_MEETING.format(row="began")}) AS days
    CROSS JOIN (
        SELECT DISTINCT {{greatest}}(lower.from_minor_units, NEW.from_minor_units) AS minor_units {_MEETING.format(row="lower")}
    ) AS amounts
    WHERE (
        SELECT SUM(given.basis_points) {_MEETING.format(row="given")}
          AND given.start_date <= days.day AND COALESCE(given.end_date, '9999-12-31') >= days.day
          AND given.from_minor_units <= amounts.minor_units
          AND (given.to_minor_units IS NULL OR given.to_minor_units > amounts.minor_units)
    ) > 10000
"""
_CHANGED = "object_kind, object_key, start_date, end_date, from_minor_units, to_minor_units, basis_points, state"
_REFUSAL = "more of an object would be given than there is"


def _sqlite_trigger(name, event):
    return f"""CREATE TRIGGER share_lines_{name} AFTER {event} ON share_lines
        WHEN NEW.state IN (1, 2) AND EXISTS ({_EXCEEDED.format(greatest="MAX")})
        BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"""


def _postgresql_trigger(name, event):
    return f"""CREATE TRIGGER share_lines_{name} AFTER {event} ON share_lines
        FOR EACH ROW WHEN (NEW.state IN (1, 2)) EXECUTE FUNCTION share_lines_never_twice()"""


NEVER_TWICE = {
    # One writer at a time: what a trigger reads, nobody changes before the commit.
    "sqlite": (
        _sqlite_trigger("added", "INSERT"),
        _sqlite_trigger("changed", f"UPDATE OF {_CHANGED}"),
    ),
    # Whoever writes lines of the object waits at the lock, which `usecases.shares.lines.hold` takes by the same name; the
    # statement after it sees what the one before committed. Row-level security must hide no line from the sum.
    "postgresql": (
        f"""CREATE FUNCTION share_lines_never_twice() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            paths text := current_setting('workbench.paths', true);
            exceeded boolean;
        BEGIN
            PERFORM pg_advisory_xact_lock(hashtextextended('shares/' || NEW.object_kind || '/' || NEW.object_key, 0));
            PERFORM set_config('workbench.paths', '/', true);
            exceeded := EXISTS ({_EXCEEDED.format(greatest="GREATEST")});
            PERFORM set_config('workbench.paths', COALESCE(paths, ''), true);
            IF exceeded THEN
                RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$""",
        _postgresql_trigger("added", "INSERT"),
        _postgresql_trigger("changed", f"UPDATE OF {_CHANGED}"),
    ),
}
