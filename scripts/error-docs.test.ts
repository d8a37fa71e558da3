import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorDocs } from "./error-docs.ts";

test("docs/errors.md lists every code as the table has it", () => {
  expect(
    readFileSync(new URL("../docs/errors.md", import.meta.url), "utf8"),
    "run: node --conditions=@segathlon/source scripts/error-docs.ts",
  ).toBe(errorDocs());
});
