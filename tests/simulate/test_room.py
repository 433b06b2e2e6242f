import subprocess
import sys

import workbench.simulate as room


def test_the_room_lends_its_public_names():
    assert {name: getattr(room, name).__module__ for name in room.__all__ if name != "FAULTS"} == {
        "choose_topology": "workbench.simulate.drawn",
        "draw_topology": "workbench.simulate.drawn",
        "FaultKind": "workbench.simulate.faults",
        "FaultSpec": "workbench.simulate.faults",
        "Simulation": "workbench.simulate.world",
        "live_logs": "workbench.simulate.live",
        "parse_fault": "workbench.simulate.faults",
        "simulate": "workbench.simulate.world",
        "stream": "workbench.simulate.replay",
        "write_files": "workbench.simulate.files",
    }
    assert "cpu" in room.FAULTS


def test_offering_the_verb_does_not_load_what_running_it_needs():
    code = "import sys, workbench.tools.simulate; print([name for name in ('pandas', 'numpy') if name in sys.modules])"

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "[]"
