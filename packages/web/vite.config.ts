/** Builds the pages into `dist`. Tokens and the rules of tables and figures come from `@segathlon/plots`, once for pages and reports. */
import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";
import { contentCss } from "../plots/src/report-style.ts";
import { tokensCss } from "../plots/src/tokens.ts";

function sharedStyle(): Plugin {
  const id = "virtual:shared-style.css";
  return {
    name: "shared-style",
    resolveId: (source) => (source === id ? `\0${id}` : null),
    load: (resolved) => (resolved === `\0${id}` ? `${tokensCss}\n${contentCss}` : null),
  };
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [sharedStyle(), react()],
  resolve: { conditions: ["@segathlon/source", ...defaultClientConditions] },
  worker: { format: "es" },
  build: {
    target: "es2023",
    manifest: true,
    sourcemap: false,
    // Everything is a file: the content security policy of the pages allows no inline script and no data: font.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4000,
  },
});
