/** The text of a flow as `Flow.to_json` in Python writes it, so that a change is a small difference. */

import type { Flow } from './canvas';

export const EMPTY = (name: string): Flow => ({ name, nodes: [], edges: [] });

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)])
  );
}

/** Places are floats in Python: 320 is written as 320.0 there, and a document must not change by being opened. */
const POSITION = /("position": \[\s*)(-?\d+(?:\.\d+)?)(,\s*)(-?\d+(?:\.\d+)?)(\s*\])/g;
const float = (text: string): string => (text.includes('.') ? text : `${text}.0`);

export const toText = (flow: Flow): string =>
  JSON.stringify(sorted(flow), null, 2).replace(
    POSITION,
    (_, open: string, x: string, comma: string, y: string, close: string) => open + float(x) + comma + float(y) + close
  ) + '\n';

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
