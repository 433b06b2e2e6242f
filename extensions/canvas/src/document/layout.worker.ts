/** The layout, outside of the page: takes a task, gives places. */

import { layered, type LayoutTask } from "./layout";

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = (event: MessageEvent<LayoutTask>) => self.postMessage(layered(event.data));
