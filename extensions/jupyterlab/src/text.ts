/** What a file of a flow says, and what it is called; the canvas knows how one is written. */

import type { Flow } from './canvas';

export const EMPTY = (name: string): Flow => ({ name, nodes: [], edges: [] });

/** Return the flow of a text; an empty file is a flow without nodes. Throws with a sentence for people. */
export function fromText(text: string, name: string): Flow {
  if (!text.trim()) return EMPTY(name);
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new Error(`This file is not JSON: ${(error as Error).message}.`);
  }
  if (typeof found !== 'object' || found === null || Array.isArray(found)) throw new Error('This file holds no flow.');
  return { ...(found as Flow), name: (found as Flow).name ?? name };
}

/** `shop.flow.json` in any folder is called `shop`. */
export const nameOf = (path: string): string => path.replace(/^.*\//, '').replace(/\.flow\.json$/, '') || 'flow';
