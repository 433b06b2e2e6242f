import { defineConfig } from "vitest/config";

// In tests a worker is an empty text: jsdom has none.
const workers = { name: "workers", resolveId: (id: string) => (id.startsWith("worker:") ? `\0${id}` : null), load: (id: string) => (id.startsWith("\0worker:") ? 'export default "";' : null) };

export default defineConfig({
  plugins: [workers],
  // One worker: each begins with a jsdom of its own, and a machine with others at work has no time for several.
  test: { environment: "jsdom", pool: "threads", maxWorkers: 1, include: ["tests/**/*.test.{ts,tsx}"], setupFiles: ["tests/setup.ts"], globalSetup: ["tests/catalog.mjs"], testTimeout: 180_000 },
});
