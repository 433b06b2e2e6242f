/** What can be said of a column from some of its values: how many are missing, how they spread. */

import type { Json } from "../../types";

export interface Stats {
  nulls: number;
  distinct: number;
  /** Heights of the bars, 0 to 1: equal parts of the range of numbers, or the most frequent values. */
  bars: { share: number; label: string }[];
  range: string;
}

const BINS = 10;
const TOP = 6;

export function statsOf(values: readonly Json[]): Stats {
  const known = values.filter((value) => value !== null && value !== undefined);
  const numbers = known.filter((value): value is number => typeof value === "number");
  const counts = new Map<string, number>();
  for (const value of known) counts.set(shown(value), (counts.get(shown(value)) ?? 0) + 1);
  const numeric = numbers.length > 0 && numbers.length === known.length;
  return {
    nulls: values.length - known.length,
    distinct: counts.size,
    bars: numeric ? binned(numbers) : frequent(counts),
    range: numeric ? `${short(least(numbers))} to ${short(most(numbers))}` : `${counts.size} ${counts.size === 1 ? "value" : "values"}`,
  };
}

function binned(numbers: readonly number[]): Stats["bars"] {
  const [low, high] = [least(numbers), most(numbers)];
  if (low === high) return [{ share: 1, label: `${short(low)}: ${numbers.length}` }];
  const bins = Array.from({ length: BINS }, () => 0);
  const width = (high - low) / BINS;
  for (const number of numbers) {
    const bin = Math.min(BINS - 1, Math.floor((number - low) / width));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const top = most(bins);
  return bins.map((count, index) => ({ share: count / top, label: `${short(low + index * width)} to ${short(low + (index + 1) * width)}: ${count}` }));
}

function frequent(counts: ReadonlyMap<string, number>): Stats["bars"] {
  const sorted = [...counts].sort((one, other) => other[1] - one[1]).slice(0, TOP);
  const top = sorted[0]?.[1] ?? 1;
  return sorted.map(([value, count]) => ({ share: count / top, label: `${value.slice(0, 60)}: ${count}` }));
}

// Spreading a long list into Math.min would be too many arguments.
const least = (numbers: readonly number[]): number => numbers.reduce((one, other) => Math.min(one, other), Infinity);
const most = (numbers: readonly number[]): number => numbers.reduce((one, other) => Math.max(one, other), -Infinity);
const short = (value: number): string => (Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : Number(value.toPrecision(4)).toString());

/** A cell as text. */
export const shown = (value: Json | undefined): string =>
  value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);

/** Rows as text that a spreadsheet takes. */
export function asText(names: readonly string[], rows: readonly Record<string, Json>[]): string {
  const clean = (text: string): string => text.replace(/[\t\n\r]+/g, " ");
  return [names.join("\t"), ...rows.map((row) => names.map((name) => clean(shown(row[name]))).join("\t"))].join("\n");
}

export function searched(rows: readonly Record<string, Json>[], text: string): Record<string, Json>[] {
  const low = text.trim().toLowerCase();
  return low === "" ? [...rows] : rows.filter((row) => Object.values(row).some((value) => shown(value).toLowerCase().includes(low)));
}
