/** Which findings belong to which field: exactly there, or somewhere inside of it. */

import type { Finding } from "../../types";

export const at = (findings: readonly Finding[], path: string): Finding[] =>
  findings.filter((one) => plain(one.field) === path);

export const within = (findings: readonly Finding[], path: string): Finding[] =>
  findings.filter((one) => plain(one.field) === path || plain(one.field).startsWith(`${path}.`));

/** A finding about a key of a map ends with `.[key]`. */
const plain = (field: string | undefined): string => (field ?? "").replace(/\.\[key\]$/, "");

export const sentence = (finding: Finding): string => capital(finding.message) + (finding.hint ? ` ${finding.hint}` : "");

/** Names such as `tables.filter` stay as they are. */
export const capital = (text: string): string => (/^[a-z]+(?=[\s,']|$)/.test(text) ? text.slice(0, 1).toUpperCase() + text.slice(1) : text);

export const errorsFirst = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort((one, other) => Number(one.severity === "warning") - Number(other.severity === "warning"));
