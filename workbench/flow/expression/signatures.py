"""The functions of the language: what each takes and gives."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PARAMETER = re.compile(r"(\w+): (constant )?([\w|]+)(\.\.\.)?( = .+)?")
_WHOLE = re.compile(r"(\w+)\((.*)\) -> (\w+)(\?)?")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value that a function takes."""

    name: str
    kinds: tuple[str, ...]
    """Kinds that are taken; `any` takes all, and all parameters that are `same` have to agree."""
    constant: bool
    """Whether the value has to be written down, so that it can be checked before a run."""
    several: bool
    optional: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes and gives."""

    name: str
    parameters: tuple[Parameter, ...]
    result: str
    """A kind; `same` is the common kind of the parameters that are `same` or of the first one."""
    may_be_none: bool
    """Whether it can give none for values that are not none."""
    written: str

    @property
    def least(self) -> int:
        """The smallest number of values."""
        return sum(not one.optional for one in self.parameters)

    def parameter(self, place: int) -> Parameter:
        """Return the parameter for the value at a place."""
        return self.parameters[min(place, len(self.parameters) - 1)]

    def wrong_count(self, count: int) -> str:
        """Return a sentence when the function does not take so many values, else ''."""
        most = 20 if self.parameters[-1].several else len(self.parameters)
        if self.least <= count <= most:
            return ""
        takes = str(most) if self.least == most else f"{self.least} to {most}"
        return f"{self.name}() takes {takes} value{'s' * (takes != '1')}, not {count}"

    def text(self) -> str:
        """Return it as it is written in the table."""
        return self.written


def _read(written: str) -> Signature:
    whole = _WHOLE.fullmatch(written)
    assert whole is not None, written  # noqa: S101 - the table below is ours
    parameters = []
    for part in whole[2].split(", "):
        one = _PARAMETER.fullmatch(part)
        assert one is not None, written  # noqa: S101
        parameters.append(Parameter(one[1], tuple(one[3].split("|")), bool(one[2]), bool(one[4]), bool(one[5])))
    return Signature(whole[1], tuple(parameters), whole[3], bool(whole[4]), written)


_TABLE = """
abs(value: integer|number) -> same
bucket(value: integer|number, size: integer|number) -> same
between(value: same, low: same, high: same) -> boolean
case(condition: boolean, result: same, more: any... = none) -> same
ceil(value: integer|number) -> integer
cidr_contains(network: constant text, address: text) -> boolean
clamp(value: integer|number, low: integer|number, high: integer|number) -> number
coalesce(value: same, other: same, more: same... = none) -> same
concat(value: any, other: any, more: any... = none) -> text
contains(text: text, part: text) -> boolean
count_of(text: text, part: text) -> integer
day(time: time|local_time) -> integer
duration(text: constant text) -> duration
endswith(text: text, end: text) -> boolean
exp(value: integer|number) -> number
extract(text: text, pattern: constant text, group: constant integer|text = first) -> text
extract_all(text: text, pattern: constant text) -> list
find(text: text, part: text) -> integer
fingerprint(value: any, more: any... = none) -> text
floor(value: integer|number) -> integer
floor_time(time: time|local_time, step: constant text) -> same
format_time(time: time|local_time, format: constant text) -> text
from_unix(value: integer|number, unit: constant text = "ns") -> time
hour(time: time|local_time) -> integer
if_else(condition: boolean, then: same, else: same) -> same
ip_version(address: text) -> integer?
is_none(value: any) -> boolean
is_private_ip(address: text) -> boolean
item(list: list, number: integer) -> unknown?
join(list: list, separator: constant text) -> text
json_boolean(value: json|text, path: constant text) -> boolean?
json_get(value: json|text, path: constant text) -> json?
json_has(value: json|text, path: constant text) -> boolean
json_integer(value: json|text, path: constant text) -> integer?
json_length(value: json|text, path: constant text = "") -> integer?
json_number(value: json|text, path: constant text) -> number?
json_text(value: json|text, path: constant text) -> text?
len(value: text|list) -> integer
local(time: time, zone: constant text) -> local_time
log(value: integer|number, base: constant integer|number = e) -> number
lower(text: text) -> text
matches(text: text, pattern: constant text) -> boolean
max(value: integer|number, other: integer|number, more: integer|number... = none) -> same
milliseconds(duration: duration) -> number
min(value: integer|number, other: integer|number, more: integer|number... = none) -> same
minute(time: time|local_time) -> integer
month(time: time|local_time) -> integer
nanoseconds(duration: duration) -> integer
null_if(value: same, nothing: same) -> same?
parse_duration(text: text) -> duration?
parse_integer(text: text) -> integer?
parse_number(text: text) -> number?
parse_time(text: text, format: constant text = any) -> time?
part(text: text, separator: constant text, number: constant integer) -> text?
power(value: integer|number, exponent: integer|number) -> number
ratio(value: integer|number, whole: integer|number) -> number?
replace(text: text, old: text, new: text) -> text
replace_pattern(text: text, pattern: constant text, new: constant text) -> text
round(value: integer|number, digits: constant integer = 0) -> same
second(time: time|local_time) -> integer
seconds(duration: duration) -> number
sha256(text: text) -> text
sign(value: integer|number) -> integer
slice(text: text, start: integer, end: integer) -> text
split(text: text, separator: constant text) -> list
sqrt(value: integer|number) -> number
startswith(text: text, start: text) -> boolean
strip(text: text, letters: constant text = " ") -> text
time_unix_nano(time: text|time, format: constant text = none) -> integer
to_boolean(value: text|boolean|integer) -> boolean
to_integer(value: text|integer|number|boolean) -> integer
to_json(value: any) -> json
to_number(value: text|integer|number|boolean) -> number
to_text(value: any) -> text
upper(text: text) -> text
url_part(text: text, part: constant text) -> text
weekday(time: time|local_time) -> integer
year(time: time|local_time) -> integer
"""
SIGNATURES: dict[str, Signature] = {one.name: one for one in map(_read, _TABLE.strip().splitlines())}
"""Every function by name."""
