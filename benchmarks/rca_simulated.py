"""How often the injected service comes first, per fault of the simulator, and how often health is called an incident.

Usage: python benchmarks/rca_simulated.py [--topology shop|random|random:30] [--seeds 901-903] [--faults cpu,disk_full]
No reference and no time are given. `random` is what guessing one of the services would earn. Intervals: Wilson, 95 %.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from math import sqrt

from workbench.facts.diagnosis import Verdict
from workbench.facts.telemetry import Case
from workbench.rca.diagnose import diagnose
from workbench.simulate import FAULTS, choose_topology, parse_fault, simulate

HEALTHY = ""
ALSO = {
    "cpu": ("cpu_contention",),
    "wrong_return": ("return",),
    "bad_deploy": ("exception",),
    "config_change": ("connection_errors",),
}
"""Names under which the diagnosis knows the faults of the simulator."""


@dataclass(frozen=True)
class Job:
    """One run."""

    fault: str
    seed: int
    minutes: float
    rate_per_s: float
    topology: str


@dataclass(frozen=True)
class Outcome:
    """What the diagnosis of one run came to."""

    job: Job
    truth: str
    place: int
    """Rank of the true service; 0 when it is missing."""
    typed: bool
    verdict: Verdict
    ranked: tuple[tuple[str, str], ...]
    """The first three causes and their fault types."""
    services: int
    confidence: float
    seconds: float


@dataclass
class Tally:
    """Sums of some outcomes."""

    cases: int = 0
    first: int = 0
    third: int = 0
    typed: int = 0
    chance: float = 0.0
    missed: list[str] = field(default_factory=list)

    def add(self, one: Outcome) -> None:
        self.cases += 1
        self.first += one.place == 1
        self.third += 1 <= one.place <= 3
        self.typed += one.place == 1 and one.typed
        self.chance += 1 / max(1, one.services)
        if one.place != 1:
            said = one.verdict.value if not one.place else f"rank {one.place}"
            first = "/".join(one.ranked[0]) if one.ranked else "-"
            self.missed.append(f"{one.job.seed} {one.truth}: {said} ({first})")

    def line(self, name: str) -> str:
        low, high = wilson(self.first, self.cases)
        n = max(1, self.cases)
        return (
            f"{name:<18} {self.first / n:5.2f} [{low:.2f}, {high:.2f}]  {self.third / n:5.2f}  {self.typed / n:5.2f}  "
            f"{self.chance / n:6.2f}  {self.cases:5d}"
        )


def wilson(hits: int, cases: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927)."""
    if not cases:
        return 0.0, 1.0
    z, share = 1.96, hits / cases
    middle = (share + z * z / (2 * cases)) / (1 + z * z / cases)
    half = z * sqrt(share * (1 - share) / cases + z * z / (4 * cases * cases)) / (1 + z * z / cases)
    return max(0.0, middle - half), min(1.0, middle + half)


def run(job: Job) -> Outcome:
    system = choose_topology(job.topology, job.seed)
    faults = [parse_fault(job.fault, system)] if job.fault else []
    made = simulate(faults, job.seed, job.minutes, rate_per_s=job.rate_per_s, topology=system)
    begun = time.perf_counter()
    found = diagnose(Case(f"{job.fault or 'healthy'}-{job.seed}", made.telemetry))
    took = time.perf_counter() - begun
    causes = found.causes if found.verdict is Verdict.INCIDENT else []
    ranked = [cause.service_name for cause in causes]
    truth = made.truth["faults"][0]["service"] if faults else ""
    return Outcome(
        job=job,
        truth=truth,
        place=ranked.index(truth) + 1 if truth in ranked else 0,
        typed=bool(causes) and causes[0].fault_type in (job.fault, *ALSO.get(job.fault, ())),
        verdict=found.verdict,
        ranked=tuple((cause.service_name, cause.fault_type or "?") for cause in causes[:3]),
        services=len(system.services),
        confidence=causes[0].confidence if causes else 0.0,
        seconds=took,
    )


def outcomes(jobs: Sequence[Job], workers: int) -> Iterator[Outcome]:
    if workers <= 1:
        yield from map(run, jobs)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(run, jobs)


def progress(number: int, of: int, one: Outcome) -> None:
    """Say how far it is, and keep a line for each miss and each false alarm."""
    wrong = one.place != 1 if one.job.fault else one.verdict is Verdict.INCIDENT
    if wrong:
        what = f"{one.job.fault or 'healthy'} {one.job.seed} {one.truth}: {one.place or one.verdict.value}"
        print(f"\r{what}  {' '.join('/'.join(pair) for pair in one.ranked)}", file=sys.stderr)
    print(f"\r{number} of {of}", end="", file=sys.stderr, flush=True)


def seeds_of(text: str) -> list[int]:
    """Return the seeds of `1-5,9`."""
    found: list[int] = []
    for part in text.split(","):
        low, _, high = part.partition("-")
        found += range(int(low), int(high or low) + 1)
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--topology", default="shop", help="shop, random, or random:30 for 30 services")
    options.add_argument("--seeds", default="901-903", help="such as 1-20 or 901,905")
    options.add_argument("--faults", default=",".join(FAULTS), help="names with commas; all of them by default")
    options.add_argument("--minutes", type=float, default=12)
    options.add_argument("--rate", type=float, default=8.0, help="requests per second")
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--no-healthy", action="store_true", help="leave the healthy runs out")
    chosen = options.parse_args()
    names = [name for name in chosen.faults.split(",") if name]
    seeds = seeds_of(chosen.seeds)
    wanted = names if chosen.no_healthy else [*names, HEALTHY]
    jobs = [Job(name, seed, chosen.minutes, chosen.rate, chosen.topology) for name in wanted for seed in seeds]
    tallies = {name: Tally() for name in names}
    whole, alarms, seconds = Tally(), [], []
    for number, one in enumerate(outcomes(jobs, chosen.jobs), 1):
        progress(number, len(jobs), one)
        seconds.append(one.seconds)
        if one.job.fault:
            tallies[one.job.fault].add(one)
            whole.add(one)
        elif one.verdict is Verdict.INCIDENT:
            alarms.append(f"{one.job.seed}: {'/'.join(one.ranked[0])}")
    print(file=sys.stderr)
    print(f"{'fault':<18} {'AC@1':>5} {'95 %':<13} {'AC@3':>5}  {'type':>5}  {'random':>6}  cases")
    for name, tally in tallies.items():
        print(tally.line(name), "  ", "; ".join(tally.missed))
    print(whole.line("all"))
    if not chosen.no_healthy:
        print(f"false alarms {len(alarms)} of {len(seeds)} healthy runs  {'; '.join(alarms)}")
    print(f"seconds per case {sum(seconds) / len(seconds):.2f} mean, {max(seconds):.2f} longest")


if __name__ == "__main__":
    main()
