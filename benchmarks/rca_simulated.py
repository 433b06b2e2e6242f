"""How often the injected service comes first, over all faults of the simulator, and how often health is said of health.

Usage: python benchmarks/rca_simulated.py [--seeds 901,902,903] [--minutes 12]
No reference and no time are given. `random` is what guessing one of the ranked services would earn.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

from workbench.facts.diagnosis import Diagnosis, Verdict
from workbench.facts.telemetry import Case
from workbench.rca.diagnose import diagnose
from workbench.simulate import FAULTS, parse_fault, simulate


def run(names: list[str], seed: int, minutes: float) -> tuple[Diagnosis, list[dict[str, str]], float]:
    made = simulate([parse_fault(name) for name in names], seed, minutes)
    begun = time.perf_counter()
    case = replace(Case("simulated", made.telemetry), name=f"{'+'.join(names) or 'healthy'}-{seed}")
    return diagnose(case), made.truth["faults"], time.perf_counter() - begun


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", default="901,902,903")
    options.add_argument("--minutes", type=float, default=12)
    chosen = options.parse_args()
    seeds = [int(text) for text in chosen.seeds.split(",")]
    first = third = typed = cases = healthy = alarms = 0
    chance, seconds = 0.0, []
    for name in FAULTS:
        shown = []
        for seed in seeds:
            found, truth, took = run([name], seed, chosen.minutes)
            ranked = [cause.service_name for cause in found.causes] if found.verdict is Verdict.INCIDENT else []
            place = ranked.index(truth[0]["service"]) + 1 if truth[0]["service"] in ranked else 0
            cases, first, third = cases + 1, first + (place == 1), third + (1 <= place <= 3)
            typed += place == 1 and found.causes[0].fault_type == name
            chance += 1 / max(1, len(found.services))
            seconds.append(took)
            shown.append(f"{truth[0]['service']}: {place or found.verdict.value} ({ranked[0] if ranked else '-'})")
        print(f"{name:<18}", "   ".join(shown), flush=True)
    for seed in seeds + [seed + 1000 for seed in seeds]:
        found, _, took = run([], seed, chosen.minutes)
        healthy, alarms = healthy + 1, alarms + (found.verdict is Verdict.INCIDENT)
        seconds.append(took)
    print(
        f"AC@1 {first / cases:.2f}  AC@3 {third / cases:.2f}  type and service {typed / cases:.2f}  "
        f"random {chance / cases:.2f}  cases {cases}"
    )
    print(f"false alarms {alarms} of {healthy} healthy runs; seconds per case {sum(seconds) / len(seconds):.2f} mean, "
          f"{max(seconds):.2f} longest")  # fmt: skip


if __name__ == "__main__":
    main()
