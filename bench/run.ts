/**
 * `npm run bench [-- --rounds 5] [-- --write]`: our metrics beside the peers that are installed here, as ratios of CPU seconds in paired runs (peer, then
 * we, again and again; the median of the ratios), file reading counted on both sides. `--write` puts the result into RESULTS.md.
 *
 * Peers are Python checkouts named by SURFACE_DISTANCE, MONAI and MEDPY; those that are absent are named. The pairs come from
 * `../shared/oracle/tools/bench_peers.py`, which also holds the peers' calls.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { makeNoisePair, NOISE_LABELS } from "./noise-pair.ts";
import { runOwn, twoProcesses, twoThreads } from "./own.ts";
import type { OwnResult, OwnTask } from "./own-side.ts";
import {
  findPeerSetup,
  makePairs,
  PEERS,
  type Peer,
  type PeerRun,
  type PeerSetup,
  peerVersion,
  runPeer,
  whyAbsent,
} from "./peers.ts";
import { digits, least, median, table } from "./table.ts";

const work = path.join(import.meta.dirname, "work");
const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1);

interface Pair {
  readonly name: string;
  readonly what: string;
  readonly labels: readonly number[];
}

const PAIRS: readonly Pair[] = [
  { name: "abd", what: "512 x 512 x 100 at 0.7 x 0.7 x 5 mm, 15 organs", labels: upTo(15) },
  { name: "abdstray", what: "the same, five organs with a far stray blob in the prediction", labels: upTo(15) },
  { name: "brain", what: "240 x 240 x 155 at 1 mm, 3 regions", labels: upTo(3) },
  { name: "noise", what: "96 x 96 x 96 at 1 mm, five values at random: everything is surface", labels: NOISE_LABELS },
];

/** Peers that run on all pairs; the others only on the first, because they add minutes and no information. */
const ON_ALL_PAIRS: readonly string[] = ["deepmind"];

/** Peers that take minutes run once; medpy does not crop, so one label stands for all. */
const SLOW: Readonly<Record<string, { readonly firstLabelOnly: boolean }>> = {
  monai: { firstLabelOnly: false },
  medpy: { firstLabelOnly: true },
};

/** End of what `--write` replaces in RESULTS.md. */
const MARK = "<!-- end of npm run bench -->";

const OWN_REPEATS = 17;

function ownTask(pair: Pair, mode: OwnTask["mode"], repeats: number): OwnTask {
  const file = (side: string) => path.join(work, `${pair.name}_${side}.nii.gz`);
  return { mode, reference: file("gt"), prediction: file("pred"), labels: pair.labels, repeats };
}

interface Measured {
  readonly peer: Peer;
  readonly pair: Pair;
  readonly rounds: readonly { readonly peer: PeerRun; readonly own: OwnResult }[];
  /** 1, or the number of labels where the peer was timed on one. */
  readonly times: number;
}

/** CPU seconds of a case once the process has seen a few: what every further case costs. */
const warm = ({ cpuSeconds }: OwnResult) => median(cpuSeconds.slice(5));
const first = ({ cpuSeconds }: OwnResult) => cpuSeconds[0] ?? Number.NaN;

function measure(peer: Peer, pair: Pair, setup: PeerSetup, rounds: number): Measured | string {
  const slow = SLOW[peer.id];
  const one = slow?.firstLabelOnly ?? false;
  const most = slow !== undefined || pair.name === "noise" ? 1 : rounds;
  const labels = one ? pair.labels.slice(0, 1) : pair.labels;
  const found: { peer: PeerRun; own: OwnResult }[] = [];
  for (let round = 0; round < most; round += 1) {
    const theirs = runPeer(peer, setup, { folder: work, pair: pair.name, labels });
    if (typeof theirs === "string") return theirs;
    found.push({ peer: theirs, own: runOwn(ownTask(pair, "cases", OWN_REPEATS)) });
  }
  return { peer, pair, rounds: found, times: one ? pair.labels.length : 1 };
}

function ratioRow({ peer, pair, rounds, times }: Measured): string[] {
  const cost = (run: PeerRun) => run.readSeconds + (run.cpuSeconds - run.readSeconds) * times;
  const theirs = rounds.map((round) => cost(round.peer));
  const name = times === 1 ? peer.name : `${peer.name}, one label x ${times}`;
  return [
    pair.name,
    name,
    digits(median(theirs)),
    digits(median(rounds.map(({ own }) => first(own)))),
    digits(median(rounds.map(({ own }) => warm(own)))),
    digits(median(rounds.map(({ peer: run, own }) => cost(run) / first(own)))),
    digits(median(rounds.map(({ peer: run, own }) => cost(run) / warm(own)))),
    digits(least(theirs) / least(rounds.flatMap(({ own }) => own.cpuSeconds))),
  ];
}

function memoryRow({ peer, pair, rounds }: Measured): string[] {
  const theirs = median(rounds.map(({ peer: run }) => run.peakMib - run.emptyMib));
  const ours = median(rounds.map(({ own }) => own.peakMib - own.emptyMib));
  return [pair.name, peer.name, digits(theirs), digits(ours), digits(theirs / ours)];
}

/** Values of surface-distance and ours, bit by bit. Its areas depend on the dot product of the machine's BLAS: the SSE2 one is asked for. */
function sameBits(setup: PeerSetup): string {
  const [peer] = PEERS;
  if (peer === undefined || whyAbsent(peer, setup) !== null)
    return "surface-distance is absent: values were not compared";
  let equal = 0;
  let all = 0;
  for (const pair of PAIRS) {
    const environment = { OPENBLAS_CORETYPE: "Prescott" };
    const theirs = runPeer(peer, setup, {
      folder: work,
      pair: pair.name,
      labels: pair.labels,
      values: "wanted",
      environment,
    });
    if (typeof theirs === "string") return `surface-distance failed on ${pair.name}: ${theirs}`;
    const { values } = runOwn(ownTask(pair, "cases", 1));
    for (const [label, row] of Object.entries(theirs.values ?? {})) {
      const ours = Object.values(values[label] ?? {});
      ours.forEach((value, column) => {
        all += 1;
        if (Object.is(value, row[column])) equal += 1;
      });
    }
  }
  return `${equal} of ${all} values equal those of surface-distance to the last bit (Dice, mean distances, HD, HD95, NSD at 1, 2, 3, 5 mm; all pairs)`;
}

async function workersAgainstProcesses(pair: Pair, rounds: number): Promise<string[]> {
  const task = ownTask(pair, "cases", 12);
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const processes = await twoProcesses(task);
    const threads = await twoThreads(task);
    ratios.push(processes / threads);
  }
  return [pair.name, digits(median(ratios)), digits(Math.max(...ratios))];
}

function waysRow(pair: Pair, rounds: number): string[] {
  const rows = upTo(rounds).map(() => ({
    voxels: warm(runOwn(ownTask(pair, "voxels", OWN_REPEATS))),
    runs: warm(runOwn(ownTask(pair, "cases", OWN_REPEATS))),
    cached: warm(runOwn(ownTask(pair, "cache", OWN_REPEATS))),
  }));
  return [
    pair.name,
    digits(median(rows.map(({ voxels }) => voxels))),
    digits(median(rows.map(({ runs }) => runs))),
    digits(median(rows.map(({ cached }) => cached))),
    digits(median(rows.map(({ cached, runs }) => cached / runs))),
    digits(median(rows.map(({ cached, voxels }) => cached / voxels))),
  ];
}

const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, write: { type: "boolean" }, only: { type: "string" } },
});
const rounds = Math.max(1, Number(options.rounds) || 5);
const parts: string[] = [];
function report(...lines: string[]): void {
  console.log(lines.join("\n"));
  parts.push(...lines);
}

const setup = findPeerSetup();
mkdirSync(work, { recursive: true });
if (typeof setup === "string") {
  console.log(`bench: no peers and no pairs: ${setup}`);
  process.exit(0);
}
makePairs(setup, work);
await makeNoisePair(work);

const [cpu] = os.cpus();
report("## Machine", "");
report(
  `${cpu?.model.trim()}, ${os.cpus().length} logical cores, ${digits(os.totalmem() / 2 ** 30)} GiB; Node ${process.version}; ${new Date().toISOString().slice(0, 10)}.`,
);
report(
  `Load average when started: ${os
    .loadavg()
    .map((load) => load.toFixed(1))
    .join(", ")}.`,
  "",
);

report("## Peers", "");
const present = PEERS.filter((peer) => whyAbsent(peer, setup) === null);
for (const peer of PEERS) {
  const absent = whyAbsent(peer, setup);
  const version = peerVersion(peer);
  report(
    `- ${peer.name}${version === null ? "" : ` (${version})`}: ${absent === null ? peer.computes : `absent: ${absent}`}`,
  );
}
report("");

const measured: Measured[] = [];
for (const pair of PAIRS) {
  for (const peer of present) {
    if (options.only !== undefined && !options.only.split(",").includes(peer.id)) continue;
    if (pair.name !== "abd" && !ON_ALL_PAIRS.includes(peer.id)) continue;
    const result = measure(peer, pair, setup, rounds);
    if (typeof result === "string") {
      report(`- ${peer.name} on ${pair.name} failed: ${result}`);
      continue;
    }
    measured.push(result);
    console.log(`bench: ${ratioRow(result).join(" | ")}`);
  }
}
const versions = measured[0]?.rounds[0]?.peer.versions ?? {};
report("## Pairs", "");
for (const pair of PAIRS) report(`- ${pair.name}: ${pair.what}`);
report("", "## CPU seconds of one case, reading included", "");
report(
  `${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ")}, one thread each; ours computes Dice, both mean distances, HD, HD95 and NSD at 1, 2, 3, 5 mm.`,
  "",
);
report(
  table(
    [
      "pair",
      "peer",
      "peer s",
      "ours, first case s",
      "ours, further case s",
      "ratio first",
      "ratio further",
      "ratio of minima",
    ],
    measured.map(ratioRow),
  ),
  "",
);
report(sameBits(setup), "");
report("## Peak memory above an empty process (everything imported, nothing read), MiB", "");
report(table(["pair", "peer", "peer", "ours", "ratio"], measured.map(memoryRow)), "");
const cases = PAIRS.filter(({ name }) => name === "abd" || name === "brain");
report("## Two workers against two separate processes (wall time, processes / workers; 1 is equal)", "");
const both: string[][] = [];
for (const pair of cases) both.push(await workersAgainstProcesses(pair, rounds));
report(table(["pair", "median", "best"], both), "");
report("## Ways to the same numbers: CPU seconds of a further case", "");
report(
  table(
    [
      "pair",
      "voxels (general way)",
      "runs from the files",
      "reference from its cached runs",
      "cached / runs",
      "cached / voxels",
    ],
    cases.map((pair) => waysRow(pair, rounds)),
  ),
);

if (options.write) {
  const head = `# Measured speed and memory

Written by \`npm run bench -- --write\`. Paired runs: each round runs the peer and then ours in fresh processes; ratios are per round,
the median of ${rounds} rounds is shown (MONAI, medpy and noise: one round). CPU seconds (user and system) of the process; imports are not counted, reading
both files is. "First case" is the first in a fresh process, "further case" the median of later ones in the same process. The machine is shared:
compare ratios, not seconds. MONAI computes three metrics by three calls; medpy does not crop, so it was timed on one label and multiplied.
`;
  const file = path.join(import.meta.dirname, "RESULTS.md");
  // What follows the mark comes from elsewhere and is kept.
  const rest = existsSync(file) ? (readFileSync(file, "utf8").split(MARK)[1] ?? "") : "";
  writeFileSync(file, `${head}\n${parts.join("\n")}\n\n${MARK}${rest === "" ? "\n" : rest}`);
}
