import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const fromRoot = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Vite sets BASE_URL to "/" for the code it runs; ours is another setting, unset here. */
const env = { BASE_URL: "" };

const shared = {
  resolve: {
    alias: [
      { find: /^@drizzle\//, replacement: `${fromRoot("./drizzle")}/` },
      { find: /^@\//, replacement: `${fromRoot("./src")}/` },
    ],
  },
};

export default defineConfig({
  ...shared,
  test: {
    projects: [
      {
        ...shared,
        test: { name: "unit", env, testTimeout: 30_000, include: ["tests/unit/**/*.test.ts"] },
      },
      {
        ...shared,
        test: {
          name: "structure",
          env,
          testTimeout: 120_000,
          include: ["tests/structure/**/*.test.ts"],
        },
      },
      {
        ...shared,
        test: {
          name: "integration",
          env,
          include: ["tests/{integration,contract,regression,faults}/**/*.test.ts"],
          globalSetup: ["tests/support/global-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        ...shared,
        test: {
          name: "e2e",
          env,
          include: ["tests/e2e/**/*.test.ts"],
          globalSetup: ["tests/support/global-setup.ts"],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          maxWorkers: 1,
          fileParallelism: false,
        },
      },
    ],
  },
});
