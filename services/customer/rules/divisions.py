"""Administrative divisions 行政区划 by their codes (GB/T 2260), as python-stdnum's table has them from 1980 on.

Codes come and go: Chongwen was a district of Beijing until 2010, and addresses of that time keep its code. A code is good
where it ever was, and has the name that it had last.
"""

from __future__ import annotations

import re
from functools import lru_cache

from stdnum import numdb

# More than all codes that there ever were.
_CODES_MAX = 8_192
# What stands in the table for a level that is none: counties right below a province, the districts of a municipality.
_NO_NAMES = re.compile(r"市辖区|县|省直辖.*|自治区直辖.*")
_LAST_NAME = re.compile(r"(\[[0-9]*-[0-9]*\])?([^\[\],]+)$")


@lru_cache(maxsize=_CODES_MAX)
def division_name(code: str) -> str:
    """The division with all above it, `浙江省杭州市西湖区`; empty where the code never was one."""
    province, prefecture, county = _name(code[:2], "0000"), _name(code[:2], f"{code[2:4]}00"), _name(code[:2], code[2:])
    if not county:
        return ""
    names = [name for name in (province, prefecture, county) if not _NO_NAMES.fullmatch(name)]
    return "".join(dict.fromkeys(names))


def _name(province: str, rest: str) -> str:
    found = numdb.get("cn/loc").info(province + rest)
    if len(found) < 2 or found[1][0] != rest:  # noqa: PLR2004 - province, and what stands below it
        return ""
    last = _LAST_NAME.search(found[1][1].get("county", ""))
    return last[2] if last else ""
