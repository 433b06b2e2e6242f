/** A map of services as its host gives it: what stands on it, in words that are ready to be read. */

/** `workbench.report.content.NodeState`. */
export type ServiceState = "cause" | "affected" | "healthy" | "unknown";

export interface Service {
  id: string;
  state: ServiceState;
  /** On the frame, such as `#1 cause`. */
  tag?: string;
  /** Below the name, such as `204 req · 8 % failed`. */
  caption?: string;
  /** Where a click leads; none where there is nowhere to go. */
  href?: string;
  /** All of it as one sentence, for those who hear it. */
  said: string;
}

export interface Call {
  source: string;
  target: string;
  /** On the way from the cause to where users notice it. */
  failing?: boolean;
  /** On the line: how many there were, such as `2,204`. */
  label?: string;
  /** Below that, such as `8 % failed`. */
  failed?: string;
  /** Whether so many failing is bad. */
  bad?: boolean;
  said: string;
}

/** `workbench.report.service_map.service_map`. */
export interface ServiceMap {
  name: string;
  services: Service[];
  calls: Call[];
  /** What the states, and calls that fail, are called; as on an incident when left out. */
  words?: Partial<Record<ServiceState | "failing", string>>;
}

export const STATE_WORDS: Record<ServiceState, string> = { cause: "Cause", affected: "Affected", healthy: "Healthy", unknown: "Not known" };
