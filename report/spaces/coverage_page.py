"""What a search ran of a model, as one self-contained page for a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined

from quorate.report.spaces.coverage import annotated, findings

if TYPE_CHECKING:
    from quorate.explorer.contract.coverage import Coverage
    from quorate.explorer.contract.verdict import Result

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; font: 13px/1.45 ui-monospace, monospace; }
td { padding: 0 .6rem; white-space: pre-wrap; vertical-align: top; }
td:nth-child(-n+2) { text-align: right; opacity: .75; white-space: nowrap; width: 1%; }
.never { background: color-mix(in srgb, crimson 22%, transparent); }
.note { background: color-mix(in srgb, orange 22%, transparent); }
.ran { background: color-mix(in srgb, seagreen 12%, transparent); }
em { opacity: .8; }
</style>
<h1>{{ title }}</h1>
<ul>{% for text in findings %}<li>{{ text }}</li>{% endfor %}</ul>
{% for function in functions %}
<h2>{{ function.name }} <small>{{ function.file }}</small></h2>
<table>
<thead><tr><th scope="col">ran</th><th scope="col">line</th><th scope="col">source</th></tr></thead>
<tbody>
{% for row in function.rows -%}
<tr class="{{ 'never' if row.times == 0 else 'note' if row.note else 'ran' if row.times else '' }}">
<td>{{ '' if row.times is none else 'never' if row.times == 0 else row.times }}</td><td>{{ row.number }}</td>
<td>{{ row.text }}{% if row.note %} <em># {{ row.note }}</em>{% endif %}</td></tr>
{% endfor %}</tbody>
</table>
{% endfor %}
</html>
"""


def page(result: Result, coverage: Coverage) -> str:
    """Return the annotated source as one self-contained page; everything of the model in it is escaped."""
    preset = f", preset {result.setup.preset}" if result.setup.preset else ""
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(PAGE)
    texts = [text for text, _ in findings(coverage)]
    return template.render(title=f"{result.setup.model}{preset}: coverage", findings=texts, functions=annotated(coverage))
