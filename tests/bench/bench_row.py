"""bench_row: one line of the result: what was measured, of how many, against which bound.  SPDX-License-Identifier: GPL-3.0-or-later"""
import statistics


def row(part, what, unit, values, bound=None, note=""):
    """values: measured ones, in the unit. bound: at most this, from the project's own demands."""
    values = sorted(values)
    low, high = values[len(values) // 20], values[-1 - len(values) // 20]
    return {"part": part, "what": what, "unit": unit, "median": round(statistics.median(values), 3), "p5": round(low, 3), "p95": round(high, 3),
            "n": len(values), "bound": bound, "note": note}


def missing(part, what, why):
    """Something that could not be measured here is said so, and never gets a number."""
    return {"part": part, "what": what, "unit": "", "median": None, "n": 0, "bound": None, "note": f"not available here: {why}"}


def ratio(part, what, over, under, bound=None, note=""):
    """Of two rows' medians; both from the same interleaved rounds."""
    if over["median"] is None or under["median"] is None:
        return missing(part, what, "the peer could not be measured")
    return {"part": part, "what": what, "unit": "x", "median": round(over["median"] / under["median"], 3), "n": min(over["n"], under["n"]),
            "bound": bound, "note": note}


def cell(value):
    return "-" if value is None else f"{value:g}" if abs(value) < 10 else f"{value:.1f}"


def cells(r):
    spread = f"{cell(r['p5'])} .. {cell(r['p95'])}" if "p5" in r else "-"
    verdict = "" if r["bound"] is None or r["median"] is None else "held" if r["median"] <= r["bound"] else "MISSED"
    bound = "" if r["bound"] is None else f"<= {r['bound']:g}"
    return [r["part"], r["what"], cell(r["median"]), r["unit"], spread, str(r["n"]), bound, verdict, r["note"]]


HEAD = ["part", "what", "median", "unit", "5 .. 95 %", "n", "bound", "", "note"]


def table(rows):
    lines = [HEAD] + [cells(r) for r in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD) - 1)]
    for line in lines:
        yield ("  ".join(c.ljust(w) for c, w in zip(line, widths)) + "  " + line[-1]).rstrip()


def markdown(rows):
    yield "| " + " | ".join(HEAD) + " |"
    yield "|" + "---|" * len(HEAD)
    for r in rows:
        yield "| " + " | ".join(c.replace("|", "\\|") for c in cells(r)) + " |"
