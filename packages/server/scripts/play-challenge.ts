/**
 * Plays a whole challenge over the API on the embedded database: an organiser with tasks after the decathlon and AMOS (phantoms) and, where
 * a folder is given, cases of Task04_Hippocampus; five teams that submit well, badly, partly, broken and with hostile intent; a quota that
 * bites; an erratum that is re-scored; phases that close; the hidden board that opens; the static site. Throws where anything is not so.
 *
 *   node --conditions=@segathlon/source packages/server/scripts/play-challenge.ts [Task04_Hippocampus folder]
 */
import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encodeNifti, labelMapVolume } from "@segathlon/volume";
import { decodeLabelMap } from "@segathlon/volume/node";
import { disturbLabels, phantoms, writePhantomDataset } from "../../phantom/src/index.ts";
import type { ApiError } from "../src/api/index.ts";
import { startServer } from "../src/start-server.ts";
import {
  anonymous,
  becomeAdministrator,
  ended,
  labelFile,
  type Person,
  registerTeam,
  signUp,
  submit,
  tarOf,
} from "../src/testing/challenge-fixture.ts";

const [hippocampus] = process.argv.slice(2);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const folder = mkdtempSync(join(tmpdir(), "segathlon-play-"));
const challenge = join(folder, "games");
mkdirSync(challenge, { recursive: true });

const tasks: { id: string; channels: readonly string[]; labels: Readonly<Record<string, number>> }[] = [];
for (const [id, phantom, size] of [
  ["Hippo", phantoms.hippocampus, 24],
  ["Abdomen", phantoms.abdomen, 32],
] as const) {
  await writePhantomDataset(phantom, join(challenge, id), { cases: 8, size, seed: 1 });
  tasks.push({
    id,
    channels: phantom.channels,
    labels: Object.fromEntries(phantom.labels.map(({ name, value }) => [name, value])),
  });
}
if (hippocampus !== undefined && existsSync(hippocampus)) {
  // The decathlon's own test labels are not public: some training cases are the test cases here.
  const target = join(challenge, "Real");
  const names = readdirSync(join(hippocampus, "labelsTr"))
    .filter((name) => !name.startsWith(".") && existsSync(join(hippocampus, "imagesTr", name)))
    .sort()
    .slice(0, 4);
  for (const [index, name] of names.entries())
    for (const kind of ["images", "labels"])
      cpSync(join(hippocampus, `${kind}Tr`, name), join(target, `${kind}${index === 0 ? "Tr" : "Ts"}`, name));
  const given = JSON.parse(readFileSync(join(hippocampus, "dataset.json"), "utf8")) as object;
  const training = names.slice(0, 1).map((name) => ({ image: `./imagesTr/${name}`, label: `./labelsTr/${name}` }));
  const test = names.slice(1).map((name) => `./imagesTs/${name}`);
  writeFileSync(
    join(target, "dataset.json"),
    JSON.stringify({ ...given, numTraining: training.length, numTest: test.length, training, test }),
  );
  tasks.push({ id: "Real", channels: ["MRI"], labels: { background: 0, Anterior: 1, Posterior: 2 } });
} else say("no Task04_Hippocampus folder given: phantoms only");

const ids = tasks.map(({ id }) => id);
writeFileSync(
  join(challenge, "benchmark.yaml"),
  JSON.stringify({
    benchmark: "games",
    title: "Games",
    tasks: tasks.map(({ id, channels, labels }) => ({
      id,
      data: { format: "msd", path: `./${id}` },
      channels,
      labels,
      regions: Object.fromEntries(
        Object.entries(labels)
          .filter(([, value]) => value > 0)
          .map(([name, value]) => [name, [value]]),
      ),
    })),
    protocol: {
      profile: "deepmind",
      metrics: ["dice", { nsd: { tolerance_mm: 1 } }],
      policy: { missing_prediction: "worst" },
      ranking: { scheme: "mean-then-rank", bootstrap: 50, seed: 1 },
    },
    phases: [
      { id: "live", tasks: ids, feedback: { aggregate: true, decimals: 3 }, quota: { total: 1 } },
      { id: "final", tasks: ids, feedback: "none-until-close", quota: { total: 1 } },
    ],
  }),
);

/** An archive of every test case, drawn as well as `quality` says; `part` of the cases only. */
function entry(quality: number, part = 1): Buffer {
  const files: Record<string, Uint8Array> = {};
  for (const id of ids) {
    const names = readdirSync(join(challenge, id, "labelsTs")).filter((name) => !name.startsWith("."));
    for (const name of names.slice(0, Math.ceil(names.length * part))) {
      const { geometry, labels } = decodeLabelMap(readFileSync(join(challenge, id, "labelsTs", name)), {
        fileName: name,
      });
      const drawn = disturbLabels(Uint8Array.from(labels), geometry, { quality, seed: 7, caseId: name });
      files[`${id}/${name}`] = gzipSync(encodeNifti(labelMapVolume({ geometry, labels: drawn })));
    }
  }
  return tarOf(files);
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => assert.fail("expected a refusal"),
    (error: unknown) => (error as ApiError).problem.code,
  );
}

const server = await startServer({
  dataDir: join(folder, "data"),
  port: 0,
  rateLimits: "off",
  logLevel: "silent",
  minFreeBytes: 0,
});
try {
  await server.importFolder({ folder: challenge });
  const organiser = await becomeAdministrator(server);
  const live = { benchmark: "games", phase: "live" };
  const final = { benchmark: "games", phase: "final" };
  const teams: Record<string, Person> = {};
  for (const name of ["Good", "Bad", "Half", "Broken", "Hostile"]) {
    const person = await signUp(server.url, name);
    await registerTeam(person, "games", name);
    teams[name] = person;
  }
  const { Good, Bad, Half, Broken, Hostile } = teams as Record<"Good" | "Bad" | "Half" | "Broken" | "Hostile", Person>;
  const send = async (person: Person, place: typeof live, archive: Buffer) =>
    ended(person, (await submit(person, place, archive)).id, 300);

  for (const [person, archive] of [
    [Good, entry(0.95)],
    [Bad, entry(0.6)],
    [Half, entry(0.95, 0.5)],
  ] as const)
    assert.equal((await send(person, live, archive)).state, "scored");
  const broken = await send(
    Broken,
    live,
    tarOf({ [`${ids[0]}/x.nii.gz`]: labelFile(new Uint8Array(16 ** 3)).subarray(0, 50) }),
  );
  const hostile = await send(Hostile, live, tarOf({ "../../../etc/passwd": Buffer.from("x") }));
  for (const one of [broken, hostile]) assert.deepEqual([one.state, one.quotaUsed], ["refused", false]);
  assert.equal(await refusal(submit(Good, live, entry(1))), "SEG407");
  const board = await anonymous(server.url).client.call("getLeaderboard", { params: live });
  assert.deepEqual([board.entries.length, board.entries[0]?.team], [3, "Good"]);
  say(
    `live board: ${board.entries.map((one) => `${one.rank} ${one.team}`).join(", ")}; broken and hostile refused; quota held`,
  );

  const name = readdirSync(join(challenge, "Hippo", "labelsTs")).find((file) => !file.startsWith(".")) ?? "";
  await organiser.client.call("replaceReference", {
    params: { benchmark: "games", task: "Hippo", case: name.replace(/\.nii\.gz$/, "") },
    query: { reason: "drawn again" },
    upload: new Uint8Array(
      (() => {
        const { geometry, labels } = decodeLabelMap(readFileSync(join(challenge, "Hippo", "labelsTs", name)), {
          fileName: name,
        });
        const drawn = disturbLabels(Uint8Array.from(labels), geometry, { quality: 0.8, seed: 3 });
        return gzipSync(encodeNifti(labelMapVolume({ geometry, labels: drawn })));
      })(),
    ),
  });
  let rescore = await organiser.client.call("startRescore", { params: live, body: { reason: "corrected reference" } });
  while (rescore.state === "running") {
    await new Promise((resolve) => setTimeout(resolve, 200));
    rescore = await organiser.client.call("getRescore", { params: { rescore: rescore.id } });
  }
  assert.equal(rescore.state, "ready");
  assert.ok((rescore.difference ?? []).some((one) => one.changes.length > 0));
  await organiser.client.call("applyRescore", { params: { rescore: rescore.id } });
  assert.equal((await anonymous(server.url).client.call("getLeaderboard", { params: live })).referencesRevision, 2);
  say("erratum re-scored and applied");

  for (const person of [Good, Bad])
    assert.equal((await send(person, final, entry(person === Good ? 0.9 : 0.5))).state, "scored");
  const hidden = await Good.client.call("getLeaderboard", { params: final });
  assert.deepEqual([hidden.entries.length, hidden.hiddenBecause === null], [0, false]);
  for (const params of [live, final])
    await organiser.client.call("patchPhase", {
      params,
      body: { closes: new Date(Date.now() - 1000).toISOString(), reason: "the end" },
    });
  assert.equal(await refusal(submit(Half, final, entry(1))), "SEG406");
  const opened = await anonymous(server.url).client.call("getLeaderboard", { params: final });
  assert.deepEqual([opened.entries.length, opened.entries[0]?.team, opened.kind], [2, "Good", "frozen"]);
  say("phases closed, the hidden board is open");

  const site = join(folder, "site");
  const cli = new URL("../../cli/bin/segathlon.cjs", import.meta.url).pathname;
  const { key } = await organiser.client.call("createApiKey", { body: { name: "site", scopes: ["read"] } });
  await new Promise<void>((resolve, reject) =>
    execFile(
      process.execPath,
      [cli, "export", "games", "--as", "site", "--out", site, "--server", server.url],
      { env: { ...process.env, SEGATHLON_API_KEY: key } },
      (error, _out, problem) => (error === null ? resolve() : reject(new Error(problem))),
    ),
  );
  assert.ok(readFileSync(join(site, "SHA256SUMS"), "utf8").includes("index.html"));
  say("static site written; the challenge was played to its end");
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
