/** What is wrong with a value by its schema alone, said at once while the full check is still on its way. */

import type { Json, Schema } from "../../types";
import { optional, shapeOf, type Defs } from "./shape";

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

/** A sentence, or nothing when the value is good as far as can be seen here. */
export function fault(given: Schema, value: Json | undefined, required: boolean, defs: Defs): string {
  const { schema, nullable } = optional(given, defs);
  const missing = value === undefined || value === null || (value === "" && (schema.minLength ?? 0) > 0);
  if (missing) return required && !nullable ? "This has to be set." : value === "" && !nullable ? "This cannot be empty." : "";
  const shape = shapeOf(schema, defs);
  switch (shape.is) {
    case "number":
      return typeof value === "number" ? numberFault(schema, value, shape.whole) : "This has to be a number.";
    case "text":
      return typeof value === "string" ? textFault(schema, value) : "";
    case "choice":
      return shape.options.includes(value) ? "" : `${JSON.stringify(value)} is none of ${shape.options.join(", ")}.`;
    case "list":
      return Array.isArray(value) && value.length < (schema.minItems ?? 0) ? `At least ${counted(schema.minItems ?? 0, "entry").replace("entrys", "entries")}.` : "";
    case "map": {
      const size = typeof value === "object" ? Object.keys(value).length : 0;
      return size < (schema.minProperties ?? 0) ? "At least one is needed." : "";
    }
    default:
      return "";
  }
}

function numberFault(schema: Schema, value: number, whole: boolean): string {
  if (whole && !Number.isInteger(value)) return "This has to be a whole number.";
  if (schema.minimum !== undefined && value < schema.minimum) return `At least ${schema.minimum}.`;
  if (schema.maximum !== undefined && value > schema.maximum) return `At most ${schema.maximum}.`;
  if (schema.exclusiveMinimum !== undefined && value <= schema.exclusiveMinimum) return `More than ${schema.exclusiveMinimum}.`;
  if (schema.exclusiveMaximum !== undefined && value >= schema.exclusiveMaximum) return `Less than ${schema.exclusiveMaximum}.`;
  return "";
}

function textFault(schema: Schema, value: string): string {
  if (schema.maxLength !== undefined && value.length > schema.maxLength) return `At most ${counted(schema.maxLength, "character")}.`;
  if (schema.minLength !== undefined && value.length < schema.minLength) return `At least ${counted(schema.minLength, "character")}.`;
  if (schema.pattern !== undefined && !matches(schema.pattern, value)) return "This does not have the form that is expected here.";
  return "";
}

/** Patterns are Python's; one that a browser does not read is left to the full check. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    return true;
  }
}
