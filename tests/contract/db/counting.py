"""Long work that counts, one number a step; as a module, a process of its own that does it until it is killed."""

import sys
import time
from pathlib import Path

from services.chassis import keys
from services.chassis.db.engine import create_engine
from services.chassis.db.session import Database
from services.chassis.kernel.caller import Caller, Grant, Scope
from services.chassis.longwork.runner import Runner
from services.chassis.longwork.task import Work
from tests.contract.db.conftest import Note

PERMISSION = "contract.count"
CALLER = Caller("rm", grants=(Grant(frozenset({PERMISSION}), Scope(own=True)),))


def count_step(work, task, _prepared):
    number = task.checkpoint.get("next", 0)
    note = task.parameters.get("note", "")
    work.session.add(Note(note_id=f"{note}{number}", lead_person_id="rm", organisation_path="/HO/", text=str(number)))
    work.session.flush()
    time.sleep(task.parameters.get("pause", 0))
    task.checkpoint["next"] = number + 1
    task.done, task.total = number + 1, task.parameters["to"]
    if task.done == task.total:
        task.finish("counted")


COUNT = Work("contract.count", PERMISSION, count_step)

if __name__ == "__main__":
    keys.use_data_keys(keys.DataKeys.load(Path(sys.argv[2]) / keys.DATA_KEYS_FILE))
    Runner(Database(create_engine(sys.argv[1]), "contract"), [COUNT]).run_due()
