from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.report.sample import HOSTILE, make_content
from workbench.errors import BadInput
from workbench.facts.diagnosis import Verdict
from workbench.report.content import ReportContent
from workbench.report.html import to_html
from workbench.report.markdown import code, escape, to_markdown
from workbench.report.write import read, write
from workbench.store.db import Store


@pytest.fixture(scope="module")
def content() -> ReportContent:
    with Store.open(None) as store:
        return make_content(store)


@pytest.fixture(scope="module")
def page(content: ReportContent) -> str:
    return to_html(content)


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_hostile_text_stays_text(page: str) -> None:
    tags = Tags(page).found

    assert sum(tag == "script" for tag, _ in tags) == 1
    assert not any(name.startswith("on") for _, attributes in tags for name in attributes)
    assert not any((attributes.get("href") or "").startswith("javascript") for _, attributes in tags)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_page_loads_nothing(page: str) -> None:
    tags = Tags(page).found

    assert not any(tag in {"link", "img", "iframe", "object", "embed", "base", "form"} for tag, _ in tags)
    assert not any({"src", "srcset", "action", "style"} & set(attributes) for _, attributes in tags)
    assert {a["href"] for tag, a in tags if tag == "a"} == {
        f"#{a['id']}" for tag, a in tags if tag == "section" and "id" in a
    }
    # The namespace of SVG is a name, not an address.
    assert re.findall(r"https?://[^\"'\s]+", page.replace("http://www.w3.org/2000/svg", "")) == []
    assert not re.search(r"@import|url\((?!#)", page)


def test_policy_forbids_the_network_and_knows_its_own_script(page: str) -> None:
    import base64
    import hashlib

    policy = next(a["content"] for tag, a in Tags(page).found if a.get("http-equiv") == "Content-Security-Policy")
    script = page.split("<script>")[1].split("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert f"script-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert "connect-src" not in policy


def test_ids_are_unique_and_every_drawing_has_a_name(page: str) -> None:
    tags = Tags(page).found
    ids = [a["id"] for _, a in tags if "id" in a]

    assert len(ids) == len(set(ids))
    assert all(a.get("aria-label") for tag, a in tags if tag == "svg")


@pytest.mark.parametrize(
    ("verdict", "says"),
    [
        pytest.param(Verdict.HEALTHY, "No incident was opened.", id="healthy"),
        pytest.param(Verdict.UNKNOWN, "This is not an all-clear", id="unknown"),
    ],
)
def test_quiet_verdicts_have_their_own_words(verdict: Verdict, says: str) -> None:
    with Store.open(None) as store:
        quiet = make_content(store, verdict)

    for text in (to_html(quiet), to_markdown(quiet)):
        assert says in text
        assert "Ranked causes" not in text
        assert "What to do" not in text


def test_markdown_says_the_same_as_the_page(content: ReportContent) -> None:
    text = to_markdown(content)

    for cause in content.causes:
        assert f"**{cause.service_name}**" in text
    for entry in content.ledger:
        assert f"`{entry.command}`" in text
    assert "| new | 0 | 60 | ERROR | payments |" in text
    assert "\n\n\n" not in text


def test_hostile_text_is_no_markup_in_markdown(content: ReportContent) -> None:
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(to_markdown(content))

    assert not any(tag in {"script", "a", "img"} for tag, _ in Tags(html).found)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        "# head",
        "* item *",
        "_a_",
        "snake_case",
        "a*b",
        "`",
        "[x](y)",
        "<b>",
        "a|b",
        "&lt;",
        "two\nlines",
        "~~x~~",
    ],
)
def test_escaped_text_reads_as_it_was(text: str) -> None:
    html = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render("x " + escape(text))
    shown = re.sub(r"</?p>", "", html).strip()
    from html import unescape

    assert unescape(shown) == "x " + " ".join(text.split())


@pytest.mark.parametrize("text", ["plain", "a `b` c", "``", "`x"])
def test_code_keeps_its_ticks(text: str) -> None:
    html = MarkdownIt("commonmark").render(code(text))

    assert html == f"<p><code>{text}</code></p>\n"


def test_written_files_are_read_back(content: ReportContent, tmp_path: Path) -> None:
    files = write(content, tmp_path / "INC-1")

    assert [file.name for file in files] == ["report.md", "report.json", "report.html"]
    assert sorted(p.name for p in (tmp_path / "INC-1").iterdir()) == ["report.html", "report.json", "report.md"]
    assert read(tmp_path / "INC-1") == content


def test_a_report_of_another_version_is_not_read(content: ReportContent, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text('{"format_version": 99}', encoding="utf-8")

    assert read(tmp_path) is None


def test_a_folder_that_is_a_file_is_named(content: ReportContent, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(BadInput, match=r"file: the report cannot be written"):
        write(content, tmp_path / "file")
