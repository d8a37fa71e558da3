import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { findSealingKey, type SealingKey, seal, unseal } from "./sealing.ts";

const folder = mkdtempSync(join(tmpdir(), "segathlon-key-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const find = (place: Partial<Parameters<typeof findSealingKey>[0]>): SealingKey | null =>
  findSealingKey({ dataFolder: null, absent: "none", ...place });
const key = find({ key: randomBytes(32).toString("hex") }) as SealingKey;

test("what was sealed opens again, and only at its own place, with its own key, unchanged", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), fc.nat(), (plain, place, at) => {
      const sealed = seal(key, place, plain);
      expect(new Uint8Array(unseal(key, place, sealed))).toEqual(plain);
      expect(() => unseal(key, `${place}x`, sealed)).toThrow(/tag/);
      const broken = Buffer.from(sealed);
      broken[at % broken.length] = (broken[at % broken.length] ?? 0) ^ 1;
      expect(() => unseal(key, place, broken)).toThrow();
    }),
  );
  const other = find({ key: randomBytes(32).toString("base64") }) as SealingKey;
  expect(() => unseal(other, "p", seal(key, "p", Buffer.from("x")))).toThrow(
    expect.objectContaining({ code: "SEG417" }),
  );
});

test("the key file is made beside the data directory, is for its owner only, and must not lie inside", () => {
  const dataFolder = join(folder, "data");
  expect(find({ dataFolder })).toBeNull();
  const made = find({ dataFolder, absent: "make" });
  expect(made?.source).toBe(`${dataFolder}.sealing-key`);
  expect(statSync(`${dataFolder}.sealing-key`).mode & 0o777).toBe(0o600);
  expect(find({ dataFolder })?.fingerprint).toBe(made?.fingerprint);
  chmodSync(`${dataFolder}.sealing-key`, 0o644);
  expect(() => find({ dataFolder })).toThrow(/other users/);
  expect(() => find({ dataFolder, file: join(dataFolder, "key") })).toThrow(/inside/);
  const short = join(folder, "short");
  writeFileSync(short, "abcd", { mode: 0o600 });
  expect(() => find({ file: short })).toThrow(/expected 32/);
});
