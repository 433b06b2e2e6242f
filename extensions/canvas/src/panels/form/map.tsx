/** A map as rows of name and value: columns and their types, aggregates, renamings, headers. */

import { useEffect, useState } from "react";

import type { Json, Schema } from "../../types";
import { at, capital } from "../schema/findings";
import { blank, isObject, shapeOf } from "../schema/shape";
import { useColumnOffers } from "./column";
import { Combo } from "./combo";
import { Control } from "./control";
import { Add, moved, RowTools } from "./rows";
import { useScope, type ControlProps } from "./scope";

type Entry = [string, Json];

/** A name that is not taken: `column`, then `column_2`. */
export function freeName(stem: string, taken: readonly string[]): string {
  let name = stem;
  for (let count = 2; taken.includes(name); count += 1) name = `${stem}_${count}`;
  return name;
}

export function MapField(props: ControlProps & { name: Schema; entry: Schema }) {
  const { readonly, defs } = useScope();
  const { name, entry, path, label, value, schema, onChange } = props;
  const entries = Object.entries(isObject(value) ? value : isObject(schema.default) ? schema.default : {});
  const set = (next: Entry[]): void => onChange(Object.fromEntries(next));
  const offers = useColumnOffers(name.port).filter((offer) => !entries.some(([key]) => key === offer.value));
  const picks = name.format === "column";
  const add = (): void => {
    const stem = name.format === "new-column" ? "column" : picks ? (offers[0]?.value ?? "column") : "name";
    set([...entries, [freeName(stem, entries.map(([key]) => key)), blank(entry, defs)]]);
  };
  const tall = shapeOf(entry, defs).is === "object";
  return (
    <div className={`cw-rows ${tall ? "is-tall" : ""}`} role="group" aria-label={label}>
      {entries.map(([key, one], index) => (
        <MapRow
          key={index}
          name={key}
          taken={entries.filter((_, place) => place !== index).map(([other]) => other)}
          label={label}
          path={path}
          columnPort={picks ? name.port : undefined}
          picks={picks}
          rename={(next) => set(entries.map((old, place): Entry => (place === index ? [next, one] : old)))}
        >
          <Control
            schema={entry}
            path={`${path}.${key}`}
            value={one}
            label={`${label}, ${key}`}
            onChange={(next) => set(entries.map((old, place): Entry => (place === index ? [key, next ?? blank(entry, {})] : old)))}
          />
          {!readonly && (
            <RowTools what={key} index={index} count={entries.length} move={(to) => set(moved(entries, index, to))} remove={() => set(entries.filter((_, place) => place !== index))} />
          )}
        </MapRow>
      ))}
      {!readonly && <Add label={`Add to ${label}`} run={add} />}
    </div>
  );
}

interface RowProps {
  name: string;
  taken: string[];
  label: string;
  path: string;
  columnPort: string | undefined;
  picks: boolean;
  rename: (name: string) => void;
  children: React.ReactNode;
}

/** The name is kept as it is typed until it is free, so that no row is lost on the way. */
function MapRow({ name, taken, label, path, columnPort, picks, rename, children }: RowProps) {
  const { readonly, findings } = useScope();
  const [typed, setTyped] = useState(name);
  useEffect(() => setTyped(name), [name]);
  const offers = useColumnOffers(columnPort).filter((offer) => !taken.includes(offer.value));
  const type = (next: string): void => {
    setTyped(next);
    if (next !== "" && !taken.includes(next)) rename(next);
  };
  const wrong = typed === "" ? "A name is needed." : taken.includes(typed) ? `${JSON.stringify(typed)} is there already.` : "";
  const said = wrong || at(findings, `${path}.${name}`).map((one) => capital(`${one.message} ${one.hint ?? ""}`)).join(" ");
  return (
    <div className="cw-row is-pair">
      <Combo label={`Name in ${label}`} value={typed} offers={picks ? offers : []} disabled={readonly} invalid={wrong !== ""} onChange={type} />
      {children}
      {said && <span className="cw-field-fault">{said}</span>}
    </div>
  );
}
