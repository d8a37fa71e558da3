/**
 * Makes `src/catalogue-data.ts` from `catalogue/*.yaml`, and the published JSON Schemas, so that browsers need neither files nor
 * a YAML parser. Run after a change of either: `node --conditions=@segathlon/source packages/benchmark/src/node/embed-catalogue.ts`.
 * A test fails while they are not current.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseBenchmark } from "../benchmark-reader.ts";
import { documentSchemas } from "../document-schemas.ts";

const root = new URL("../../", import.meta.url);

/** The text of `src/catalogue-data.ts` that the YAML files call for (before formatting). */
export function catalogueModule(): string {
  const folder = new URL("catalogue/", root);
  const documents = readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => parseBenchmark(readFileSync(new URL(name, folder), "utf8"), `catalogue/${name}`));
  return `/** Made from catalogue/*.yaml by src/node/embed-catalogue.ts; change those files, not this one. */
import type { BenchmarkDocument } from "./benchmark-document.ts";

export const catalogueData: readonly BenchmarkDocument[] = ${JSON.stringify(documents, null, 2)};
`;
}

if (import.meta.main) {
  writeFileSync(new URL("src/catalogue-data.ts", root), catalogueModule());
  for (const [name, schema] of Object.entries(documentSchemas())) {
    writeFileSync(new URL(`schemas/${name}.schema.json`, root), `${JSON.stringify(schema, null, 2)}\n`);
  }
}
