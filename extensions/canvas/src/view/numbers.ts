/** Numbers for small spaces: 1240 is "1.2k". */

const UNITS = ["", "k", "M", "G", "T"];

export function compact(value: number): string {
  let unit = 0;
  let left = value;
  while (Math.abs(left) >= 999.5 && unit < UNITS.length - 1) {
    left /= 1000;
    unit += 1;
  }
  const digits = Math.abs(left) < 9.95 && !Number.isInteger(left) ? 1 : 0;
  return left.toFixed(digits) + (UNITS[unit] ?? "");
}
