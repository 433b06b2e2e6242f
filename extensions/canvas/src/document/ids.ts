/** Names for new nodes, parts, notes and groups: readable, and free. */

/** As `workbench.flow.graph.new_id`: `filter`, then `filter_2`. */
export function freeName(stem: string, taken: ReadonlySet<string>): string {
  if (!taken.has(stem)) return stem;
  let count = 2;
  while (taken.has(`${stem}_${count}`)) count += 1;
  return `${stem}_${count}`;
}

/** The id of a new node of a kind such as `tables.filter` or `flow:clean`. */
export function freeId(kind: string, taken: ReadonlySet<string>): string {
  const stem = kind.split(/[.:]/).at(-1)?.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^[^A-Za-z]+/, "") || "node";
  return freeName(stem, taken);
}

/** What is wrong with an id in words; empty when it is a good one. */
export function badId(id: string): string {
  if (id === "") return "A name is needed.";
  if (!/^[A-Za-z]/.test(id)) return "A name begins with a letter.";
  const odd = id.match(/[^A-Za-z0-9_-]/);
  return odd ? `${JSON.stringify(odd[0])} cannot be in a name; letters, digits, _ and - can.` : "";
}
