/**
 * Our side of a measurement, in a process of its own: reads a pair, compares all regions, prints one line of JSON. The regions are
 * the labels of the reference, as for the peers. Also runs as one of two
 * threads or processes that compare at the same time.
 */
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import {
  compareCase,
  comparePreparedCase,
  findProfile,
  type Kernel,
  type LabelVolume,
  loadKernel,
  type PreparedLabels,
  parseMetrics,
  type Region,
  type WasmKernel,
} from "@segathlon/metrics";
import { locateGzipLabels } from "@segathlon/volume";
import { readFileBytes, readLabelMapFile } from "@segathlon/volume/node";

/** What the peers of `bench_peers.py` compute: Dice, both mean distances, HD, HD95, NSD at four tolerances. */
const metrics = parseMetrics("dice,asd,hd,hd95,nsd", { tolerances: [1, 2, 3, 5] });
const profile = findProfile("deepmind");

export interface OwnTask {
  /** `cases`: as evaluations do it. `cache`: the reference's runs are at hand. `voxels`: the general way, for files that are not plain. */
  readonly mode: "cases" | "cache" | "voxels";
  readonly reference: string;
  readonly prediction: string;
  readonly labels: readonly number[];
  readonly repeats: number;
}

export interface OwnResult {
  /** CPU seconds of each repetition, reading included; the first one in a fresh process comes first. */
  readonly cpuSeconds: readonly number[];
  readonly readSeconds: readonly number[];
  readonly wallSeconds: readonly number[];
  readonly peakMib: number;
  readonly emptyMib: number;
  readonly kernel: string;
  readonly values: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const peakMib = () => process.resourceUsage().maxRSS / 1024;

/** A label map as evaluations read it: straight to its runs where its file allows that, else voxels. */
async function read(path: string, kernel: Kernel, mode: OwnTask["mode"]): Promise<LabelVolume | PreparedLabels> {
  if (mode !== "voxels" && "prepareGzip" in kernel) {
    const found = locateGzipLabels(await readFileBytes(path), { fileName: path });
    const { shape, spacingMm } = found?.geometry ?? {};
    if (found && shape && spacingMm) {
      const prepared = (kernel as WasmKernel).prepareGzip({ ...found, shape, spacingMm });
      if (prepared !== null) return prepared;
    }
  }
  const { labels, geometry } = await readLabelMapFile(path);
  return { data: labels, shape: geometry.shape, spacingMm: geometry.spacingMm };
}

function compare(
  reference: LabelVolume | PreparedLabels,
  prediction: LabelVolume | PreparedLabels,
  regions: readonly Region[],
  kernel: Kernel,
) {
  const request = { regions, metrics, profile };
  if ("comparePrepared" in kernel) {
    return comparePreparedCase(reference, prediction, { ...request, kernel: kernel as WasmKernel });
  }
  if ("data" in reference && "data" in prediction) return compareCase(reference, prediction, { ...request, kernel });
  throw new Error("runs without a kernel that takes them");
}

async function compareRepeatedly(task: OwnTask): Promise<OwnResult> {
  const kernel = await loadKernel();
  const emptyMib = peakMib();
  const regions = task.labels.map((label) => ({ name: String(label), labels: [label] }));
  // With a reference cache its runs are at hand and only the prediction is read.
  const kept = task.mode === "cache" ? await read(task.reference, kernel, task.mode) : null;
  const spent = { cpuSeconds: [] as number[], readSeconds: [] as number[], wallSeconds: [] as number[] };
  let values: OwnResult["values"] = {};
  let peak = emptyMib;
  for (let n = 0; n < task.repeats; n += 1) {
    const [cpu, wall] = [cpuSeconds(), performance.now()];
    const reference = kept ?? (await read(task.reference, kernel, task.mode));
    const prediction = await read(task.prediction, kernel, task.mode);
    spent.readSeconds.push(cpuSeconds() - cpu);
    const { regions: compared } = compare(reference, prediction, regions, kernel);
    spent.cpuSeconds.push(cpuSeconds() - cpu);
    spent.wallSeconds.push((performance.now() - wall) / 1000);
    values = Object.fromEntries(Object.entries(compared).map(([name, region]) => [name, region.metrics]));
    // The peers run one case: later cases only add what the collector has not yet freed.
    if (n === 0) peak = peakMib();
  }
  return { ...spent, peakMib: peak, emptyMib, kernel: kernel.name, values };
}

/** One of two at once: warms up, says so, waits for the start, compares, says so. A thread and a process speak alike. */
async function work(task: OwnTask, say: (word: string) => void, onStart: (start: () => void) => void): Promise<void> {
  await compareRepeatedly({ ...task, repeats: 3 });
  onStart(async () => {
    await compareRepeatedly(task);
    say("done");
  });
  say("ready");
}

const port = parentPort;
const [, , argument] = process.argv;
if (!isMainThread && port !== null) {
  await work(
    workerData as OwnTask,
    (word) => port.postMessage(word),
    (start) => port.once("message", start),
  );
} else if (process.send !== undefined && argument !== undefined) {
  await work(
    JSON.parse(argument),
    (word) => process.send?.(word),
    (start) => process.once("message", start),
  );
} else if (argument !== undefined) {
  const task: OwnTask = JSON.parse(argument);
  console.log(JSON.stringify(await compareRepeatedly(task)));
}
