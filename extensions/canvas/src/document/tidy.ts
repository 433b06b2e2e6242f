/** Runs the layout: here when the flow is small, in a worker when it is large, so that the page goes on. */

import workerText from "worker:./layout.worker.ts";

import { layered, type LayoutTask } from "./layout";
import type { Place } from "./nodes";
import { MANY } from "./places";

export async function arrange(task: LayoutTask): Promise<[string, Place][]> {
  if (task.nodes.length <= MANY || typeof Worker === "undefined") return layered(task);
  const url = URL.createObjectURL(new Blob([workerText], { type: "text/javascript" }));
  try {
    return await inWorker(url, task);
  } catch {
    // A page may forbid workers of its own making.
    return layered(task);
  } finally {
    URL.revokeObjectURL(url);
  }
}

function inWorker(url: string, task: LayoutTask): Promise<[string, Place][]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(url);
    worker.onmessage = (event: MessageEvent<[string, Place][]>) => {
      worker.terminate();
      resolve(event.data);
    };
    worker.onerror = (event) => {
      worker.terminate();
      reject(new Error(event.message));
    };
    worker.postMessage(task);
  });
}
