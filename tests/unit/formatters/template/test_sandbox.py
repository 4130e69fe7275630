"""The sandbox: what a template cannot reach, and that it ends in bounded time and memory."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.unit.formatters.template.templating import rendered
from tore_export.errors import TemplateError
from tore_export.formatters.template import limits as template_limits
from tore_export.formatters.template.limits import ACTIVE, Budget

DOUBLED = "{%% set ns = namespace(x=%s) %%}{%% for i in range(100) %%}%s{%% endfor %%}{{ ns.x }}"


@pytest.mark.parametrize(
    "template",
    [
        "{{ document.__class__ }}",
        "{{ document.__class__.__mro__ }}",
        "{{ document['__class__'] }}",
        "{{ ''['__class__']['__mro__'] }}",
        "{{ ''.__class__.mro() }}",
        "{{ (1).__class__ }}{{ ().__class__ }}",
        "{{ [''] | map(attribute='__class__') | list }}",
        "{{ [''] | map(attribute='__class__.__mro__') | list }}",
        "{{ [document] | groupby('__class__') }}",
        "{{ [document] | sum(attribute='__class__') }}",
        "{{ [document] | join(attribute='__class__') }}",
        "{{ '{0.__class__}'.format(document) }}",
        "{{ '{0[__class__]}'.format(document) }}",
        "{{ '{a.__class__.__mro__}'.format(a='') }}",
        "{{ ('{0.__cl' ~ 'ass__}').format('') }}",
        "{{ self.__init__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ range.__globals__ }}",
        "{{ namespace._Namespace__attrs }}",
        "{% macro m() %}{% endmacro %}{{ m.__globals__ }}{{ m._func }}",
        "{% for a in [1] %}{{ loop._iterable }}{% endfor %}",
        "{{ document._head }}",
    ],
)
def test_private_parts_are_out_of_reach(template: str) -> None:
    with pytest.raises(TemplateError, match=r"access to attribute '_\w+' of .* is unsafe"):
        rendered(template)


@pytest.mark.parametrize(
    "template",
    [
        "{{ document.columns }}",
        "{{ document.render }}",
        "{{ document.written('markdown') }}",
        "{{ document.elements[0].document }}",
        "{{ document.sections[0].start }}",
        "{{ 'a'.encode() }}",
        "{{ '{a}'.format_map({'a': 1}) }}",
        "{{ 'a'.maketrans('a', 'b') }}",
        "{{ dict.fromkeys('ab') }}",
        "{{ dict.mro() }}",
        "{{ namespace.mro() }}",
        "{{ document.metadata.update({'a': 1}) }}",
        "{{ document.metadata.pop('author') }}",
        "{{ document.metadata.tags.append(1) }}",
        "{{ [1].sort() }}",
        "{{ '' | attr('__class__') }}",
        "{{ [''] | map('attr', '__class__') | list }}",
        "{{ [1] | random }}",
        "{{ lipsum() }}",
        "{{ document.title() }}",
        "{{ 1() }}",
        "{% autoescape true %}a{% endautoescape %}",
        "{{ range }}",
        "{{ document.elements | map('markdown') }}",
        "{{ [range] | tojson }}",
        "{{ namespace(a=1) }}",
        "{{ namespace(a=namespace()) }}",
        "{% set a = namespace() %}{% set a.a = a %}",
    ],
)
def test_what_is_not_listed_is_refused(template: str) -> None:
    with pytest.raises(TemplateError):
        rendered(template)


@pytest.mark.parametrize(
    ("template", "told"),
    [
        (
            "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
            "does not come to an end",
        ),
        (
            "{% for a in range(99999) %}{% for b in range(99999) if false %}{% endfor %}{% endfor %}",
            "does not come to an end",
        ),
        ("{% for a in range(10**9) %}{% endfor %}", "Range too big"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "calls or includes itself"),
        (
            "{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(99) }}",
            "does not come to an end",
        ),
        (
            "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
            "calls or includes itself",
        ),
        ("{% include 't.md' %}", "calls or includes itself"),
        ("{% block a %}{{ self.a() }}{% endblock %}", "calls or includes itself"),
        ("{{ 'x' * 10**9 }}", "makes too much"),
        ("{{ 10**9 * 'x' }}", "makes too much"),
        ("{{ [1] * 10**9 }}", "makes too much"),
        ("{{ 2 ** 99999999 }}", "too large a number"),
        (DOUBLED % ("9", "{% set ns.x = ns.x * ns.x %}"), "too large a number"),
        (DOUBLED % ("'a'", "{% set ns.x = ns.x ~ ns.x %}"), "makes too much"),
        (DOUBLED % ("'a'", "{% set ns.x = ns.x + ns.x %}"), "makes too much"),
        (DOUBLED % ("'é'", "{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}"), "makes too much"),
        (DOUBLED % ("[1]", "{% set ns.x = ns.x + ns.x %}"), "too"),
        (DOUBLED % ("[1]", "{% set ns.x = [ns.x, ns.x] %}"), "list or mapping"),
        (DOUBLED % ("[1]", "{% set ns.x = (ns.x, ns.x) %}"), "list or mapping"),
        (DOUBLED % ("[1]", "{% set ns.x = {'a': ns.x, 'b': ns.x} %}"), "list or mapping"),
        (DOUBLED % ("[1]", "{% set ns.x = dict(a=ns.x, b=ns.x) %}"), "list or mapping"),
        (
            "{% macro m(n) %}{{ m(n - 1, varargs, varargs) if n else varargs }}{% endmacro %}"
            "{{ m(40, 1) }}",
            "list or mapping",
        ),
        ("{{ 'a' | center(10**9) }}", "too wide"),
        ("{{ 'a'.center(10**9) }}", "too wide"),
        ("{{ 'a'.zfill(10**9) }}", "too wide"),
        ("{{ 'a' | indent(10**9) }}", "too wide"),
        ("{{ ('\\n' * 10**6) | indent('x' * 10**6, blank=true) }}", "makes too much"),
        ("{{ '%1000000000d' | format(1) }}", "too wide"),
        ("{{ '%.1000000000f' % 1 }}", "too wide"),
        ("{{ '%*d' % (10**9, 1) }}", "is a number"),
        ("{{ ('%s' * 10**5) % (('x' * 10**5),) }}", "makes too much"),
        ("{{ ('%(a)s' * 10**5) | format(a='x' * 10**5) }}", "makes too much"),
        ("{{ '{:>1000000000}'.format(1) }}", "too wide"),
        ("{{ '{:>{}}'.format('a', 10**9) }}", "too wide"),
        ("{{ ('{0}' * 10**5).format('x' * 10**5) }}", "makes too much"),
        ("{{ ('a' * 10**5) | replace('a', 'b' * 10**5) }}", "makes too much"),
        ("{{ ('a' * 10**5).replace('a', 'b' * 10**5) }}", "makes too much"),
        ("{{ range(100000) | join('x' * 10**5) }}", "makes too much"),
        ("{{ ('x' * 10**5).join(['a'] * 10**5) }}", "makes too much"),
        ("{{ [1] | batch(10**9, 1) | list }}", "linecount is too large"),
        ("{{ [1] | slice(10**9) | list }}", "slices is too large"),
        ("{{ 1.5 | round(10**9, 'ceil') }}", "precision is too large"),
        ("{{ 1.5 | round(precision=10**9) }}", "precision is too large"),
        ("{{ range(100000) | map('center', 10000) | list }}", "makes too much"),
        ("{{ [] | tojson(indent=10**9) }}", "too wide"),
        ("{{ ('a ' * 10**7).split() | length }}", "makes too much"),
        ("{{ ('a,' * 10**7).split(',') | length }}", "makes too much"),
        ("{{ ('é ' * 10**7).rsplit() | length }}", "makes too much"),
        ("{{ ('a\\n' * 10**7).splitlines() | length }}", "makes too much"),
        ("{{ ('a' * 10**7) | list | length }}", "makes too much"),
        ("{{ ('a' * 10**7) | batch(1) | list | length }}", "makes too much"),
        ("{{ ('a' * 10**6) | map('upper') | list | length }}", "does not come to an end"),
        ("{{ ('a ' * 10**7) | title | length }}", "makes too much"),
        ("{{ ('a ' * 10**7) | urlencode | length }}", "makes too much"),
        ("{{ ('a ' * 10**7) | wordwrap | length }}", "makes too much"),
        ("{{ ('a\\n' * 10**7) | indent | length }}", "makes too much"),
        ("{{ '%r' % ('\\x00' * 10**8) }}", "makes too much"),
        ("{{ '{!r}'.format('\\x00' * 10**8) }}", "makes too much"),
        ("{{ ['\\x00' * 10**8] }}", "list or mapping"),
        ("{% set b = 'a' * 10**7 %}" + "{% set c = b[1:] %}" * 30, "makes too much"),
        ("{{ [range(1000) | list] * 10**5 }}", "list or mapping"),
        ("{% for a in range(99999) %}" + "A" * 9999 + "{% endfor %}", "makes too much"),
        ("{% for a in range(6000) %}" + "A" * 9999 + "{% endfor %}", "writes too much"),
    ],
)
def test_whatever_a_template_does_it_ends_with_a_clear_error(template: str, told: str) -> None:
    started = time.process_time()
    with pytest.raises(TemplateError, match=told):
        rendered(template)
    assert time.process_time() - started < 12


def test_time_is_limited_where_steps_do_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_limits, "MAX_SECONDS", 0.2)
    with pytest.raises(TemplateError, match="takes too long"):
        rendered(
            "{% set a = range(99999) | list %}{% set b = range(99999) | list %}"
            "{% for _ in range(99999) %}{% if a != b %}{% endif %}{% endfor %}"
        )


def test_time_that_others_had_the_processor_is_not_the_templates(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(template_limits, "MAX_SECONDS", 0.05)
    budget = Budget()
    time.sleep(0.1)
    assert budget.tick()


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="only Linux tells the peak of this process alone"
)
def test_memory_stays_bounded_while_templates_grow() -> None:
    code = (
        "from tests.unit.formatters.template.templating import rendered\n"
        "from tests.unit.formatters.template.test_sandbox import DOUBLED\n"
        "for x, body in (('\"ab\"', 'ns.x ~ ns.x'), ('[1]', '[ns.x, ns.x]'), ('[1]', 'ns.x + ns.x')):\n"
        "    try: rendered(DOUBLED % (x, '{% set ns.x = ' + body + ' %}'))\n"
        "    except Exception as error: print(type(error).__name__)\n"
        # not ru_maxrss, which a process has of the one that started it
        "status = open('/proc/self/status').read()\n"
        "print(int(status.partition('VmHWM:')[2].split()[0]) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="."
    )
    *errors, megabytes = done.stdout.split()
    assert errors == ["TemplateError"] * 3
    assert int(megabytes) < 600


@pytest.mark.parametrize(
    ("template", "output"),
    [
        ("{% for a in range(3) %}{{ loop.index }}{% endfor %}", "123"),
        ("{% for a in range(9) if a is odd %}{{ a }}{% else %}none{% endfor %}", "1357"),
        ("{% for a in [] %}x{% else %}none{% endfor %}", "none"),
        ("{% for a in range(9) %}{% if a == 2 %}{% break %}{% endif %}{{ a }}{% endfor %}", "01"),
        ("{% for a in [[1, [2]], 3] recursive %}{{ a if a is number else loop(a) }}{% endfor %}", "123"),
        ("{% macro m(a, b='x') %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}{{ m(1, b=2) }}", "1x12"),
        ("{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}x{% endcall %}", "[x]"),
        ("{% set a, b = 1, 2 %}{{ b }}{{ a }}", "21"),
        ("{% set n = namespace(a=0) %}{% for b in [1, 2] %}{% set n.a = b %}{% endfor %}{{ n.a }}", "2"),
        ("{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.current }}", "aba"),
        ("{% set j = joiner(',') %}{{ j() }}a{{ j() }}b", "a,b"),
        ("{{ dict(a=1)['a'] }}{{ dict(a=1).get('b', 2) }}", "12"),
        ("{{ 'abc'[1:] }}{{ [1, 2, 3][:2] }}{{ 'abc'[::-1] }}", "bc[1, 2]cba"),
        ("{{ [1] + [2] }}{{ (1,) + (2,) }}{{ 'a' + 'b' }}{{ 1 + 2 }}", "[1, 2](1, 2)ab3"),
        ("{{ [1] * 2 }}{{ 'ab' * 2 }}{{ 3 * 2 }}{{ 2 ** 3 }}{{ 7 % 4 }}", "[1, 1]abab683"),
        ("{{ 'Year 2024000 %s, %5.1f%%' % ('a', 2) }}", "Year 2024000 a,   2.0%"),
        ("{{ '%(a)s' % {'a': 1} }}{{ '%s' % document.title }}", "1Pump manual"),
        ("{{ '{:>4}|{a!r}'.format(1, a='b') }}{{ '{}'.format([1]) }}", "   1|'b'[1]"),
        ("{{ 'a' ~ 1 ~ none ~ 'b' }}", "a1b"),
        ("{{ 1 < 2 < 3 }}{{ 'a' in 'abc' }}{{ 2 not in [1] }}", "TrueTrueTrue"),
        ("{{ ' a,b '.strip().split(',') }}{{ 'a'.center(3) }}|", "['a', 'b'] a |"),
        ("{{ {'b': 1, 'a': 2}.items() }}{{ {'b': 1}.keys() }}", "[('b', 1), ('a', 2)]['b']"),
        ("{% if document.nothing is defined %}x{% endif %}{{ document.nothing | default('d') }}", "d"),
        ("{{ [document.nothing, 'b'] | select('defined') | first }}", "b"),
        ("{% with a = 1 %}{{ a }}{% endwith %}{% raw %}{{ a }}{% endraw %}", "1{{ a }}"),
        ("{% filter upper %}a{% endfilter %}{% set x | upper %}b{% endset %}{{ x }}", "AB"),
        ("{% macro named() %}{% endmacro %}{{ named.name }}", "named"),
        ("{{ 'a b\nc'.split() }}{{ 'a,b,c'.split(',', 1) }}", "['a', 'b', 'c']['a', 'b,c']"),
        ("{{ 'a\nb'.splitlines() }}{{ 'é b'.split() }}", "['a', 'b']['é', 'b']"),
        ("{{ '%r %s' % ('a', 'b') }}", "'a' b"),
        ("{# nothing #}{{- 1 -}} 2", "12"),
    ],
)  # fmt: skip
def test_ordinary_templates_are_ordinary_jinja(template: str, output: str) -> None:
    assert rendered(template) == output


def test_inheritance_and_imports_work_and_leave_nothing_behind() -> None:
    files = {
        "base.md": "<{% block a %}base{% endblock %}>",
        "tools.md": "{% set c = cycler(1, 2, 3) %}{% macro next() %}{{ c.next() }}{% endmacro %}",
    }
    assert (
        rendered("{% extends 'base.md' %}{% block a %}own {{ super() }}{% endblock %}", files=files)
        == "<own base>"
    )
    counting = "{% import 'tools.md' as tools %}{{ tools.next() }}{{ tools.next() }}"
    assert [rendered(counting, files=files) for _ in range(2)] == ["12", "12"]
    chosen = "{% from 'tools.md' import next with context %}{{ next() }}"
    assert rendered(chosen, files=files) == "1"


def test_templates_are_rendered_in_threads_side_by_side() -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(rendered("{{ document.title }}")))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["Pump manual"] * 4


def test_a_budget_allows_more_to_a_document_of_more() -> None:
    assert Budget(n_elements=1_000_000).max_bytes > Budget().max_bytes
    loop = "{% for a in range(99999) %}{% for b in range(21) %}{% endfor %}{% endfor %}"
    with pytest.raises(TemplateError, match="does not come to an end"):
        rendered(loop)


def test_what_is_measured_is_forgotten_when_it_is_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_limits, "REMEMBERED", 3)
    many = "{% for a in range(50) %}{% set x = [[a], [a, [a]]] %}{{ x | length }}{% endfor %}"
    assert rendered(many) == "2" * 50


@pytest.mark.parametrize(
    "template",
    [
        "{% if 1 %}" * 5000 + "{% endif %}" * 5000,
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{{ " + "1+" * 20000 + "1 }}",
        "{{ " + "[" * 3000 + "]" * 3000 + " }}",
        "{% for a in b %}" * 80 + "{% endfor %}" * 80,
    ],
)
def test_what_is_nested_too_deep_is_refused_and_crashes_nothing(template: str) -> None:
    with pytest.raises(TemplateError, match="nested too deep"):
        rendered(template)


def test_no_budget_is_left_active() -> None:
    with pytest.raises(TemplateError):
        rendered("{{ x }}")
    with pytest.raises(LookupError):
        ACTIVE.get()
