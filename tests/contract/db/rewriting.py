"""Rewrites the notes in small batches, slowly, as a process of its own that can be killed; told `to the end`, quickly."""

import sys
import time
from pathlib import Path

from services.chassis import keys, runtime  # noqa: F401 - the runtime brings every table of the chassis
from services.chassis.db import reencryption
from services.chassis.db.engine import create_engine
from services.chassis.db.session import Database
from tests.contract.db.conftest import Base

if __name__ == "__main__":
    keys.use_data_keys(keys.DataKeys.load(Path(sys.argv[2]) / keys.DATA_KEYS_FILE))
    reencryption.BATCH_ROWS_MAX = 20
    table = Base.metadata.tables["notes"]
    database = Database(create_engine(sys.argv[1]), "contract")
    with database.transaction() as work:
        reencryption.begin(work, [table])
    ended = False
    while not ended:
        with database.transaction() as work:
            progress = reencryption.step(work, table)
            ended = progress.ended
        print(progress.done, flush=True)
        time.sleep(0 if len(sys.argv) > 3 else 0.05)
