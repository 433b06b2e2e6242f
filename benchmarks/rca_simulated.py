"""How often the injected service comes first, per fault of the simulator, and how often health is called an incident.

Usage: python benchmarks/rca_simulated.py [--topology shop|random|random:30] [--seeds 901-903] [--faults cpu,disk_full]
No reference and no time are given; with `--reference` another, fault-free run of the same system. `random` is what
guessing one of the services would earn. Intervals: Wilson, 95 %. With `--pairs` each seed draws two faults that happen
at once, in two services; a run counts when both services are the first two. With `--dashboard` all that is left of the
telemetry is what a dashboard shows: five metrics of each service, and nobody knows who calls whom.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from rca_dashboard import dashboard

from workbench.evaluate.statistics import calibration_error, reliability, wilson
from workbench.facts.diagnosis import Verdict
from workbench.facts.telemetry import Case
from workbench.rca.diagnose import diagnose
from workbench.simulate import FAULTS, FaultSpec, Simulation, choose_topology, parse_fault, simulate

HEALTHY, BOTH = "", "&"
OTHER_RUN = 500_000
"""The run of a reference has a seed so much larger."""
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
    reference: bool = False
    """Whether a fault-free run of the same system is given."""
    dashboard: bool = False
    """Whether there are metrics of services only."""

    @property
    def faults(self) -> list[str]:
        """Names of the faults that happen at once; none of a healthy run."""
        return [name for name in self.fault.split(BOTH) if name]


@dataclass(frozen=True)
class Outcome:
    """What the diagnosis of one run came to."""

    job: Job
    truth: str
    """The true services, with commas."""
    place: int
    """Rank of the true service, the worst one of two; 0 when it is missing."""
    typed: bool
    verdict: Verdict
    ranked: tuple[tuple[str, str], ...]
    """The first three causes and their fault types."""
    services: int
    confidence: float
    seconds: float

    @property
    def right(self) -> bool:
        """Whether the true services, and no others, come first."""
        return 1 <= self.place <= len(self.job.faults)

    @property
    def first_right(self) -> bool:
        """Whether the first cause is a true one."""
        return bool(self.ranked) and self.ranked[0][0] in self.truth.split(",")

    @property
    def chance(self) -> float:
        """How often guessing would be right."""
        guesses = 1.0
        for place in range(len(self.job.faults)):
            guesses *= (len(self.job.faults) - place) / max(1, self.services - place)
        return guesses


@dataclass
class Tally:
    """Sums of some outcomes."""

    cases: int = 0
    first: int = 0
    third: int = 0
    typed: int = 0
    chance: float = 0.0
    missed: list[str] = field(default_factory=list)
    stated: list[tuple[float, bool]] = field(default_factory=list)
    """Confidence in the first cause, and whether it was a true one."""

    def add(self, one: Outcome) -> None:
        self.cases += 1
        self.first += one.right
        self.third += 1 <= one.place <= 3
        self.typed += one.right and one.typed
        self.chance += one.chance
        if one.confidence:
            self.stated.append((one.confidence, one.first_right))
        if not one.right:
            said = one.verdict.value if not one.place else f"rank {one.place}"
            first = " ".join("/".join(pair) for pair in one.ranked[: len(one.job.faults)]) or "-"
            self.missed.append(f"{one.job.seed} {one.truth}: {said} ({first})")

    def line(self, name: str) -> str:
        low, high = wilson(self.first, self.cases)
        n = max(1, self.cases)
        return (
            f"{name:<18} {self.first / n:5.2f} [{low:.2f}, {high:.2f}]  {self.third / n:5.2f}  {self.typed / n:5.2f}  "
            f"{self.chance / n:6.2f}  {self.cases:5d}"
        )


def run(job: Job) -> Outcome:
    system = choose_topology(job.topology, job.seed)

    def simulated(faults: list[FaultSpec], seed: int) -> Simulation:
        return simulate(faults, seed, job.minutes, rate_per_s=job.rate_per_s, topology=system)

    made = simulated([parse_fault(name, system) for name in job.faults], job.seed)
    shown = dashboard(made.telemetry) if job.dashboard else made.telemetry
    references = {"healthy": simulated([], job.seed + OTHER_RUN).telemetry} if job.reference else {}
    begun = time.perf_counter()
    found = diagnose(Case(f"{job.fault or 'healthy'}-{job.seed}", shown, references))
    took = time.perf_counter() - begun
    causes = found.causes if found.verdict is Verdict.INCIDENT else []
    ranked = [cause.service_name for cause in causes]
    truth = [str(one["service"]) for one in made.truth["faults"]]
    places = [ranked.index(name) + 1 if name in ranked else 0 for name in truth]
    known = {name for fault in job.faults for name in (fault, *ALSO.get(fault, ()))}
    return Outcome(
        job=job,
        truth=",".join(truth),
        place=max(places, default=0) if all(places) else 0,
        typed=bool(causes) and all(cause.fault_type in known for cause in causes[: len(truth)]),
        verdict=found.verdict,
        ranked=tuple((cause.service_name, cause.fault_type or "?") for cause in causes[:3]),
        services=len(system.services),
        confidence=causes[0].confidence if causes else 0.0,
        seconds=took,
    )


def drawn_pair(names: Sequence[str], seed: int) -> str:
    """Return two different faults, drawn by the seed."""
    return BOTH.join(random.Random(seed).sample(list(names), 2))


def outcomes(jobs: Sequence[Job], workers: int) -> Iterator[Outcome]:
    if workers <= 1:
        yield from map(run, jobs)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(run, jobs)


def progress(number: int, of: int, one: Outcome) -> None:
    """Say how far it is, and keep a line for each miss and each false alarm."""
    wrong = not one.right if one.job.fault else one.verdict is Verdict.INCIDENT
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
    options.add_argument("--reference", action="store_true", help="give a fault-free run of the same system")
    options.add_argument("--pairs", action="store_true", help="two faults at once in each run, drawn by its seed")
    options.add_argument("--dashboard", action="store_true", help="leave only metrics of services, without calls")
    chosen = options.parse_args()
    if chosen.dashboard and chosen.reference:
        options.error("--dashboard has no --reference")
    names = [name for name in chosen.faults.split(",") if name]
    seeds = seeds_of(chosen.seeds)
    if chosen.pairs:
        wanted = [(drawn_pair(names, seed), seed) for seed in seeds]
        names = sorted({name for name, _ in wanted})
    else:
        wanted = [(name, seed) for name in names for seed in seeds]
    wanted += [] if chosen.no_healthy else [(HEALTHY, seed) for seed in seeds]
    how = (chosen.minutes, chosen.rate, chosen.topology, chosen.reference, chosen.dashboard)
    jobs = [Job(name, seed, *how) for name, seed in wanted]
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
    bins = reliability(whole.stated)
    print(f"calibration error of {len(whole.stated)} answers {calibration_error(bins) or 0:.3f}: ", end="")
    print(", ".join(f"{one.confidence:.2f} said {one.right:.2f} right ({one.cases})" for one in bins))
    if not chosen.no_healthy:
        print(f"false alarms {len(alarms)} of {len(seeds)} healthy runs  {'; '.join(alarms)}")
    print(f"seconds per case {sum(seconds) / len(seconds):.2f} mean, {max(seconds):.2f} longest")


if __name__ == "__main__":
    main()
