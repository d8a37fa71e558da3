/** A change of tolerance is re-scored from stored histograms: no prediction is read, and the scores are those of the voxels. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadKernel } from "@segathlon/metrics";
import { expect, test } from "vitest";
import { documentOf, findBenchmark, putBenchmark, scoringProtocol } from "./domain/benchmark-store.ts";
import type { StoredCase } from "./queue/score-chunk.ts";
import { scoreCase } from "./scoring/score-case.ts";
import {
  ballLabels,
  becomeAdministrator,
  caseNames,
  ended,
  labelFile,
  predictions,
  registerTeam,
  signUp,
  startTestServer,
  submit,
} from "./testing/challenge-fixture.ts";

test("another tolerance, without reading a prediction, equals scoring from voxels bit for bit", async () => {
  await using fixture = await startTestServer();
  const { database, store } = fixture.server.context;
  const admin = await becomeAdministrator(fixture.server);
  const person = await signUp(fixture.server.url, "Tess");
  await registerTeam(person, "balls", "Tess");
  const place = { benchmark: "balls", phase: "live" };
  const { id } = await submit(person, place, predictions(2));
  expect((await ended(person, id)).state).toBe("scored");

  const text = readFileSync(join(fixture.challenge, "benchmark.yaml"), "utf8").replace(
    "tolerance_mm: 1",
    "tolerance_mm: 2",
  );
  await putBenchmark(database, { text, settings: {}, actor: "test" });
  // Whoever asks for a prediction now gets an error.
  for (const { blob } of await database.selectFrom("prediction").select("blob").execute()) await store.remove(blob);

  let rescore = await admin.client.call("startRescore", { params: place, body: { reason: "tolerance of 2 mm" } });
  await expect
    .poll(
      async () => {
        rescore = await admin.client.call("getRescore", { params: { rescore: rescore.id } });
        return rescore.state;
      },
      { timeout: 30_000 },
    )
    .toBe("ready");
  const changed = rescore.difference?.flatMap((entry) => entry.changes.map((change) => change.column)) ?? [];
  expect(changed).toContain("Balls/whole/nsd@2");

  const rows = await database
    .selectFrom("evaluation_case")
    .innerJoin("evaluation", "evaluation.id", "evaluation_case.evaluation")
    .select(["evaluation_case.case_id", "evaluation_case.result", "evaluation_case.artefact"])
    .where("evaluation.rescore", "=", rescore.id)
    .execute();
  expect(rows.map((row) => row.case_id).sort()).toEqual([...caseNames]);
  const protocol = scoringProtocol(documentOf(await findBenchmark(database, "balls")), "Balls");
  const kernel = await loadKernel();
  for (const row of rows) {
    const index = caseNames.indexOf(row.case_id as (typeof caseNames)[number]);
    const { draft, artefact } = row.result as StoredCase & { artefact?: string };
    expect(artefact).toBeUndefined();
    const file = (shift: number, sha256: string | null) => ({
      name: `${row.case_id}.nii.gz`,
      bytes: labelFile(ballLabels(index, shift)),
      sha256: sha256 ?? "",
    });
    const fresh = scoreCase(
      {
        kind: "score",
        case: row.case_id,
        protocol,
        attributes: draft.attributes,
        reference: file(0, draft.hashes.reference),
        prediction: file(2, draft.hashes.prediction),
      },
      kernel,
    );
    expect(draft).toEqual(fresh.draft);
    expect(row.artefact).toBe(fresh.artefact);
    expect(draft.regions.whole?.metrics["nsd@2"]).not.toBeNull();
  }
});
