/** The input that fits a place of the schema. */

import type { ComponentType } from "react";

import { ExpressionField } from "../expression/field";
import { shapeOf, type Shape } from "../schema/shape";
import { CodeField, JsonField } from "./code";
import { ColumnInput } from "./column";
import { Chips, EnumList, ListField } from "./list";
import { MapField } from "./map";
import { NumberInput } from "./number";
import { ObjectField, Tuple, Union } from "./object";
import { PathInput } from "./path";
import { Choice, Fixed, Scalar, TextInput, Tick } from "./plain";
import { useScope, type ControlProps } from "./scope";
import { SecretInput } from "./secret";

const TEXTS: Record<string, ComponentType<ControlProps>> = {
  column: ColumnInput,
  expression: ExpressionField,
  secret: SecretInput,
  "input-file": PathInput,
  "input-path": PathInput,
  "output-file": PathInput,
  sql: CodeField,
  code: CodeField,
};

/** Inputs that need room below their label, and not beside it. */
export const isWide = (shape: Shape): boolean =>
  ["list", "map", "object", "oneOf", "json", "tuple"].includes(shape.is) || (shape.is === "text" && ["expression", "sql", "code"].includes(shape.format));

export function Control(props: ControlProps) {
  const { defs } = useScope();
  const shape = shapeOf(props.schema, defs);
  switch (shape.is) {
    case "text": {
      const Input = TEXTS[shape.format] ?? TextInput;
      return <Input {...props} schema={{ ...shape.schema, default: props.schema.default }} />;
    }
    case "number":
      return <NumberInput {...props} whole={shape.whole} />;
    case "boolean":
      return <Tick {...props} />;
    case "choice":
      return <Choice {...props} options={shape.options} />;
    case "fixed":
      return <Fixed {...props} fixed={shape.value} />;
    case "scalar":
      return <Scalar {...props} />;
    case "list":
      return <List {...props} item={shape.item} />;
    case "tuple":
      return <Tuple {...props} items={shape.items} />;
    case "map":
      return <MapField {...props} name={shape.name} entry={shape.value} />;
    case "object":
      return <ObjectField {...props} fields={shape.fields} required={shape.required} />;
    case "oneOf":
      return <Union {...props} shape={shape} />;
    case "json":
      return <JsonField {...props} />;
  }
}

function List(props: ControlProps & { item: ControlProps["schema"] }) {
  const { defs } = useScope();
  const item = shapeOf(props.item, defs);
  if (item.is === "text" && ["column", "new-column"].includes(item.format)) return <Chips {...props} />;
  if (item.is === "choice") return <EnumList {...props} options={item.options} />;
  return <ListField {...props} />;
}
