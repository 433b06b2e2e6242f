/** Cuts code into coloured parts: a few rules for each language, enough for short texts. */

export type Language = "sql" | "python" | "json" | "expression";
export type Tint = "" | "word" | "text" | "number" | "name" | "comment" | "call";

export interface Part {
  text: string;
  tint: Tint;
}

const SQL_WORDS =
  "select from where group by order having limit offset join left right full inner outer cross on using as and or not in is null like ilike between case when then else end distinct union all intersect except with over partition asc desc true false cast interval";
const PYTHON_WORDS =
  "and as assert async await break class continue def del elif else except False finally for from global if import in is lambda None nonlocal not or pass raise return True try while with yield match case";
const EXPRESSION_WORDS = "and or not in is true false none null True False None";

const words = (list: string): RegExp => new RegExp(`(?:${list.split(" ").join("|")})\\b`, "y");

const CALL = /[^\W\d]\w*(?=\s*\()/y;
const NAME = /[^\W\d]\w*(?:\.[^\W\d]\w*)*/y;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

const RULES: Record<Language, [Tint, RegExp][]> = {
  sql: [
    ["comment", /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y],
    ["text", /'(?:[^']|'')*'?/y],
    ["name", /"(?:[^"]|"")*"?/y],
    ["word", new RegExp(words(SQL_WORDS).source, "iy")],
    ["call", CALL],
    ["number", NUMBER],
    ["name", NAME],
  ],
  python: [
    ["comment", /#[^\n]*/y],
    ["text", /[rbfu]{0,2}(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)/iy],
    ["word", words(PYTHON_WORDS)],
    ["call", CALL],
    ["number", NUMBER],
    ["", NAME],
  ],
  json: [
    ["name", /"(?:[^"\\]|\\.)*"(?=\s*:)/y],
    ["text", /"(?:[^"\\]|\\.)*"?/y],
    ["word", words("true false null")],
    ["number", /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  ],
  expression: [
    ["text", /r?(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)/y],
    ["word", words(EXPRESSION_WORDS)],
    ["call", CALL],
    ["number", NUMBER],
    ["name", NAME],
  ],
};

export function highlight(text: string, language: Language): Part[] {
  const parts: Part[] = [];
  const push = (piece: string, tint: Tint): void => {
    const last = parts.at(-1);
    if (last?.tint === tint) last.text += piece;
    else parts.push({ text: piece, tint });
  };
  for (let here = 0; here < text.length; ) {
    const found = firstOf(RULES[language], text, here);
    push(found?.text ?? text.charAt(here), found?.tint ?? "");
    here += found?.text.length ?? 1;
  }
  return parts;
}

function firstOf(rules: [Tint, RegExp][], text: string, here: number): Part | null {
  for (const [tint, rule] of rules) {
    rule.lastIndex = here;
    const found = rule.exec(text);
    if (found?.[0]) return { text: found[0], tint };
  }
  return null;
}

/** The parts cut again so that those inside of a place can be underlined. */
export function marked(parts: readonly Part[], start: number, end: number): (Part & { marked: boolean })[] {
  const found: (Part & { marked: boolean })[] = [];
  let here = 0;
  for (const part of parts) {
    const cuts = [0, start - here, end - here, part.text.length].map((cut) => Math.min(Math.max(0, cut), part.text.length));
    for (let index = 0; index < 3; index += 1) {
      const text = part.text.slice(cuts[index], cuts[index + 1]);
      if (text) found.push({ text, tint: part.tint, marked: index === 1 });
    }
    here += part.text.length;
  }
  return found;
}
