import { expect, test } from "vitest";
import { ballLabels, caseNames, labelFile } from "../testing/challenge-fixture.ts";
import { threadPool } from "./thread-pool.ts";

const inspect = () =>
  ({
    kind: "inspect",
    name: `${caseNames[0]}.nii.gz`,
    bytes: Uint8Array.from(labelFile(ballLabels(0, 0))),
    as: "image",
  }) as const;

test("a task beyond its time is given up, its thread replaced, and the next task is done", async () => {
  const pool = threadPool(1);
  await expect(pool.run(inspect(), { seconds: 0.001 })).rejects.toMatchObject({
    code: "SEG414",
    message: expect.stringContaining("longer than"),
  });
  const { geometry, thumbnail } = await pool.run(inspect(), { seconds: 60 });
  expect(geometry?.shape).toEqual([16, 16, 16]);
  expect(thumbnail?.gray.length).toBe((thumbnail?.width ?? 0) * (thumbnail?.height ?? 0));
  await pool.close();
  await expect(pool.run(inspect())).rejects.toMatchObject({ code: "SEG414" });
});

test("files that cannot be read are data, not faults", async () => {
  const pool = threadPool(1);
  const { geometry, problem } = await pool.run({
    kind: "inspect",
    name: "x.nii",
    bytes: new Uint8Array(100),
    as: "image",
  });
  expect([geometry, problem?.code]).toEqual([null, expect.stringMatching(/^SEG/)]);
  await pool.close();
});
