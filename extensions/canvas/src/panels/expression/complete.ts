/** What can be written at a place of an expression: columns, functions, words; and which call one stands in. */

/** `workbench.flow.expression.assist.ExpressionHelp`. */
export interface ExpressionHelp {
  columns: { name: string; type: string; nullable: boolean; insert: string }[];
  functions: { name: string; group: string; signature: string; help: string; example: string }[];
  operators: { operator: string; help: string }[];
  type: string;
  faults: { message: string; hint?: string; source?: string; start?: number | null; end?: number | null }[];
}

export const NO_HELP: ExpressionHelp = { columns: [], functions: [], operators: [], type: "", faults: [] };

export interface Completion {
  /** What is shown and told apart. */
  value: string;
  detail: string;
  /** What is written in place of the word. */
  insert: string;
  kind: "column" | "function" | "word";
}

const MOST = 40;
const WORDS = ["and", "or", "not", "in", "is none", "is not none", "true", "false"];

/** Where the word before the caret begins; the caret itself when there is none, or inside of a text. */
export function wordStart(text: string, caret: number): number {
  if (insideText(text, caret)) return caret;
  const word = /[^\W\d][\w.]*$/.exec(text.slice(0, caret));
  return word ? caret - word[0].length : caret;
}

export function insideText(text: string, caret: number): boolean {
  let quote = "";
  for (let here = 0; here < caret; here += 1) {
    const sign = text.charAt(here);
    if (quote && sign === "\\") here += 1;
    else if (quote && sign === quote) quote = "";
    else if (!quote && (sign === '"' || sign === "'")) quote = sign;
  }
  return quote !== "";
}

/** Whether a number, text or call ends at the caret: Enter there must not write a column onto it. */
function behindValue(text: string, caret: number): boolean {
  return wordStart(text, caret) === caret && /[\w.)\]"']$/.test(text.slice(0, caret));
}

/** The word in hand is offered in longer forms; nothing is offered for a word that is complete, or right behind a value. */
export function completions(help: ExpressionHelp, text: string, caret: number): Completion[] {
  if (insideText(text, caret) || behindValue(text, caret)) return [];
  const word = text.slice(wordStart(text, caret), caret).toLowerCase();
  const all: Completion[] = [
    ...help.columns.map((one): Completion => ({ value: one.name, detail: one.type + (one.nullable ? " or none" : ""), insert: one.insert, kind: "column" })),
    ...help.functions.map((one): Completion => ({ value: one.name, detail: one.signature, insert: `${one.name}(`, kind: "function" })),
    ...WORDS.map((one): Completion => ({ value: one, detail: "", insert: `${one} `, kind: "word" })),
  ];
  const starts = all.filter((one) => one.value.toLowerCase().startsWith(word));
  const holds = word.length < 2 ? [] : all.filter((one) => !starts.includes(one) && one.value.toLowerCase().includes(word));
  const found = [...starts, ...holds].slice(0, MOST);
  return found.length === 1 && found[0]?.value.toLowerCase() === word ? [] : found;
}

/** The text with a completion in place of the word before the caret, and where the caret then is. */
export function completed(text: string, caret: number, chosen: Completion): { text: string; caret: number } {
  const start = wordStart(text, caret);
  const rest = text.slice(caret);
  const insert = chosen.kind === "function" && rest.startsWith("(") ? chosen.value : chosen.insert;
  return { text: text.slice(0, start) + insert + rest, caret: start + insert.length };
}

/** The function whose brackets are around the caret; empty when there is none. */
export function callAround(text: string, caret: number): string {
  const open: string[] = [];
  let quote = "";
  for (let here = 0; here < caret; here += 1) {
    const sign = text.charAt(here);
    if (quote) {
      if (sign === "\\") here += 1;
      else if (sign === quote) quote = "";
    } else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === "(") open.push(/([^\W\d]\w*)\s*$/.exec(text.slice(0, here))?.[1] ?? "");
    else if (sign === ")") open.pop();
  }
  return open.at(-1) ?? "";
}
