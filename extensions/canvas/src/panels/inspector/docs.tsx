/** What a node type is for, with its example: what it finds, rows in, settings, rows out, what it leaves. */

import type { Grid, NodeType } from "../../types";
import { Said } from "../said";

const DELIVERY: Record<string, string> = {
  "exactly-once": "After a crash it goes on where it was; no row is lost or twice.",
  "at-least-once": "After a crash some rows may come twice.",
  "at-most-once": "After a crash rows of the time between are not there.",
  afresh: "A flow with this node begins from the start after a crash.",
};

export function Docs({ type }: { type: NodeType }) {
  const paragraphs = type.description.split(/\n\s*\n/);
  const { example } = type;
  return (
    <div className="cw-docs">
      {paragraphs.map((text) => (
        <p key={text}>
          <Said text={text.replace(/\s*\n\s*/g, " ")} />
        </p>
      ))}
      <p className="cw-field-help">
        {DELIVERY[type.delivery] ?? ""} {type.extra && `Needs pip install 'causeway[${type.extra}]'.`} Kind: <code>{type.kind}</code>
      </p>
      {example && (
        <>
          <h4>Example</h4>
          {Object.entries(example.inputs).flatMap(([port, grids]) => grids.map((grid, index) => <Rows key={`${port}${index}`} grid={grid} caption={grids.length > 1 || port !== "rows" ? `In: ${port}` : "In"} />))}
          <Texts caption="With" texts={example.files} />
          <Texts caption="Sent to" texts={example.sent} />
          <pre className="cw-docs-settings">{JSON.stringify(example.settings, null, 1)}</pre>
          {example.output && <Rows grid={example.output} caption="Out" />}
          <Texts caption="It leaves" texts={example.leaves} />
        </>
      )}
    </div>
  );
}

function Texts({ caption, texts }: { caption: string; texts: Record<string, string> }) {
  return Object.entries(texts).map(([path, text]) => (
    <figure key={path} className="cw-docs-text">
      <figcaption>
        {caption} <code>{path}</code>:
      </figcaption>
      <pre className="cw-docs-settings">{text.trimEnd()}</pre>
    </figure>
  ));
}

function Rows({ grid, caption }: { grid: Grid; caption: string }) {
  const names = Object.keys(grid.columns);
  return (
    // Wide examples scroll, and what scrolls has to be reachable by the keyboard.
    <div className="cw-docs-rows" tabIndex={0} role="group" aria-label={`Rows of the example: ${caption}`}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {names.map((name) => (
              <th key={name} scope="col" title={grid.columns[name]}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {grid.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, place) => (
                <td key={place}>{cell === null ? <i>none</i> : typeof cell === "object" ? JSON.stringify(cell) : String(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
