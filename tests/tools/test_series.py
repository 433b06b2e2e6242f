"""Series from files: zones, order, repeats, counters, silences, wide files, and what 0.5 means."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from workbench.tools.series import ABNORMAL, PAGE, SeriesScores, read_series, score_files

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def noise(rows: int, seed: int = 1) -> list[float]:
    rng = random.Random(seed)
    return [round(rng.gauss(100, 3), 3) for _ in range(rows)]


def hours(rows: int) -> list[datetime]:
    return [BEGIN + i * HOUR for i in range(rows)]


def written(path: Path, times: Sequence[datetime], columns: dict[str, Sequence[object]]) -> Path:
    lines = [",".join(["time", *columns])]
    lines += [",".join([time.isoformat(), *map(str, row)]) for time, *row in zip(times, *columns.values(), strict=True)]
    path.write_text("\n".join(lines) + "\n")
    return path


def one(path: Path, **options: object) -> SeriesScores:
    (found,) = score_files([path], **options)
    return found


def test_times_of_another_zone_give_the_same_scores(tmp_path: Path) -> None:
    values = noise(300)
    here = one(written(tmp_path / "a.csv", hours(300), {"value": values}))
    zone = timezone(timedelta(hours=5, minutes=30))
    there = one(written(tmp_path / "b.csv", [time.astimezone(zone) for time in hours(300)], {"value": values}))

    assert there.scores == here.scores
    assert read_series(tmp_path / "a.csv") == read_series(tmp_path / "b.csv")


def test_rows_out_of_order_are_scored_in_the_order_of_time_and_it_is_said(tmp_path: Path) -> None:
    values, order = noise(300), random.Random(2).sample(range(300), 300)
    straight = one(written(tmp_path / "a.csv", hours(300), {"value": values}))

    mixed = one(
        written(tmp_path / "b.csv", [hours(300)[row] for row in order], {"value": [values[row] for row in order]})
    )

    assert mixed.scores == [straight.scores[row] for row in order]
    assert "scored in the order of time" in mixed.notes[0]
    assert straight.notes == []


@pytest.mark.parametrize("cut", [50, 61, 200, 299])
def test_scores_of_the_first_rows_do_not_depend_on_later_ones(tmp_path: Path, cut: int) -> None:
    values = [value if i < 250 else 10 * value for i, value in enumerate(noise(300))]
    whole = one(written(tmp_path / "a.csv", hours(300), {"value": values}))

    head = one(written(tmp_path / "b.csv", hours(cut), {"value": values[:cut]}))

    assert head.scores == whole.scores[:cut]


def test_a_counter_is_scored_as_a_rate_and_its_restart_is_calm(tmp_path: Path) -> None:
    total, counter = 0.0, []
    for i, step in enumerate(noise(900)):
        total = 0.0 if i == 700 else total + step * (8 if i == 800 else 1)
        counter.append(total)

    found = one(written(tmp_path / "a.csv", hours(900), {"requests_total": counter}))

    assert any("counter" in note for note in found.notes)
    assert found.scores[700] < PAGE <= found.scores[800]


def test_rows_that_stay_away_are_named(tmp_path: Path) -> None:
    times = [time for i, time in enumerate(hours(300)) if not 200 <= i < 220]

    found = one(written(tmp_path / "a.csv", times, {"value": noise(280)}))

    (silence,) = found.silences
    assert (silence.row, silence.missing, silence.began_s) == (200, 20, hours(300)[200].timestamp())


def test_a_column_that_ends_before_the_others_is_silent_to_the_end(tmp_path: Path) -> None:
    beat: list[object] = [1 if i < 250 else "" for i in range(300)]

    alive, dead = score_files([written(tmp_path / "a.csv", hours(300), {"cpu": noise(300), "up": beat})])

    assert alive.silences == []
    assert [(silence.row, silence.missing) for silence in dead.silences] == [(300, 50)]


def test_each_column_of_a_wide_file_is_a_series(tmp_path: Path) -> None:
    broken = noise(600, 2)
    broken[500] = 900.0

    found = list(
        score_files([written(tmp_path / "a.csv", hours(600), {"cpu": noise(600), "disk": broken, "label": [0] * 600})])
    )

    assert [series.file.rsplit("/", 1)[-1] for series in found] == ["a.csv#cpu", "a.csv#disk"]
    assert [row for row, score in enumerate(found[1].scores) if score >= PAGE] == [500]


def test_alarms_grow_slower_than_the_series_of_a_wide_file(tmp_path: Path) -> None:
    def pages(width: int, together: bool) -> int:
        rng, total = random.Random(4), 0
        folder = tmp_path / f"{width}-{together}"
        folder.mkdir()
        for number in range(width):
            values = [round(rng.lognormvariate(0, 1.0), 3) for _ in range(500)]
            written(folder / f"{number}.csv", hours(500), {"value": values})
        for series in score_files([folder], together=together):
            total += sum(score >= PAGE for score in series.scores)
        return total

    alone = pages(24, together=False)

    assert alone >= 12
    assert pages(24, together=True) <= alone / 4


@pytest.mark.parametrize("break_at", [400])
def test_asked_for_pages_half_is_a_page_and_the_order_of_rows_stays(tmp_path: Path, break_at: int) -> None:
    values = noise(500)
    values[break_at : break_at + 10] = [400.0] * 10
    path = written(tmp_path / "a.csv", hours(500), {"value": values})

    points, pages = one(path), one(path, purpose="pages")

    assert [row for row, score in enumerate(pages.scores) if score >= 0.5] == [
        row for row, score in enumerate(points.scores) if score >= PAGE
    ]
    assert sum(score >= ABNORMAL for score in points.scores) > 5
    by_points = sorted(range(500), key=lambda row: (points.scores[row], row))
    assert by_points == sorted(range(500), key=lambda row: (pages.scores[row], row))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(lambda i: 5, id="constant"),
        pytest.param(lambda i: 1e300 * (-1) ** i, id="huge"),
        pytest.param(lambda i: "inf" if i % 7 == 0 else i % 5, id="infinite"),
        pytest.param(lambda i: "" if i % 3 else 1.5, id="mostly-missing"),
    ],
)
@pytest.mark.parametrize("rows", [1, 3, 300])
def test_strange_values_give_finite_scores_and_no_page(
    tmp_path: Path, value: Callable[[int], object], rows: int
) -> None:
    found = one(written(tmp_path / "a.csv", hours(rows), {"value": [value(i) for i in range(rows)]}))

    assert len(found.scores) == rows
    assert all(0 <= score < PAGE for score in found.scores)


def test_repeated_times_are_scored_row_by_row(tmp_path: Path) -> None:
    twice = [time for time in hours(200) for _ in (0, 1)]

    found = one(written(tmp_path / "a.csv", twice, {"value": noise(400)}))

    assert len(found.scores) == 400
    assert found.silences == []
