/** Several columns as chips: picked from a list, typed, taken out, moved with Alt and an arrow. */

import { useState, type KeyboardEvent } from "react";

import type { Schema } from "../../types";
import { Icon } from "../../view/icons";
import { useColumnOffers } from "./column";
import { Combo } from "./combo";
import { listOf, moved } from "./rows";
import { idOf, useScope, type ControlProps } from "./scope";

export function Chips(props: ControlProps & { item: Schema }) {
  const scope = useScope();
  const [typed, setTyped] = useState("");
  const names = listOf(props).map(String);
  const makes = props.item.format === "new-column";
  const offers = useColumnOffers(props.item.port).filter((offer) => !makes && !names.includes(offer.value));
  const add = (name: string): void => {
    if (name.trim() && !names.includes(name.trim())) props.onChange([...names, name.trim()]);
    setTyped("");
  };
  const move = (event: KeyboardEvent, from: number): void => {
    if (!event.altKey || !event.key.startsWith("Arrow")) return;
    props.onChange(moved(names, from, from + (["ArrowLeft", "ArrowUp"].includes(event.key) ? -1 : 1)));
    event.preventDefault();
    event.stopPropagation();
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key === "Enter" || event.key === ",") {
      add(typed);
      event.preventDefault();
    } else if (event.key === "Backspace" && typed === "" && names.length > 0) props.onChange(names.slice(0, -1));
  };
  return (
    <div className="cw-chips" role="group" aria-label={props.label}>
      {names.map((name, index) => (
        <span key={name} className="cw-chip">
          {name}
          {!scope.readonly && (
            <button type="button" aria-label={`Remove ${name}`} title={`Remove ${name}; Alt with an arrow moves it`} onClick={() => props.onChange(names.filter((one) => one !== name))} onKeyDown={(event) => move(event, index)}>
              <Icon name="close" size={12} />
            </button>
          )}
        </span>
      ))}
      {!scope.readonly && (
        <Combo
          id={idOf(scope, props.path)}
          label={`Add to ${props.label}`}
          value={typed}
          offers={offers}
          placeholder={names.length === 0 ? "Add columns" : "Add"}
          describedBy={props.describedBy}
          invalid={props.invalid}
          picks
          onChange={setTyped}
          onPick={add}
          onKeyDown={keys}
        />
      )}
    </div>
  );
}
