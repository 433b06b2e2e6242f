/** A column of the input, picked from those that come in; another name can be typed. */

import { columnsAt, typeText } from "../schema/columns";
import { Combo, type Offer } from "./combo";
import { idOf, placeholderOf, useScope, type ControlProps } from "./scope";

/** The columns that can be picked at a place, as offers. */
export function useColumnOffers(port: string | undefined): Offer[] {
  const { columns } = useScope();
  return columnsAt(columns, port).map((column) => ({ value: column.name, detail: typeText(column) }));
}

export function ColumnInput(props: ControlProps) {
  const scope = useScope();
  const { schema, value, onChange } = props;
  return (
    <Combo
      id={idOf(scope, props.path)}
      label={props.label}
      value={typeof value === "string" ? value : ""}
      offers={useColumnOffers(schema.port)}
      placeholder={placeholderOf(schema.default) || "Choose a column"}
      describedBy={props.describedBy}
      invalid={props.invalid}
      disabled={scope.readonly}
      onChange={(text) => onChange(text === "" ? undefined : text)}
    />
  );
}
