"""What schemathesis loads as its hooks: it does not look for paths of exactly the greatest length.

Of a text whose pattern repeats a group, such as the path of a unit, it finds none of that length, and takes five seconds for each
of twenty fields to find none.
"""

import gc
import re

import schemathesis

# The document stays in memory for the whole run; looking for garbage in it costs a tenth of the run.
gc.set_threshold(100_000, 50, 100)

_REPEATED_GROUP = re.compile(r"[+*][^()]*\)[+*]")


@schemathesis.hook
def before_load_schema(_context, raw_schema):
    """Takes the greatest length from such texts."""
    _unbind(raw_schema)


def _unbind(node):
    if isinstance(node, list):
        for each in node:
            _unbind(each)
    elif isinstance(node, dict):
        if isinstance(pattern := node.get("pattern"), str) and _REPEATED_GROUP.search(pattern):
            node.pop("maxLength", None)
        for each in node.values():
            _unbind(each)
