/**
 * Writes `openapi.json` from the route table, and refuses a change that would break clients unless `--breaking` is given:
 * a route or a response field that is gone, a request field that has become required.
 *
 *   node --conditions=@segathlon/source packages/server/scripts/write-openapi.ts [--breaking]
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { openApiDocument } from "../src/api/index.ts";
import { breakingChanges } from "../src/api/openapi-compatibility.ts";

const file = new URL("../openapi.json", import.meta.url);
const next = openApiDocument("0.1.0");
const before: unknown = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
const broken = before === null ? [] : breakingChanges(before, next);
for (const line of broken) process.stderr.write(`breaking: ${line}\n`);
if (broken.length > 0 && !process.argv.includes("--breaking")) process.exit(1);
writeFileSync(file, `${JSON.stringify(next, null, 1)}\n`);
