"""Records of several lines."""

from workbench.flow.joining import Joiner, starter
from workbench.flow.lines import Line


def joined(joiner: Joiner, *texts: str, file: str = "a") -> list[str]:
    lines = [Line(file, number, text, file) for number, text in enumerate(texts, 1)]
    return [record.text for line in lines for record in joiner.feed(line)]


def test_stack_traces_go_with_the_line_before() -> None:
    joiner = Joiner(starter("indented", ""), 1.0, lambda: 0.0)
    trace = ["E boom", "\tat a.B", "Caused by: x", "\t... 3 more", "", "    end"]

    found = joined(joiner, "I one", *trace, "I two")

    assert found == ["I one", "\n".join(trace)]
    assert [record.text for record in joiner.due(all_=True)] == ["I two"]


def test_a_pattern_begins_a_record() -> None:
    joiner = Joiner(starter("pattern", r"^\d\d:"), 1.0, lambda: 0.0)

    assert joined(joiner, "lost", "10: a", "more", "11: b") == ["lost", "10: a\nmore"]
    assert [texts for *_, texts in joiner.waiting()] == [["11: b"]]


def test_a_record_is_over_when_nothing_comes() -> None:
    now = [0.0]
    joiner = Joiner(starter("indented", ""), 2.0, lambda: now[0])
    joined(joiner, "a", " b")

    now[0] = 1.9
    early = list(joiner.due())
    now[0] = 2.0
    late = list(joiner.due())

    assert (early, [(record.text, record.number) for record in late]) == ([], [("a\n b", 1)])


def test_files_are_kept_apart_and_records_do_not_grow_without_end() -> None:
    joiner = Joiner(starter("indented", ""), 1.0, lambda: 0.0)
    joined(joiner, "a", file="a")
    joined(joiner, "b", file="b")

    assert joined(joiner, *[" x"] * 1200, file="a")[0].count("\n") == 999
    assert [record.text for record in joiner.due(all_=True)][-1] == "b"
