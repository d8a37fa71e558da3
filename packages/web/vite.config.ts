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

/**
 * Plot can draw maps and knows every colour scheme of d3; the figures here are no maps, bring their own colours and show no
 * dates. The names of these libraries stay (Plot calls some while it is loaded) and do nothing: 20 kB less on every page with a figure.
 */
function withoutUnusedPlotParts(): Plugin {
  const parts: Readonly<Record<string, () => Promise<object>>> = {
    "d3-geo": () => import("d3-geo"),
    "d3-scale-chromatic": () => import("d3-scale-chromatic"),
    "d3-time-format": () => import("d3-time-format"),
  };
  return {
    name: "without-unused-plot-parts",
    enforce: "pre",
    resolveId: (source) => (source in parts ? `\0${source}` : null),
    async load(resolved) {
      const part = resolved.startsWith("\0") ? parts[resolved.slice(1)] : undefined;
      if (part === undefined) return null;
      return Object.keys(await part())
        .map((name) => `export const ${name} = () => undefined;`)
        .join("\n");
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [sharedStyle(), withoutUnusedPlotParts(), react()],
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
