import { expect, test } from "vitest";
import { unchangedReads } from "./unchanged-reads.ts";

test("a row is read once until something is written, and a failed read is not kept", async () => {
  let changes = 0;
  let reads = 0;
  const rows = unchangedReads(() => changes, 3);
  const load = async (): Promise<number> => {
    reads += 1;
    return reads;
  };
  expect(await Promise.all([rows.read("a", load), rows.read("a", load)])).toEqual([1, 1]);
  changes += 1;
  expect(await rows.read("a", load)).toBe(2);
  await expect(rows.read("b", () => Promise.reject(new Error("gone")))).rejects.toThrow("gone");
  expect(await rows.read("b", load)).toBe(3);
  for (const name of ["c", "d", "e"]) await rows.read(name, load);
  expect(await rows.read("a", load)).toBe(7);
});

test("where others write too nothing is kept", async () => {
  let reads = 0;
  const rows = unchangedReads(null);
  for (let round = 0; round < 2; round += 1)
    await rows.read("a", async () => {
      reads += 1;
    });
  expect(reads).toBe(2);
});
