/** What happens to dropped files before a byte is sent: matching, checking, packing. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fakeGeometry, fakeImageFile, fakeLabelFile } from "../../../../test-support/fake-volumes.ts";
import type { DroppedFile } from "../frame/dropped-file.ts";
import { checkPrediction } from "./check-prediction.ts";
import { matchFiles } from "./match-files.ts";
import { tarBlob } from "./tar.ts";

const dropped = (...paths: readonly string[]): DroppedFile[] =>
  paths.map((item) => ({ path: item, file: new File(["x"], item) }));
const phase = {
  id: "live",
  expectedFiles: { task1: ["amos_0001.nii.gz", "amos_0002.nii.gz"], task2: ["amos_0002.nii.gz", "mr-7.nii.gz"] },
};

test("files go to the case of their name, through the task's folder where two tasks share it", () => {
  const result = matchFiles(
    phase,
    dropped("p/amos_0001.nii.gz", "p/task2/amos_0002.nii.gz", "p/mr_7.nii", "p/notes.txt", "p/.DS_Store"),
  );
  expect(result.matched.map(({ task, case: name }) => `${task}/${name}`)).toEqual([
    "task1/amos_0001",
    "task2/amos_0002",
    "task2/mr-7",
  ]);
  expect(result.missing).toEqual([{ task: "task1", case: "amos_0002" }]);
  expect(result.faults).toEqual([]);
  expect(result.ignored).toBe(2);
});

test("a name of two tasks, an unknown name and two files for one case are faults, not guesses", () => {
  const result = matchFiles(
    phase,
    dropped("amos_0002.nii.gz", "amos_0003.nii.gz", "a/amos_0001.nii.gz", "b/amos_0001.nii"),
  );
  expect(result.faults).toHaveLength(3);
  expect(result.faults[0]).toContain("task1 or task2");
  expect(result.faults[1]).toContain("belongs to no case");
  expect(result.faults[2]).toContain("keep one of them");
});

const expected = {
  case: "amos_0001",
  file: "amos_0001.nii.gz",
  knownLabels: [0, 1, 2, 3],
  geometry: fakeGeometry,
  maxVoxelBytes: 1e8,
};

test("a prediction is checked by its labels, its grid, and whether it can be read at all", async () => {
  expect(await checkPrediction(fakeLabelFile(3, 1), expected)).toBeNull();
  expect((await checkPrediction(fakeLabelFile(5, 0), expected))?.message).toContain("expected 0, 1, 2, 3, found 4, 5");
  const grid = await checkPrediction(fakeLabelFile(3, 0), {
    ...expected,
    geometry: { ...fakeGeometry, shape: [64, 64, 39] },
  });
  expect(grid?.code).toBe("SEG014");
  expect(await checkPrediction(fakeLabelFile(3, 0).subarray(0, 60), expected)).not.toBeNull();
  expect(await checkPrediction(new Uint8Array(0), expected)).not.toBeNull();
  expect(await checkPrediction(fakeImageFile(3), { ...expected, geometry: null })).not.toBeNull();
});

test("bytes from anywhere give a finding, never an exception", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (bytes) => {
      expect(await checkPrediction(bytes, expected)).not.toBeNull();
    }),
    { numRuns: 60 },
  );
});

test("tar reads the archive as it was packed", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "segathlon-tar-"));
  try {
    const contents = new Map([
      ["task1/amos_0001.nii.gz", "a".repeat(511)],
      ["task1/amos_0002.nii.gz", "b".repeat(512)],
      ["task2/mr-7.nii.gz", ""],
      ["name-in-utf8-肝.nii.gz", "c"],
    ]);
    const blob = tarBlob([...contents].map(([name, text]) => ({ path: name, file: new Blob([text]) })));
    writeFileSync(path.join(folder, "a.tar"), new Uint8Array(await blob.arrayBuffer()));
    const { status, stderr } = spawnSync("tar", ["-xf", "a.tar"], { cwd: folder, encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    for (const [name, text] of contents) expect(readFileSync(path.join(folder, name), "utf8")).toBe(text);
    expect(readdirSync(folder)).toHaveLength(4);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  expect(() => tarBlob([{ path: `${"x".repeat(101)}`, file: new Blob() }])).toThrow(/too long/);
});
