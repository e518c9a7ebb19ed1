"""What bench/run has measured, as JSON, as Markdown and as a picture."""

import json
import math

import goals

TASKS = {
    "read_year": "read a year of 1m into columns",
    "read_year_text": "the same, dates left as text (polars)",
    "read_year_inferred": "the same, types found out by looking at 10,000 rows (polars)",
    "read_year_unpacked": "the same, unpacked before (polars)",
    "inflate_libdeflate": "unpack it alone, libdeflate",
    "inflate_isal": "unpack it alone, ISA-L",
    "inflate_zlib": "unpack it alone, zlib",
    "read_many": "read ten symbols, three years each",
    "read_hot": "open a year, sum a column",
    "read_day": "read a day out of a year",
    "write_year": "write a year, synced",
    "append_day": "append a day to a year, synced",
    "resample": "roll a year up to 5m 15m 1h 4h 1d",
    "resample_chained": "the same, each from the one before (pandas)",
    "validate": "validate a year",
    "gaps": "find the gaps of a year",
    "gaps_10": "find the gaps of ten years",
    "status": "status of 10,000 series",
    "verify": "verify ten symbols, three years each",
}
IN_PICTURE = ["read_year", "read_many", "read_hot", "read_day", "write_year", "append_day", "resample"]
BEGIN, END = "<!-- bench/run --page: begin -->", "<!-- bench/run --page: end -->"
COLOURS = {"chandler": "#1b6ca8", "plain": "#8a8f98", "pandas": "#d1495b", "duckdb": "#e3a72f", "polars": "#5b8e55"}


def milliseconds(seconds):
    value = seconds * 1e3
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 4
    return f"{value:,.{digits}f}"


def verdict(value, met):
    return "" if value is None or met is None else "met" if met else "**not met**"


def goal_table(document):
    lines = ["| goal | | wanted | by wall time | | by CPU time | |", "|---|---|---:|---:|---|---:|---|"]
    for r in document["goals"]:
        lines.append(f"| {r['goal']} | {r['what']} | {r['target']} | {r['shown']} | {verdict(r['value'], r['met'])} | "
                     f"{r['shown_by_cpu']} | {verdict(r['value'], r['met_by_cpu'])} |")
    return "\n".join(lines)


def times(ours, found, field):
    return f"{found[field] / ours[field]:.1f}" if ours and ours[field] > 0 else ""


def task_table(document, task):
    sides = document["results"][task]
    lines = ["| side/threads | ms, median | ms, best | CPU ms | × Chandler's | × its CPU | peak MiB |",
             "|---|---:|---:|---:|---:|---:|---:|"]
    for key, found in sides.items():
        ours = sides.get("chandler/" + key.split("/")[1])
        lines.append(f"| {key} | {milliseconds(found['wall'])} | {milliseconds(found['best'])} | "
                     f"{milliseconds(found['cpu'])} | {times(ours, found, 'wall')} | {times(ours, found, 'cpu')} | "
                     f"{document['memory_mib'][task][key]:.0f} |")
    return "\n".join(lines)


def markdown(document):
    machine, versions = document["machine"], document["versions"]
    parts = [f"Commit {document['commit']}, {machine['processor']}, {machine['cores']} cores, load {machine['load']:.1f} "
             f"at the end; {document['rounds']} rounds; "
             + ", ".join(f"{name} {version}" for name, version in versions.items()) + "."]
    if document["short"]:
        parts.append("Short form: small data, which says that it works and nothing of how fast it is.")
    parts.append(goal_table(document))
    for task in document["results"]:
        parts += [f"### {TASKS.get(task, task)} (`{task}`)", task_table(document, task)]
    return "\n\n".join(parts) + "\n"


def bar(x, y, width, colour, label):
    return (f'<rect x="{x}" y="{y}" width="{width:.1f}" height="14" fill="{colour}"/>'
            f'<text x="{x + width + 5:.1f}" y="{y + 11}" class="n">{label}</text>')


def picture(document):
    """One bar a side, its length by the logarithm of the time."""
    left, span, y = 100, 470, 50
    shown = [(t, document["results"][t]) for t in IN_PICTURE if t in document["results"]]
    if not shown:
        return None
    every = [found["wall"] for _, sides in shown for found in sides.values()]
    low = math.floor(math.log10(min(every)))
    step = span / (math.log10(max(every)) - low)
    body = []
    for task, sides in shown:
        body.append(f'<text x="10" y="{y}" class="t">{TASKS[task]}</text>')
        y += 8
        for key, found in sorted(sides.items(), key=lambda s: s[1]["wall"]):
            body.append(f'<text x="{left - 6}" y="{y + 11}" class="k">{key}</text>')
            body.append(bar(left, y, (math.log10(found["wall"]) - low) * step, COLOURS[key.split("/")[0]],
                            f"{milliseconds(found['wall'])} ms"))
            y += 18
        y += 22
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="680" height="{y}" viewBox="0 0 680 {y}">'
            "<style>text{font:12px sans-serif;fill:#222}.t{font-weight:bold}.k{text-anchor:end}.n{font-size:11px}"
            '</style><rect width="100%" height="100%" fill="#fff"/>'
            '<text x="10" y="22">side/threads; the length of a bar is the logarithm of its time, shorter is faster</text>')
    return head + "\n".join(body) + "</svg>\n"


def write_page(document, docs):
    """Puts the figures between the marks of docs/performance.md, and the picture beside it."""
    page = docs / "performance.md"
    before, rest = page.read_text().split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n\n{markdown(document)}\n{END}{after}")
    (docs / "performance.svg").write_text(picture(document))


def save(document, out):
    document["goals"] = goals.judge(document)
    (out / "results.json").write_text(json.dumps(document, indent=1) + "\n")
    (out / "results.md").write_text(markdown(document))
    svg = picture(document)
    if svg:
        (out / "results.svg").write_text(svg)
