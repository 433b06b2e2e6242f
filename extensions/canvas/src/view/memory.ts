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

/** Node types that were used last, the latest first. */
export const recentKinds = (): string[] => recall<string[]>("recent", []);
export const noteKind = (kind: string): void => void remember("recent", [kind, ...recentKinds().filter((one) => one !== kind)].slice(0, MOST_RECENT));

export const favouriteKinds = (): string[] => recall<string[]>("favourites", []);
export function toggleFavourite(kind: string): void {
  const now = favouriteKinds();
  remember("favourites", now.includes(kind) ? now.filter((one) => one !== kind) : [...now, kind]);
}
