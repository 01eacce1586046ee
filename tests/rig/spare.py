"""spare: the builders that wait for an order, each with a zone built ahead.  SPDX-License-Identifier: GPL-3.0-or-later"""
import os


def waiting():
    """pids of the builders that wait for an order with a zone built ahead, and of all below them: a clone that has not yet become pid 1
    of a zone shows which those are. Nothing of anybody's has run there. What lost its builder is not below one, so it is found."""
    table = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
                text = f.read()
        except OSError:
            continue
        table[int(pid)] = (int(text[text.rindex(")") + 2:].split()[1]), text[text.index("(") + 1:text.rindex(")")])
    spares = {parent for parent, name in table.values() if name == "sandboxd-builde" and table.get(parent, (0, ""))[1] == "sandboxd-builde"}
    return spares | {pid for pid, (parent, _) in table.items() if parent in spares}
