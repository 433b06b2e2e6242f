/** An expression: coloured, completed from columns and functions, its fault underlined where it is. */

import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";

import { highlight } from "../code/highlight";
import { Overlaid } from "../code/overlaid";
import { Offers } from "../form/offers";
import { idOf, placeholderOf, useScope, type ControlProps } from "../form/scope";
import { columnsAt, portOfField } from "../schema/columns";
import { at as findingsAt, capital } from "../schema/findings";
import { callAround, completed, completions, type Completion } from "./complete";
import { useExpressionHelp } from "./help";

export function ExpressionField(props: ControlProps) {
  const scope = useScope();
  const text = typeof props.value === "string" ? props.value : "";
  const columns = columnsAt(scope.columns, props.schema.port || portOfField(scope.columns, props.path));
  const [focused, setFocused] = useState(false);
  const [touched, setTouched] = useState(false);
  const [caret, setCaret] = useState(text.length);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const help = useExpressionHelp(scope.host, columns, text, focused || touched);
  const area = useRef<HTMLTextAreaElement>(null);
  const goTo = useRef<number | null>(null);
  const list = useId();
  const offers = open && focused && !scope.readonly ? completions(help, text, caret) : [];
  useLayoutEffect(() => {
    if (goTo.current === null) return;
    area.current?.setSelectionRange(goTo.current, goTo.current);
    goTo.current = null;
  });
  const change = (next: string): void => {
    setTouched(true);
    props.onChange(next === "" && (props.schema.default === null || props.schema.default === "") ? undefined : next);
  };
  const pick = (offer: Completion): void => {
    const done = completed(text, caret, offer);
    goTo.current = done.caret;
    setCaret(done.caret);
    setOpen(offer.kind === "function");
    setAt(0);
    change(done.text);
  };
  const keys = (event: KeyboardEvent): void => {
    const chosen = offers[at];
    if (event.key === " " && event.ctrlKey) setOpen(true);
    else if (offers.length === 0) return;
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") setAt((at + (event.key === "ArrowDown" ? 1 : -1) + offers.length) % offers.length);
    else if ((event.key === "Enter" || event.key === "Tab") && chosen) pick(chosen);
    else if (event.key === "Escape") setOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const fault = (help.of === text ? help.faults[0] : undefined) ?? findingsAt(scope.findings, props.path).find((one) => one.start != null && one.source === text);
  const call = help.functions.find((one) => one.name === callAround(text, caret));
  return (
    <div className="cw-expression">
      <Overlaid
        id={idOf(scope, props.path)}
        label={props.label}
        describedBy={props.describedBy}
        invalid={Boolean(fault) || props.invalid}
        disabled={scope.readonly}
        text={text}
        placeholder={placeholderOf(props.schema.default)}
        parts={highlight(text, "expression")}
        mark={fault && fault.start != null ? { start: fault.start, end: fault.end ?? text.length } : null}
        lines={1}
        area={area}
        combo={{
          "aria-autocomplete": "list",
          "aria-haspopup": "listbox",
          "aria-controls": offers.length > 0 ? list : undefined,
          "aria-activedescendant": offers.length > 0 ? `${list}-${at}` : undefined,
        }}
        onChange={(next) => {
          setOpen(true);
          setAt(0);
          change(next);
        }}
        onCaret={setCaret}
        onKeyDown={keys}
        onFocus={() => setFocused(true)}
        onBlur={() => {
          setFocused(false);
          setOpen(false);
        }}
      />
      {offers.length > 0 && <Offers id={list} anchor={area} label="Columns and functions" offers={offers} at={at} pick={pick} />}
      {focused && call && (
        <p className="cw-signature">
          <code>{call.signature}</code> {call.help}
        </p>
      )}
      {help.of === text && text !== "" && !fault && help.type && <p className="cw-gives">gives {help.type}</p>}
      {fault && (
        <p className="cw-field-fault" role="status">
          {capital(`${fault.message} ${fault.hint ?? ""}`)}
        </p>
      )}
    </div>
  );
}
