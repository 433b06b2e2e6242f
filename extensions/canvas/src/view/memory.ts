/** What the browser remembers for the user of this machine; works without a memory, too. */

const PREFIX = "causeway.canvas.";

export function recall<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(PREFIX + key);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
}

/** Whether it could be kept. */
export function remember(key: string, value: unknown): boolean {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function forget(key: string): void {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // Nothing was kept.
  }
}

const MOST_RECENT = 6;
const told = new Set<() => void>();
let changes = 0;

/** Favourites and recent node types: told of each change, wherever in the page it was made. */
export const kindsSubscribe = (listener: () => void): (() => void) => {
  told.add(listener);
  return () => told.delete(listener);
};
/** Grows with each change. */
export const kindsVersion = (): number => changes;

function keep(key: string, kinds: string[]): void {
  remember(key, kinds);
  changes += 1;
  for (const listener of told) listener();
}

/** Node types that were used last, the latest first. */
export const recentKinds = (): string[] => recall<string[]>("recent", []);
export const noteKind = (kind: string): void => keep("recent", [kind, ...recentKinds().filter((one) => one !== kind)].slice(0, MOST_RECENT));

export const favouriteKinds = (): string[] => recall<string[]>("favourites", []);
export function toggleFavourite(kind: string): void {
  const now = favouriteKinds();
  keep("favourites", now.includes(kind) ? now.filter((one) => one !== kind) : [...now, kind]);
}
