/** Tries the connection of a node and shows what came of it. */

import { useEffect, useRef, useState } from "react";

import type { Flow, Host } from "../../types";

interface Connections {
  connections: { node: string; ok: boolean; message: string }[];
}

type Answer = { is: "none" } | { is: "asking" } | { is: "said"; ok: boolean; text: string };

interface Props {
  flow: Flow;
  node: string;
  host: Host;
}

export function Connection({ flow, node, host }: Props) {
  const [answer, setAnswer] = useState<Answer>({ is: "none" });
  const asked = useRef(0);
  // What was found out about other settings says nothing about these.
  const about = JSON.stringify(flow.nodes?.find((one) => one.id === node)?.settings ?? {});
  useEffect(() => {
    asked.current += 1;
    setAnswer({ is: "none" });
  }, [about, node]);
  const ask = async (): Promise<void> => {
    const number = ++asked.current;
    setAnswer({ is: "asking" });
    const said = await tried(host, flow, node);
    if (number === asked.current) setAnswer(said);
  };
  return (
    <div className="cw-connection">
      <button type="button" className="cw-push" disabled={answer.is === "asking"} onClick={() => void ask()}>
        {answer.is === "asking" ? "Connecting …" : "Test connection"}
      </button>
      <span role="status">
        {answer.is === "said" && (
          <span className={answer.ok ? "is-good" : "is-bad"}>
            {answer.ok ? "Connected: " : "Failed: "}
            {answer.text}
          </span>
        )}
      </span>
    </div>
  );
}

async function tried(host: Host, flow: Flow, node: string): Promise<Answer> {
  try {
    const found = await host.call<Connections>("flow_test_connection", { flow: flow.name, document: JSON.stringify(flow), node });
    const one = found.connections.find((each) => each.node === node);
    return { is: "said", ok: one?.ok ?? false, text: one?.message ?? "no answer" };
  } catch (error) {
    return { is: "said", ok: false, text: error instanceof Error ? error.message : String(error) };
  }
}
