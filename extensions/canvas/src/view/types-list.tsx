/** Node types as choices: favourites and recent ones first, then by group; by fit when something is typed. */

import { useMemo, useSyncExternalStore } from "react";

import { found } from "../document/search";
import type { NodeType } from "../types";
import type { Choice } from "./choices";
import { Icon } from "./icons";
import { favouriteKinds, kindsSubscribe, kindsVersion, recentKinds, toggleFavourite } from "./memory";

export const GROUPS = ["sources", "parts", "tables", "windows", "text", "detectors", "sinks"];

/** Types in the order of the groups as data goes through them; a group that is not known comes before the sinks. */
export function ordered(types: Iterable<NodeType>): NodeType[] {
  const place = (type: NodeType): number => {
    const at = GROUPS.indexOf(type.group);
    return at < 0 ? GROUPS.length - 1.5 : at;
  };
  return [...new Set(types)].sort((a, b) => place(a) - place(b) || a.title.localeCompare(b.title));
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

interface Wanted {
  types: readonly NodeType[];
  query: string;
  drag?: boolean;
  /** Whether favourites can be marked in it. */
  stars?: boolean;
}

export function useTypeChoices({ types, query, drag, stars }: Wanted): Choice[] {
  const version = useSyncExternalStore(kindsSubscribe, kindsVersion);
  return useMemo(() => {
    const favourites = favouriteKinds();
    const choice = (type: NodeType, group: string, id = type.kind): Choice => ({
      id,
      group,
      drag: drag ? type.kind : undefined,
      row: <Row type={type} stars={stars} isFavourite={favourites.includes(type.kind)} />,
    });
    if (query.trim()) return found(types, query, (type) => [type.title, type.kind, type.group, type.summary]).map((type) => choice(type, ""));
    const known = new Map(types.map((type) => [type.kind, type]));
    const first = (kinds: string[], group: string): Choice[] => kinds.flatMap((kind) => (known.has(kind) ? choice(known.get(kind) as NodeType, group, `${group}:${kind}`) : []));
    return [...first(favourites, "Favourites"), ...first(recentKinds(), "Recent"), ...types.map((type) => choice(type, capital(type.group)))];
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `version` says that favourites or recent ones changed
  }, [types, query, drag, stars, version]);
}

/** The kind of a choice, which may stand among favourites as well. */
export const kindOf = (id: string): string => id.replace(/^(Favourites|Recent):/, "");

function Row({ type, stars, isFavourite }: { type: NodeType; stars?: boolean | undefined; isFavourite: boolean }) {
  return (
    <span className="cw-type" data-group={type.group} title={type.summary}>
      <span className="cw-type-icon">
        <Icon name={type.group} size={14} />
      </span>
      <span className="cw-type-text">
        <span className="cw-type-title">{type.title}</span>
        <span className="cw-type-summary">{type.summary}</span>
      </span>
      {stars && (
        <span
          className={isFavourite ? "cw-star is-on" : "cw-star"}
          aria-hidden="true"
          title={isFavourite ? "No favourite any more" : "Make it a favourite"}
          onClick={(event) => {
            event.stopPropagation();
            toggleFavourite(type.kind);
          }}
        >
          <Icon name="star" size={13} />
        </span>
      )}
    </span>
  );
}
