"""A report tells what the incident is like and what worked then, masked and as text."""

from __future__ import annotations

from tests.report.sample import make_content
from workbench.facts.correlation import SimilarIncident
from workbench.report.html import to_html
from workbench.report.markdown import to_markdown
from workbench.report.masking import Masker
from workbench.store.db import Store

LIKE = SimilarIncident(
    incident_id="INC-3",
    title="checkout: error rate",
    similarity=0.82,
    shared=["the same service broke first: checkout"],
    differs=["other log lines: a, here b"],
    cause="pool exhaustion at checkout",
    worked=["raised the pool, told <b>jo@example.org</b>"],
    did_not_work=["restarted it"],
)


def test_what_it_is_like_stands_in_both_forms() -> None:
    with Store.open(None) as store:
        content = make_content(store).model_copy(update={"similar": Masker().similar([LIKE])})

    page, text = to_html(content), to_markdown(content)

    said = "Like INC-3 (82%): pool exhaustion at checkout; solved then by: raised the pool"
    for form in (page, text):
        assert said in form
        assert "the same service broke first: checkout" in form
        assert "Did not work then: restarted it" in form
        assert "jo@example.org" not in form
        assert "<b>jo" not in form
    assert text.index("## What to do") < text.index("## Seen before")
