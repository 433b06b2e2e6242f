/** The columns that come into a node and go out of it, folded until they are wanted. */

import type { Column, NodeColumns } from "../../types";
import { columnsAt, typeText } from "../schema/columns";

export function ColumnsOf({ columns }: { columns: NodeColumns }) {
  const ports = Object.keys(columns.inputs);
  return (
    <div className="cw-columns">
      {ports.map((port) => (
        <List key={port} title={ports.length > 1 ? `Columns in, ${port}` : "Columns in"} columns={columnsAt(columns, port)} />
      ))}
      {columns.output && <List title={`Columns out${columns.assumed ? " (most likely)" : ""}`} columns={columns.output} />}
    </div>
  );
}

function List({ title, columns }: { title: string; columns: Column[] }) {
  return (
    <details>
      <summary>
        {title} <small>{columns.length}</small>
      </summary>
      <ul>
        {columns.map((column) => (
          <li key={column.name}>
            <code>{column.name}</code> <small>{typeText(column)}</small>
          </li>
        ))}
      </ul>
    </details>
  );
}
