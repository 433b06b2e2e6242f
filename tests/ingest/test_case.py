"""From a case folder to a case, with the fault-free periods and the call graph that a profile finds beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.conftest import T0, Rows, Write
from workbench.errors import BadInput, ProfileError
from workbench.ingest import case, load_case
from workbench.ingest.profile import Profile
from workbench.store import telemetry
from workbench.store.db import Store

PROFILE = Profile.model_validate(
    {
        "name": "shop",
        "files": [
            {"match": "metrics.csv", "table": "metrics", "time": {"column": "time"},
             "columns": {"metric_name": {"constant": "cpu"}, "service_name": "service", "value": "value"}},
            {"match": "*.graph.csv", "layout": "adjacency_matrix"},
        ],
        "case": {
            "folder": r"^(?P<load>[^.]+)\.",
            "references": ["../../reference/*"],
            "graph": ["../../{load}.graph.csv", "../../other.graph.csv"],
        },
    }
)  # fmt: skip
DAYS = ("2023-11-13", "2023-11-14", "2023-11-15")


@pytest.fixture
def folder(write: Write) -> Path:
    for day in DAYS:
        write(f"reference/{day}/metrics.csv", f"time,service,value\n{day}T10:00:00Z,web,0.1\n")
    write("high.graph.csv", ",web,db\nweb,0,1\ndb,0,0\n")
    write("other.graph.csv", ",x,y\nx,0,1\ny,0,0\n")
    write("cases/high.test.1/target.json", '{"root_cause": "web"}')
    write("cases/high.test.2/metrics.csv", "time,service,value\n1700000000,db,0.7\n")
    return write("cases/high.test.1/metrics.csv", "time,service,value\n1700000000,web,0.9\n").parent


def test_a_case_with_its_own_day_first_and_its_graph(store: Store, folder: Path) -> None:
    found = load_case(store, folder, profile=PROFILE, at_unix_nano=T0 + 5)

    assert (found.name, found.at_unix_nano) == ("high.test.1", T0 + 5)
    assert found.telemetry.metrics[["time_unix_nano", "service_name", "value"]].values.tolist() == [[T0, "web", 0.9]]
    assert found.telemetry.edges[["caller_service_name", "callee_service_name"]].values.tolist() == [["web", "db"]]
    assert list(found.references) == ["2023-11-14", "2023-11-13", "2023-11-15"]
    assert [len(one.metrics) for one in found.references.values()] == [1, 1, 1]


def test_the_references_are_linked_for_others_to_find(store: Store, folder: Path) -> None:
    load_case(store, folder, profile=PROFILE)

    assert list(telemetry.references(store, "high.test.1")) == ["2023-11-14", "2023-11-13", "2023-11-15"]


def test_references_are_imported_and_read_once(
    store: Store, folder: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load_case(store, folder, profile=PROFILE)
    imported: list[Path] = []
    original = case.import_paths
    monkeypatch.setattr(
        case, "import_paths", lambda store, paths, **more: imported.extend(paths) or original(store, paths, **more)
    )
    second = load_case(store, folder.parent / "high.test.2", profile=PROFILE)

    assert all(second.references[day] is first.references[day] for day in DAYS)
    assert [path.name for path in imported] == ["high.test.2", "high.graph.csv"]
    assert rows("SELECT count(*) FROM sources WHERE role = 'reference'") == [(3,)]


def test_a_reference_that_changed_is_read_again(store: Store, folder: Path, write: Write) -> None:
    load_case(store, folder, profile=PROFILE)
    write("reference/2023-11-14/more/metrics.csv", "time,service,value\n2023-11-14T11:00:00Z,web,0.2\n")
    found = load_case(store, folder, profile=PROFILE)

    assert len(found.references["2023-11-14"].metrics) == 2


def test_named_references_take_the_place_of_those_beside(store: Store, folder: Path) -> None:
    calm = folder.parents[1] / "reference" / "2023-11-13"
    found = load_case(store, folder, profile=PROFILE, reference=[calm])

    assert list(found.references) == ["2023-11-13"]


def test_a_case_without_a_profile(store: Store, folder: Path) -> None:
    found = load_case(store, folder)

    assert (found.name, len(found.telemetry.metrics), dict(found.references)) == ("high.test.1", 1, {})


def test_several_files_are_one_case(store: Store, folder: Path) -> None:
    parts = [folder / "metrics.csv", folder.parent / "high.test.2" / "metrics.csv"]
    found = load_case(store, *parts)

    assert (found.name, len(found.telemetry.metrics)) == ("cases", 2)


def test_another_folder_of_the_same_name_is_another_case(store: Store, folder: Path, write: Write) -> None:
    other = write("elsewhere/high.test.1/metrics.csv", "time,service,value\n1700000000,api,0.5\n").parent
    first, second = load_case(store, folder), load_case(store, other)

    assert first.name == "high.test.1"
    assert second.name.startswith("high.test.1-")
    assert second.telemetry.metrics["service_name"].tolist() == ["api"]
    assert load_case(store, other).name == second.name


def test_a_folder_whose_name_does_not_fit_is_refused(store: Store, write: Write) -> None:
    odd = write("odd/metrics.csv", "time,service,value\n1700000000,api,0.5\n").parent

    with pytest.raises(ProfileError, match="the folder's name does not fit"):
        load_case(store, odd, profile=PROFILE)


def test_a_placeholder_that_is_not_known_is_named(store: Store, folder: Path) -> None:
    changed = PROFILE.model_copy(update={"case": PROFILE.case.model_copy(update={"graph": ("../{lode}.csv",)})})

    with pytest.raises(ProfileError, match=r"placeholder 'lode' in .* is not known\. Known are: load, day"):
        load_case(store, folder, profile=changed)


def test_a_case_that_is_not_there(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file or folder"):
        load_case(store, tmp_path / "nothing", profile=PROFILE)
