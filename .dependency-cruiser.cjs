/** The import table of ARCHITECTURE.md section 2, enforced. `scripts/import-table.test.ts` proves that a violation is reported. */
const ours = [
  "errors",
  "volume",
  "metrics",
  "ranking",
  "dataset",
  "benchmark",
  "phantom",
  "models",
  "plots",
  "server",
  "web",
  "cli",
];
const mayImport = {
  errors: [],
  volume: ["errors"],
  metrics: [],
  ranking: [],
  plots: [],
  dataset: ["errors", "volume"],
  benchmark: ["errors", "volume", "metrics", "ranking", "dataset"],
  phantom: ["errors", "volume", "dataset"],
  models: ["errors", "volume", "metrics", "dataset"],
  server: ["errors", "benchmark", "dataset", "volume", "metrics", "ranking", "models", "plots"],
  web: ["errors", "volume", "metrics", "ranking", "dataset", "benchmark", "models", "plots", "server/src/api"],
  cli: ours,
};
/** Rooms that run in a browser: no Node built-ins outside `src/node`. */
const browserSafe = ["errors", "volume", "metrics", "ranking", "dataset", "benchmark", "models", "plots"];

module.exports = {
  forbidden: [
    ...Object.entries(mayImport).map(([room, allowed]) => ({
      name: `import-table-${room}`,
      comment: `packages/${room} may import: ${allowed.join(", ") || "nothing of ours"}`,
      severity: "error",
      from: { path: `^packages/${room}/src`, pathNot: "\\.test\\.ts$" },
      to: { path: "^packages/", pathNot: [`^packages/${room}/`, ...allowed.map((name) => `^packages/${name}/`)] },
    })),
    {
      name: "pure-core",
      comment: "browser-safe rooms use no Node built-in outside src/node",
      severity: "error",
      from: { path: `^packages/(${browserSafe.join("|")})/src`, pathNot: "(/src/node/|\\.test\\.ts$)" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "core-does-not-import-its-node-part",
      severity: "error",
      from: { path: "^packages/([^/]+)/src/(?!node/)", pathNot: "(\\.test\\.ts$|^packages/(cli|server|phantom)/)" },
      to: { path: "^packages/$1/src/node/" },
    },
    {
      name: "metrics-and-ranking-have-no-dependencies",
      severity: "error",
      from: { path: "^packages/(errors|metrics|ranking)/src", pathNot: "\\.test\\.ts$" },
      to: { dependencyTypes: ["npm", "npm-dev", "npm-peer", "npm-optional", "npm-no-pkg", "core"] },
    },
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "not-to-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true, pathNot: "^virtual:" } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|assembly|node_modules)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@segathlon/source", "import", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".js", ".json"],
    },
  },
};
