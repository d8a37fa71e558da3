/** The dataset verbs as people call them: what they print, write and exit with. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { main } from "../main.ts";

const scratch = mkdtempSync(join(tmpdir(), "segathlon-verbs-"));
const data = join(scratch, "data");

async function run(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      out += String(text);
      return true;
    }),
    vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      err += String(text);
      return true;
    }),
  ];
  process.exitCode = 0;
  await main(["node", "segathlon", ...words]);
  const code = Number(process.exitCode ?? 0);
  process.exitCode = 0;
  for (const spy of spies) spy.mockRestore();
  return { code, out, err };
}

beforeAll(async () => {
  const made = await run("phantom", "hippocampus", "--out", data, "--cases", "6", "--size", "16");
  expect(made.code).toBe(0);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("phantom: JSON summary, an unknown name, bad numbers, a full folder", async () => {
  const made = await run(
    "phantom",
    "spleen",
    "--out",
    join(scratch, "spleen"),
    "--cases",
    "2",
    "--size",
    "12",
    "--json",
  );
  expect(JSON.parse(made.out)).toMatchObject({ phantom: "spleen", cases: 2, format: "msd", seed: 1, size: 12 });
  expect(await run("phantom", "knee", "--out", join(scratch, "knee"))).toMatchObject({
    code: 2,
    err: expect.stringContaining("SEG600"),
  });
  expect(await run("phantom", "spleen", "--out", join(scratch, "x"), "--size", "3")).toMatchObject({
    code: 2,
    err: expect.stringContaining("SEG602"),
  });
  expect(await run("phantom", "spleen", "--out", join(scratch, "x"), "--size", "many")).toMatchObject({ code: 2 });
  expect(await run("phantom", "spleen", "--out", data)).toMatchObject({
    code: 2,
    err: expect.stringContaining("SEG205"),
  });
  expect(existsSync(join(scratch, "x"))).toBe(false);
});

test("check: clean is 0, errors are 1, no dataset is 2; both files are written", async () => {
  const clean = await run("check", data, "--out", join(scratch, "report"));
  expect(clean).toMatchObject({ code: 0, out: expect.stringContaining("0 errors") });
  const report = JSON.parse(readFileSync(join(scratch, "report", "check.json"), "utf8"));
  expect(report).toMatchObject({ schema: "segathlon/check@1", dataset: { cases: 6 }, summary: { errors: 0 } });
  const page = readFileSync(join(scratch, "report", "check.html"), "utf8");
  expect(page.match(/data:image\/png;base64/g)).toHaveLength(6);
  expect(page).not.toMatch(/src="http/);
  const broken = join(scratch, "broken");
  await run("convert", data, broken, "--format", "msd", "--quiet");
  const image = join(broken, "imagesTr", "hippocampus_002.nii.gz");
  writeFileSync(image, readFileSync(image).subarray(0, 700));
  expect(await run("check", broken, "--out", join(scratch, "report2"))).toMatchObject({
    code: 1,
    out: expect.stringContaining("unreadable-file"),
  });
  expect(JSON.parse((await run("check", broken, "--json")).out).summary.errors).toBe(1);
  expect(await run("check", join(scratch, "nowhere"))).toMatchObject({
    code: 2,
    err: expect.stringContaining("SEG001"),
  });
  expect(await run("check", join(scratch, "report"))).toMatchObject({
    code: 2,
    err: expect.stringContaining("SEG202"),
  });
});

test("check --fix: needs a place, says what it would do, does it in a copy", async () => {
  const dirty = join(scratch, "dirty");
  await run("convert", data, dirty, "--format", "msd", "--quiet");
  writeFileSync(join(dirty, "imagesTr", "._x.nii.gz"), "x");
  const out = ["--out", join(scratch, "report3")];
  expect(await run("check", dirty, ...out, "--fix", "junk-file")).toMatchObject({
    code: 2,
    err: expect.stringContaining("SEG700"),
  });
  expect(await run("check", dirty, ...out, "--fix", "nothing", "--dry-run")).toMatchObject({
    code: 2,
    err: expect.stringContaining("SEG207"),
  });
  const dry = await run("check", dirty, ...out, "--fix", "junk-file", "--dry-run");
  expect(dry).toMatchObject({ code: 0, err: expect.stringContaining("would fix: remove imagesTr/._x.nii.gz") });
  expect(existsSync(join(dirty, "imagesTr", "._x.nii.gz"))).toBe(true);
  await run("check", dirty, ...out, "--fix", "junk-file", "--to", join(scratch, "mended"));
  expect(existsSync(join(scratch, "mended", "imagesTr", "._x.nii.gz"))).toBe(false);
  expect(existsSync(join(dirty, "imagesTr", "._x.nii.gz"))).toBe(true);
});

test("stats: table, page, fingerprint", async () => {
  const out = join(scratch, "stats");
  expect(await run("stats", data, "--out", out)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/Anterior\s+6\/6/),
  });
  expect(readdirSync(out).sort()).toEqual(["dataset_fingerprint.json", "stats.html", "stats.json"]);
  const page = readFileSync(join(out, "stats.html"), "utf8");
  for (const title of ["Labels", "Size and spacing", "Intensities", "Are the splits alike?"])
    expect(page).toContain(title);
  expect(page.match(/<figure/g)?.length).toBeGreaterThan(4);
  expect(JSON.parse((await run("stats", data, "--json")).out).labels).toHaveLength(2);
});

test("convert: losses are refused, then accepted", async () => {
  const plain = join(scratch, "plain");
  expect(await run("convert", data, plain, "--format", "plain")).toMatchObject({
    code: 2,
    err: expect.stringContaining("SEG206"),
  });
  expect(existsSync(plain)).toBe(false);
  expect(await run("convert", data, plain, "--format", "plain", "--lossy")).toMatchObject({
    code: 0,
    out: expect.stringContaining("lost: the licence"),
  });
  expect(await run("convert", data, join(scratch, "y"), "--format", "zip")).toMatchObject({ code: 2 });
});

test("package and unseal", async () => {
  const release = join(scratch, "release");
  const key = join(scratch, "secret.key");
  const made = await run("package", data, "--out", release, "--date", "2026-01-02", "--key", key);
  expect(made).toMatchObject({ code: 0, out: expect.stringContaining("sealed") });
  expect(await run("package", release, "--unseal", "--key", key, "--out", join(scratch, "labels"))).toMatchObject({
    code: 0,
  });
  expect(readdirSync(join(scratch, "labels", "labelsTs"))).toEqual(readdirSync(join(data, "labelsTs")));
  writeFileSync(join(scratch, "wrong.key"), "0".repeat(64));
  expect(
    await run("package", release, "--unseal", "--key", join(scratch, "wrong.key"), "--out", join(scratch, "labels2")),
  ).toMatchObject({ code: 2, err: expect.stringContaining("SEG208") });
  expect(existsSync(join(scratch, "labels2"))).toBe(false);
});

test("deidentify says what it did and did not", async () => {
  const result = await run("deidentify", data, join(scratch, "clean"));
  expect(result).toMatchObject({ code: 0, out: expect.stringContaining("Faces") });
  expect(JSON.parse(readFileSync(join(scratch, "clean", "deidentify.json"), "utf8")).schema).toBe(
    "segathlon/deidentify@1",
  );
});

test.each(["check", "stats", "convert", "package", "deidentify", "phantom"])(
  "%s --help shows an example",
  async (verb) => {
    const { out, err } = await run(verb, "--help");
    expect(out + err).toMatch(/Examples?:\n\s+segathlon/);
  },
);
