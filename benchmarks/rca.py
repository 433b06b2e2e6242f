"""Every root-cause figure of the README: simulated faults, and labelled folders where they are to be had.

Usage: python benchmarks/rca.py [--data FOLDER ...] [--seeds 1-10] [--ablate]
A data folder is one that `causeway eval rca` reads; where a profile has its name, that profile is used. The published
sets are not part of this project: fetch Nezha (IntelligentDDS/Nezha) and PetShop (amazon-science) from their makers.
n-sigma and BARO come with `pip install .[bench]`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from workbench import open_workbench
from workbench.ingest import profiles


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, nargs="*", default=[])
    options.add_argument("--seeds", default="1-10")
    options.add_argument("--ablate", action="store_true")
    chosen = options.parse_args()
    known = {one.name for one in profiles()}
    with open_workbench(in_memory=True) as workbench:
        for folder in chosen.data:
            profile = folder.name if folder.name in known else None
            print(workbench.call("evaluate_rca", folder=folder, profile=profile, ablate=chosen.ablate).text(), "\n")
        if chosen.seeds:
            print(workbench.call("evaluate_rca", seeds=chosen.seeds, ablate=chosen.ablate).text())


if __name__ == "__main__":
    main()
