"""The expression language: what it computes, and that it computes nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pathway as pw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathway.internals.parse_graph import G

from workbench.errors import BadExpression, BadInput
from workbench.flow.columns import ColumnSchema
from workbench.flow.expression.analysis import analyse
from workbench.flow.expression.assist import offered
from workbench.flow.expression.compiler import compute, condition
from workbench.flow.expression.helps import GROUPS, HELPS
from workbench.flow.expression.kinds import Typed
from workbench.flow.expression.parser import MAX_LENGTH, columns_of, parse
from workbench.flow.expression.printing import to_text
from workbench.flow.expression.signatures import SIGNATURES
from workbench.flow.expression.tree import OPERATORS, Binary, Call, Column, In, Literal, Place, Unary
from workbench.flow.findings import Finding


@pytest.fixture(autouse=True)
def clean_graph() -> Iterator[None]:
    yield
    G.clear()


def value_of(text: str, **columns: Any) -> Any:
    """Compute an expression over one row."""
    G.clear()
    schema = pw.schema_from_types(**{name: _type(value) for name, value in columns.items()})
    table = pw.debug.table_from_rows(schema, [tuple(columns.values())])
    return run(table.select(result=compute(text, table)))[0]


def run(table: Any) -> list[Any]:
    """Return the values of the only column."""
    found: list[Any] = []
    pw.io.subscribe(table, on_change=lambda key, row, time, is_addition: found.append(next(iter(row.values()))))
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)
    G.clear()
    return found


def _type(value: Any) -> Any:
    return value if isinstance(value, type) else type(value)


ROW = {"n": 7, "x": 2.5, "s": "GET /cart 503", "t": "2026-03-10T09:30:00.000000001", "ok": True, "p": " a "}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n + 1", 8),
        ("-n", -7),
        ("n / 2", 3.5),
        ("n // 2", 3),
        ("n % 4", 3),
        ("(n + 1) * x", 20.0),
        ("abs(0 - n)", 7),
        ("round(x)", 2.0),
        ("n > 5 and x < 3", True),
        ("n > 5 and x < 3 and not ok", False),
        ("n > 9 or ok", True),
        ("n in [1, 7]", True),
        ("n not in [1, 7]", False),
        ('s == "x"', False),
        ('contains(s, "cart")', True),
        ('startswith(s, "GET")', True),
        ('endswith(s, "404")', False),
        ("len(s)", 13),
        ("lower(s)", "get /cart 503"),
        ("strip(p)", "a"),
        ("upper(s)", "GET /CART 503"),
        ("slice(s, 0, 3)", "GET"),
        ('replace(s, "GET ", "")', "/cart 503"),
        (r'matches(s, "5\\d\\d$")', True),
        (r'extract(s, "(\\d+)$")', "503"),
        ('extract(s, "nope")', ""),
        (r'to_integer(extract(s, "\\d+")) + 1', 504),
        ("to_number(n)", 7.0),
        ("to_text(n)", "7"),
        ('if_else(n > 5, "many", "few")', "many"),
        ("coalesce(s, 'none')", "GET /cart 503"),
        ("is_none(s)", False),
        ('time_unix_nano(t, "%Y-%m-%dT%H:%M:%S.%f")', 1773135000000000001),
        ('col("n") * 2', 14),
    ],
)
def test_values(text: str, expected: Any) -> None:
    assert value_of(text, **ROW) == expected


def test_time_with_a_zone() -> None:
    text = 'time_unix_nano(t, "%Y-%m-%dT%H:%M:%S%z")'

    assert value_of(text, t="2026-03-10T10:30:00+01:00") == 1773135000 * 10**9


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "n.__class__(1)",
        "open('x')",
        "[x for x in s]",
        "s.upper()",
        "n.real + 1 +",
        "'a' 'b'",
        "5xx > 1",
        "n = = 1",
        "is none",
        "n is 5",
        "n in []",
        "n in [none]",
        "n not 5",
        "col('a', 'b')",
        "case(ok, 1, 2, 3,",
        "max(1)",
        "99999999999999999999",
        "1e999",
        "(" * 70 + "n" + ")" * 70,
        "-" * 70 + "n",
        "n" + " + n" * 130,
        "lambda: 1",
        "(n := 1)",
        "f'{n}'",
        "n if ok else x",
        "s[0]",
        "1 < n < 9",
        "n in [x]",
        "n ** 9",
        "col(n)",
        "len(s, s)",
        "lower(s=1)",
        "b'x'",
        "n = 1",
        "",
        "n +" + " n +" * 2000 + " n",
    ],
)
def test_whatever_else_python_can_do_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse(text)


def test_names_of_columns() -> None:
    text = 'len(a) + b > 1 and col("odd name") in ["x"] or a == "c" and http.status == hour'

    assert columns_of(text) == ["a", "b", "hour", "http.status", "odd name"]


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        pytest.param("n + ) 2", "n + ^)^ 2", "`)` is not expected here", id="sign"),
        pytest.param("n = 1", "n ^=^ 1", "`=` has no meaning here. Write == to compare", id="assignment"),
        pytest.param("lowr(s)", "^lowr^(s)", "there is no function lowr(). Did you mean 'lower'?", id="function"),
        pytest.param("(n + 1", "(n + 1^^", "ends too early. The bracket at 1 is not closed", id="bracket"),
        pytest.param('s == "x', 's == ^"^x', "has no closing quote", id="quote"),
        pytest.param("1 < n < 9", "^1 < n <^ 9", "comparisons cannot be chained", id="chain"),
        pytest.param("len(s, s)", "^len(s, s)^", "len() takes 1 value, not 2. len(value: text|list)", id="count"),
        pytest.param("n if ok else x", "n ^if^ ok else x", "if_else(condition, then, else)", id="python-if"),
        pytest.param("s like 'x'", "s ^like^ 'x'", "is not expected here. Write contains(text, ", id="sql-like"),
        pytest.param("n between 1 and 2", "n ^between^ 1 and 2", "Write between(value, low, high)", id="sql-between"),
        pytest.param("p ++ 5m", "p ++ ^5m^", 'A length of time is duration("5m")', id="unit"),
        pytest.param("n > 1 && ok", "n > 1 ^&^& ok", "Write and", id="other-language"),
    ],
)
def test_a_fault_points_at_its_place(text: str, place: str, said: str) -> None:
    with pytest.raises(BadExpression) as caught:
        parse(text)

    error = caught.value
    assert f"{text[: error.start]}^{text[error.start : error.end]}^{text[error.end :]}" == place
    assert said in str(error)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("level > 5", 'level is text, 5 is a number: they cannot be compared. Use to_integer(level), or write "5"'),
        ("ms == '5'", "ms is a number, '5' is text: they cannot be compared. Write 5 without quotes"),
        ("body == 'x'", "body is JSON, 'x' is text: they cannot be compared. Use json_text(body, \"path\")"),
        ("at > 'today'", "at is a time, 'today' is text: they cannot be compared. Use parse_time('today')"),
        ("took > 5", "took is a duration, 5 is a number: they cannot be compared. Use seconds(took)"),
        ("level + ms", "level is text, ms is a number: `+` does not take them together. Use to_number(level)"),
        ("lower(ms)", "ms is a number; lower() takes text as text. Use to_text(ms)"),
        ("ms and ok", "ms is a number; `and` takes true or false. Write ms != 0"),
        ("not level", "level is text; `not` takes true or false. Use to_boolean(level)"),
        ("-level", "level is text; only a number or a duration has a sign. Use to_number(level)"),
        ("if_else(ok, 1, 'a')", "1 is a number, 'a' is text: if_else() needs values of one type"),
        ("case(ms, 1, 2)", "ms is a number; case() takes a condition here"),
        ("ms in [1, 'a']", "ms is a number, 'a' is text: they are never equal"),
        ("ms + none", "`+` of none gives none always. There is coalesce(value, other)"),
        ("coalesce(none, none)", "all values given to coalesce() are none"),
        ("matches(level, level)", "pattern of matches() has to be written down"),
        ('matches(level, "(")', "'(' is not a regular expression"),
        ('cidr_contains("10.0.0/99", level)', "'10.0.0/99' is not a network such as 10.0.0.0/8"),
        ('duration("soon")', "'soon' is not a duration such as 1h30m"),
        ('local(at, "Mars/Base")', "'Mars/Base' is not a time zone such as Europe/Berlin"),
        ('json_text(body, "a[")', "'a[' is not a path such as user.roles.0 at character 2"),
        ('from_unix(ms, "h")', "'h' is not a unit: there is s, ms, us, ns"),
        ('url_part(level, "user")', "'user' is not a part of a URL"),
        ("between(body, body, body)", "body is JSON, which has no order"),
        (
            "levl == 'x'",
            "there is no column 'levl'; its input has at, body, level, ms, ok, took. Did you mean 'level'?",
        ),
    ],
)
def test_what_does_not_fit_is_said_before_a_run(text: str, said: str) -> None:
    kinds = {"level": "text", "ms": "number", "body": "json", "at": "time", "took": "duration", "ok": "boolean"}

    (fault,) = analyse(text, {name: Typed(kind) for name, kind in kinds.items()}).faults

    assert said in f"{fault.what}. {fault.hint}"


def test_all_faults_are_said_at_once() -> None:
    found = analyse("a > 'x' and b + 1 > 2 and lower(a) == 'y'", {"a": Typed("integer")}).faults

    assert [fault.what.split(";")[0] for fault in found] == [
        "a is a number, 'x' is text: they cannot be compared",
        "there is no column 'b'",
        "a is a number",
    ]


def test_a_pointed_line() -> None:
    finding = Finding.of_expression(
        "keep", "condition", BadExpression("a\nand bb", "it is odd", (6, 8), hint="Mend it")
    )

    assert finding.text() == "error: keep.condition: it is odd. Mend it.\n    and bb\n        ^^"


@pytest.mark.parametrize("name", sorted(SIGNATURES))
def test_every_function_has_an_example_that_is_true(name: str) -> None:
    said, example, expected = HELPS[name]

    assert said
    assert f"{name}(" in example
    assert value_of(example, n=1) == expected
    assert sum(name in names.split() for names in GROUPS.values()) == 1


NOTHING: dict[str, Any] = {"a": None, "b": 2, "t": None, "s": None, "f": None, "yes": True, "no": False}
TYPES_OF_NOTHING = {
    "a": int | None,
    "b": int,
    "t": bool | None,
    "s": str | None,
    "f": float | None,
    "yes": bool,
    "no": bool,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b", None),
        ("-a", None),
        ("a > 1", None),
        ("a == none", True),
        ("a != none", False),
        ("b == none", False),
        ("a is none", True),
        ("a is not none", False),
        ("a in [1, 2]", None),
        ("a not in [1, 2]", None),
        ("upper(s)", None),
        ("not t", None),
        ("t and yes", None),
        ("t and no", False),
        ("no and t", False),
        ("t or yes", True),
        ("t or no", None),
        ("t or a > 1", None),
        ("not (t and no)", True),
        ("not (t and yes)", None),
        ("t and (no or t)", None),
        ("is_none(t and yes)", True),
        ("coalesce(a, 5)", 5),
        ("coalesce(a, f)", None),
        ("coalesce(a, f, b)", 2.0),
        ("coalesce(none, a, b)", 2),
        ("if_else(t, 1, 2)", 2),
        ("if_else(yes, a, b)", None),
        ("if_else(no, a, b)", 2),
        ("if_else(yes, none, b)", None),
        ("if_else(no, none, b)", 2),
        ("if_else(yes, b, 2.5)", 2.0),
        ("case(t, 1, a > 1, 2, 3)", 3),
        ("case(no, 1)", None),
        ("null_if(b, 2)", None),
        ("null_if(b, a)", 2),
        ("null_if(a, b)", None),
        ("concat(s, b)", None),
        ("len(fingerprint(s, b))", 16),
        ("parse_integer(s)", None),
        ('parse_integer(coalesce(s, "7"))', 7),
        ("max(a, b)", None),
        ("between(b, 1, a)", None),
        ("is_none(parse_number(upper(s)))", True),
    ],
)
def test_none_goes_through_as_in_sql(text: str, expected: Any) -> None:
    table = pw.debug.table_from_rows(pw.schema_from_types(**TYPES_OF_NOTHING), [tuple(NOTHING.values())])

    assert run(table.select(result=compute(text, table))) == [expected]


@pytest.mark.parametrize(("text", "kept"), [("a > 5", [9]), ("not a > 5", [1]), ("not (a > 5 or a < 5)", [])])
def test_a_condition_that_is_none_does_not_hold(text: str, kept: list[int]) -> None:
    table = pw.debug.table_from_rows(pw.schema_from_types(a=int | None), [(1,), (None,), (9,)])

    assert run(table.filter(condition(text, table))) == kept


def test_a_condition_has_to_be_one() -> None:
    table = pw.debug.table_from_rows(pw.schema_from_types(a=int), [(1,)])

    with pytest.raises(BadExpression, match="it gives integer, but a condition has to be true or false"):
        condition("a + 1", table)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("(" * 58 + "a" + " + 1)" * 58, 59, id="deep"),
        pytest.param(" or ".join(f"a == {number}" for number in range(100)), True, id="long"),
    ],
)
def test_deep_and_long_expressions_can_be_built(text: str, expected: Any) -> None:
    table = pw.debug.table_from_rows(pw.schema_from_types(a=int | None), [(1,)])

    assert run(table.select(r=compute(text, table))) == [expected]


def test_what_doubles_with_every_level_is_refused() -> None:
    table = pw.debug.table_from_rows(pw.schema_from_types(a=int | None), [(1,)])
    text = "a"
    for _ in range(30):
        text = f"if_else({text} > 1, a, 2)"

    with pytest.raises(BadExpression, match="too complex"):
        compute(text, table)


def test_times_and_durations() -> None:
    columns = {"at": pw.DateTimeUtc("2026-03-10T09:30:15Z"), "took": pw.Duration(90, unit="s")}
    schema = pw.schema_from_types(at=pw.DateTimeUtc, took=pw.Duration)
    for text, expected in {
        "at - took < at": True,
        'took > duration("1m") and took / duration("1m") == 1.5': True,
        'at - parse_time("2026-03-10T09:30:00Z") == duration("15s")': True,
        "time_unix_nano(at) // 1000000000": 1773135015,
        "seconds(took * 2) + seconds(took / 2)": 225.0,
        'format_time(local(at, "Asia/Tokyo"), "%H:%M")': "18:30",
    }.items():
        G.clear()
        table = pw.debug.table_from_rows(schema, [tuple(columns.values())])
        assert run(table.select(r=compute(text, table))) == [expected]


NAMES = st.sampled_from(["a", "b", "http.status", "odd name", "and", "größe", "x1"])
LEAVES = st.one_of(
    st.builds(Column, NAMES, st.just(Place(0, 0))),
    st.builds(
        Literal,
        st.one_of(
            st.none(),
            st.booleans(),
            st.text(max_size=8),
            st.integers(-(2**62), 2**62),
            st.floats(allow_nan=False, allow_infinity=False),
        ),
        st.just(Place(0, 0)),
    ),
)
PLACE = st.just(Place(0, 0))


def _grown(inner: Any) -> Any:
    literal = st.builds(Literal, st.one_of(st.text(max_size=5), st.integers(-9, 9)), PLACE)
    return st.one_of(
        st.builds(Unary, st.sampled_from(["not", "-"]), inner, PLACE),
        st.builds(Binary, st.sampled_from(sorted(OPERATORS)), inner, inner, PLACE, PLACE),
        st.builds(In, inner, st.lists(literal, min_size=1, max_size=3).map(tuple), st.booleans(), PLACE),
        st.builds(Call, st.sampled_from(["lower", "is_none", "len"]), st.tuples(inner), PLACE),
        st.builds(Call, st.just("if_else"), st.tuples(inner, inner, inner), PLACE),
    )


@given(st.recursive(LEAVES, _grown, max_leaves=12))
def test_what_is_printed_is_read_as_the_same_tree(tree: Any) -> None:
    text = to_text(tree)

    if len(text) <= MAX_LENGTH:
        assert parse(text) == tree


WORDS_TO_TRY = st.sampled_from(
    ["n", "s", "ok", "(", ")", "[", "]", ",", "+", "-", "*", "/", "==", "<", "and", "or", "not", "in", "is", "none",
     "true", "5", "2.5", '"x"', "'", "len(", "if_else(", "coalesce(", "matches(", "case(", ".", "=", "__import__",
     "\\", "é"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(WORDS_TO_TRY, max_size=25).map(" ".join)))
@settings(max_examples=400)
def test_any_text_is_an_expression_or_bad_input(text: str) -> None:
    kinds = {"n": Typed("integer", True), "s": Typed("text"), "ok": Typed("boolean", True)}
    table = pw.Table.empty(n=int | None, s=str, ok=bool | None)
    with contextlib.suppress(BadInput):
        analyse(text, kinds)
    with contextlib.suppress(BadInput):
        table.select(r=compute(text, table))
    G.clear()


def test_nothing_is_evaluated_as_python(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any) -> None:
        raise AssertionError("Python was evaluated")

    monkeypatch.setattr("builtins.eval", refuse)
    monkeypatch.setattr("builtins.exec", refuse)
    monkeypatch.setattr("builtins.compile", refuse)
    monkeypatch.setattr("ast.parse", refuse)

    assert columns_of("len(a) > 5") == ["a"]
    with pytest.raises(BadInput):
        parse("__import__('os').system('true')")


def test_help_for_an_editor() -> None:
    columns = [ColumnSchema(name="odd name", type="text", nullable=True), ColumnSchema(name="ms", type="integer")]

    found = offered(columns, "ms / 1000", node="calc", field="columns.s")

    assert [(one.insert, one.type) for one in found.columns] == [('col("odd name")', "text"), ("ms", "integer")]
    assert {one.name for one in found.functions} == set(SIGNATURES)
    assert (found.type, found.exit_code) == ("number", 0)
    assert "  contains(text: text, part: text) -> boolean\n      whether the part stands in the text" in found.text()


def test_faults_for_an_editor() -> None:
    found = offered([ColumnSchema(name="ms", type="integer")], "ms > 'x'", node="keep", field="condition")

    (fault,) = found.faults
    assert (fault.node, fault.field, fault.start, fault.end) == ("keep", "condition", 0, 8)
    assert found.text().splitlines()[-2:] == ["    ms > 'x'", "    ^^^^^^^^"]
