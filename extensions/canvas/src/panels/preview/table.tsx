/** Rows as a table of which only what is in sight is drawn. */

import { useMemo, useState } from "react";

import type { Column, Json } from "../../types";
import { typeText } from "../schema/columns";
import { shown, statsOf, type Stats } from "./stats";

const ROW = 24;
const SPARE = 10;
/** What is drawn before the height is known. */
const FIRST = 30;

interface Props {
  columns: readonly Column[];
  rows: readonly Record<string, Json>[];
}

export function Table({ columns, rows }: Props) {
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(FIRST * ROW);
  const stats = useMemo(() => new Map(columns.map((column) => [column.name, statsOf(rows.map((row) => row[column.name] ?? null))])), [columns, rows]);
  const widths = useMemo(() => columns.map((column) => widthOf(column, rows)), [columns, rows]);
  const first = Math.max(0, Math.floor(top / ROW) - SPARE);
  const last = Math.min(rows.length, Math.ceil((top + height) / ROW) + SPARE);
  return (
    // What scrolls has to be reachable by the keyboard.
    <div
      className="cw-table"
      tabIndex={0}
      role="group"
      aria-label="Rows"
      onScroll={(event) => {
        setTop(event.currentTarget.scrollTop);
        setHeight(event.currentTarget.clientHeight || FIRST * ROW);
      }}
    >
      <table aria-rowcount={rows.length + 1} style={{ width: widths.reduce((sum, width) => sum + width, 44) }}>
        <colgroup>
          <col style={{ width: 44 }} />
          {columns.map((column, index) => (
            <col key={column.name} style={{ width: widths[index] }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            <td />
            {columns.map((column) => (
              <th key={column.name} scope="col">
                <span className="cw-table-name" title={column.name}>
                  {column.name}
                </span>
                <small>{typeText(column)}</small>
                <Bars stats={stats.get(column.name)} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <tr style={{ height: first * ROW }} aria-hidden="true" />}
          {rows.slice(first, last).map((row, index) => (
            <tr key={first + index} aria-rowindex={first + index + 2} className={row.diff === -1 ? "is-gone" : undefined}>
              <td className="cw-table-number">{first + index + 1}</td>
              {columns.map((column) => (
                <Cell key={column.name} value={row[column.name]} />
              ))}
            </tr>
          ))}
          {last < rows.length && <tr style={{ height: (rows.length - last) * ROW }} aria-hidden="true" />}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ value }: { value: Json | undefined }) {
  if (value === null || value === undefined) return <td className="is-none">none</td>;
  const text = shown(value);
  return (
    <td className={typeof value === "number" ? "is-number" : undefined} title={text.length > 24 || readable(value) !== text ? text : undefined}>
      {readable(value).slice(0, 300)}
    </td>
  );
}

/** The last digits of binary fractions say nothing: 262.91499999999996 is shown as 262.915. */
const readable = (value: Json): string => (typeof value === "number" && !Number.isInteger(value) ? String(Number(value.toPrecision(12))) : shown(value));

/** A few rows among many are seen as well; none are not. */
const height = (share: number): number => (share > 0 ? Math.max(1, share * 14) : 0);

function Bars({ stats }: { stats: Stats | undefined }) {
  if (!stats) return null;
  const width = 60 / Math.max(1, stats.bars.length);
  const said = `${stats.range}${stats.nulls > 0 ? `, ${stats.nulls} missing` : ""}`;
  return (
    <span className="cw-bars" title={[said, ...stats.bars.map((bar) => bar.label)].join("\n")}>
      <svg viewBox="0 0 60 14" width="60" height="14" role="img" aria-label={said}>
        {stats.bars.map((bar, index) => (
          <rect key={index} x={index * width} width={Math.max(1, width - 1)} y={14 - height(bar.share)} height={height(bar.share)} />
        ))}
      </svg>
      {stats.nulls > 0 && <small className="is-none">{stats.nulls} none</small>}
    </span>
  );
}

function widthOf(column: Column, rows: readonly Record<string, Json>[]): number {
  const longest = rows.slice(0, 50).reduce((most, row) => Math.max(most, shown(row[column.name]).length), Math.max(column.name.length, 12));
  return Math.min(320, longest * 7.2 + 20);
}
