/** Asks the workbench what can be written in a field, and what is wrong with it; a moment after the last key. */

import { useEffect, useState } from "react";

import type { Column, Host } from "../../types";
import { typeText } from "../schema/columns";
import { NO_HELP, type ExpressionHelp } from "./complete";

const PAUSE_MS = 150;

export interface Checked extends ExpressionHelp {
  /** The expression that `type` and `faults` are about. */
  of: string;
}

const NOTHING: Checked = { ...NO_HELP, of: "" };

export function useExpressionHelp(host: Host, columns: readonly Column[], expression: string, wanted: boolean): Checked {
  const [help, setHelp] = useState<Checked>(NOTHING);
  const given = columns.map((column) => `${column.name} ${typeText(column)}`);
  const key = given.join("\n");
  useEffect(() => {
    if (!host.live || !wanted) return undefined;
    let here = true;
    const timer = setTimeout(() => {
      // Without columns every name would be wrong; the full check then says what is.
      const checked = key === "" ? "" : expression;
      host.call<ExpressionHelp>("expression_help", { columns: key === "" ? [] : key.split("\n"), expression: checked }).then(
        (found) => here && setHelp({ ...found, of: checked }),
        () => undefined,
      );
    }, PAUSE_MS);
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [host, key, expression, wanted]);
  return help;
}
