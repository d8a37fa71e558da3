/** One test run for all packages. Sources are resolved through the `@segathlon/source` condition, as in the checkout's CLI. */
import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["@segathlon/source", ...defaultServerConditions] },
  ssr: { resolve: { conditions: ["@segathlon/source", ...defaultServerConditions] } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "scripts/**/*.test.ts", "bench/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 2,
    execArgv: ["--conditions=@segathlon/source"],
    reporters: process.env.CI
      ? ["default", ["json", { outputFile: process.env.VITEST_JSON ?? "test-artifacts/vitest.json" }]]
      : ["default"],
  },
});
