/** Finds node types, nodes and commands by what is typed: all words have to be there, the best place first. */

/** How well a text answers a query; 0 when it does not. Fields go from the most to the least telling. */
export function score(query: string, fields: readonly string[]): number {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  let total = 1;
  for (const word of words) {
    let best = 0;
    fields.forEach((field, index) => {
      const text = field.toLowerCase();
      const at = text.indexOf(word);
      if (at < 0) return;
      const begins = at === 0 ? 4 : /[^a-z0-9]/.test(text[at - 1] ?? "") ? 2 : 1;
      const whole = text === word ? 2 : 1;
      best = Math.max(best, (begins * whole * 10) / (index + 1));
    });
    if (best === 0) return 0;
    total += best;
  }
  return total;
}

/** The items that answer a query, best first; all in their order when nothing is asked. */
export function found<T>(items: readonly T[], query: string, fields: (item: T) => readonly string[]): T[] {
  if (query.trim() === "") return [...items];
  return items
    .map((item, index) => ({ item, index, points: score(query, fields(item)) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points || a.index - b.index)
    .map(({ item }) => item);
}
