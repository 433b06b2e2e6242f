/** Lists: a few known values as ticks, anything else as rows. */

import type { Json, Schema } from "../../types";
import { blank } from "../schema/shape";
import { Control } from "./control";
import { Add, listOf, moved, RowTools } from "./rows";
import { idOf, useScope, type ControlProps } from "./scope";

export { Chips } from "./chips";

export function EnumList(props: ControlProps & { options: Json[] }) {
  const scope = useScope();
  const now = listOf(props);
  return (
    <div className="cw-ticks" role="group" aria-label={props.label} id={idOf(scope, props.path)}>
      {props.options.map((option) => (
        <label key={String(option)}>
          <input
            type="checkbox"
            className="cw-field-tick"
            disabled={scope.readonly}
            checked={now.includes(option)}
            onChange={(event) => props.onChange(props.options.filter((one) => (one === option ? event.target.checked : now.includes(one))))}
          />
          {String(option)}
        </label>
      ))}
    </div>
  );
}

export function ListField(props: ControlProps & { item: Schema }) {
  const { readonly, defs } = useScope();
  const items = listOf(props);
  const set = (index: number, value: Json): void => props.onChange(items.map((one, place) => (place === index ? value : one)));
  return (
    <div className="cw-rows" role="group" aria-label={props.label}>
      {items.map((item, index) => (
        <div className="cw-row" key={index}>
          <Control schema={props.item} path={`${props.path}.${index}`} value={item} label={`${props.label}, entry ${index + 1}`} onChange={(value) => set(index, value ?? "")} />
          {!readonly && (
            <RowTools
              what={`entry ${index + 1}`}
              index={index}
              count={items.length}
              move={(to) => props.onChange(moved(items, index, to))}
              remove={() => props.onChange(items.filter((_, place) => place !== index))}
            />
          )}
        </div>
      ))}
      {!readonly && <Add label={`Add to ${props.label}`} run={() => props.onChange([...items, blank(props.item, defs)])} />}
    </div>
  );
}
