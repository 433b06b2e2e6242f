/** The map of services: read only, moved and zoomed at will, each service a link or one that can be picked. */

import { Background, BackgroundVariant, ReactFlow, useReactFlow, type NodeTypes } from "@xyflow/react";
import { useMemo, type FocusEvent } from "react";

import type { Theme } from "../types";
import { Icon } from "../view/icons";
import { Calls } from "./calls";
import { STATE_WORDS, type ServiceMap, type ServiceState } from "./graph";
import { HEIGHT, placed, READABLE, WIDTH } from "./layout";
import { ServiceBox, type ServiceNode } from "./service";

const NODE_TYPES: NodeTypes = { service: ServiceBox };
const FIT = { maxZoom: 1, padding: "18px" } as const;
const SMALLEST = 0.2;

interface Props {
  map: ServiceMap;
  theme: Theme;
  /** Whether all of it is in sight at first; else what is not well. */
  whole: boolean;
  selected: string;
  onPick?(id: string): void;
}

export function MapView({ map, theme, whole, selected, onPick }: Props) {
  const { services, calls } = useMemo(() => placed(map), [map]);
  const nodes = useMemo(
    () => services.map(({ service, x, y }): ServiceNode => ({ id: service.id, type: "service", position: { x, y }, width: WIDTH, height: HEIGHT, data: { service, picking: onPick && { picked: service.id === selected, onPick } } })),
    [services, selected, onPick],
  );
  const opening = useMemo(() => {
    const unwell = map.services.filter((one) => one.state === "cause" || one.state === "affected").map(({ id }) => ({ id }));
    return whole || unwell.length === 0 ? FIT : { ...FIT, minZoom: READABLE, nodes: unwell };
  }, [map, whole]);
  const flow = useReactFlow();
  // Who comes to a service with Tab sees it, also where one has zoomed to another place.
  const follow = ({ target, currentTarget }: FocusEvent<HTMLElement>): void => {
    const [one, all] = [target.getBoundingClientRect(), currentTarget.getBoundingClientRect()];
    if (!target.matches(".cw-service") || (one.left >= all.left && one.right <= all.right && one.top >= all.top && one.bottom <= all.bottom)) return;
    const node = flow.getNode(target.closest<HTMLElement>(".react-flow__node")?.dataset.id ?? "");
    if (node) void flow.setCenter(node.position.x + WIDTH / 2, node.position.y + HEIGHT / 2, { zoom: flow.getZoom() });
  };
  return (
    <div className={`cw-root cw-map ${theme === "dark" ? "is-dark" : "is-light"}`}>
      <section className="cw-stage" aria-label={map.name} onFocus={follow}>
        <ReactFlow<ServiceNode>
          nodes={nodes}
          nodeTypes={NODE_TYPES}
          colorMode={theme}
          fitView
          fitViewOptions={opening}
          minZoom={SMALLEST}
          maxZoom={2}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          deleteKeyCode={null}
          selectionKeyCode={null}
          zoomOnDoubleClick={false}
          // The wheel scrolls the page that the map is a part of; with Ctrl it zooms, as on any map of the kind.
          zoomOnScroll={false}
          preventScrolling={false}
          zoomActivationKeyCode={["Control", "Meta"]}
        >
          <Calls calls={calls} />
          <Background variant={BackgroundVariant.Dots} gap={20} size={1.5} />
        </ReactFlow>
      </section>
      <div className="cw-map-foot">
        <Legend map={map} />
        <div className="cw-tools" role="toolbar" aria-label="View">
          <Tool icon="minus" label="Smaller" act={() => flow.zoomTo(flow.getZoom() * 0.8, { duration: 120 })} />
          <Tool icon="plus" label="Larger" act={() => flow.zoomTo(flow.getZoom() * 1.25, { duration: 120 })} />
          <Tool icon="fit" label="Show all" act={() => flow.fitView({ ...FIT, duration: 200 })} />
        </div>
      </div>
    </div>
  );
}

function Tool({ icon, label, act }: { icon: string; label: string; act: () => Promise<boolean> }) {
  return (
    <button type="button" className="cw-button" aria-label={label} title={label} onClick={() => void act()}>
      <Icon name={icon} />
    </button>
  );
}

/** What the colours mean, of those that are there. */
function Legend({ map }: { map: ServiceMap }) {
  const there = (Object.keys(STATE_WORDS) as ServiceState[]).filter((state) => map.services.some((one) => one.state === state));
  return (
    <ul className="cw-legend" aria-label="Colours">
      {there.map((state) => (
        <li key={state} data-state={state}>
          <span className="cw-dot" aria-hidden="true" /> {map.words?.[state] ?? STATE_WORDS[state]}
        </li>
      ))}
      {map.calls.some((call) => call.failing) && (
        <li className="is-failing">
          <span className="cw-legend-line" aria-hidden="true" /> {map.words?.failing ?? "Failing path"}
        </li>
      )}
    </ul>
  );
}
