import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { atPlace, errorTable, SegathlonError } from "./index.ts";

test("codes and names are used once", () => {
  const names = Object.values(errorTable).map((definition) => definition.name);
  expect(new Set(names).size).toBe(names.length);
  // Two room files that define one code would overwrite each other silently when the table is merged.
  const folder = new URL("./codes/", import.meta.url);
  const codes = readdirSync(folder).flatMap(
    (file) => readFileSync(new URL(file, folder), "utf8").match(/^ {2}SEG\d{3}/gm) ?? [],
  );
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.length).toBe(Object.keys(errorTable).length);
});

test("an error carries code, hint and place, and becomes plain data without a stack", () => {
  const error = new SegathlonError("SEG014", "shapes differ", { where: { file: "a.nii.gz" } });
  const placed = atPlace(error, { case: "a", file: "other.nii.gz" });
  expect(placed).toBeInstanceOf(SegathlonError);
  expect((placed as SegathlonError).toProblem()).toEqual({
    code: "SEG014",
    name: "geometry-mismatch",
    message: "shapes differ",
    hint: errorTable.SEG014.hint,
    where: { case: "a", file: "a.nii.gz" },
  });
});
