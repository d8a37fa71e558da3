/**
 * Our side of a measurement, in a process of its own: reads a pair, compares all regions, prints one line of JSON. The regions are
 * the labels of the reference, as for the peers. Also runs as one of two
 * threads or processes that compare at the same time.
 */
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import {
  compareCase,
  findProfile,
  type LabelVolume,
  loadKernel,
  loadWasmKernel,
  metricsFromSurface,
  parseMetrics,
} from "@segathlon/metrics";
import { readLabelMapFile } from "@segathlon/volume/node";

/** What the peers of `bench_peers.py` compute: Dice, both mean distances, HD, HD95, NSD at four tolerances. */
const metrics = parseMetrics("dice,asd,hd,hd95,nsd", { tolerances: [1, 2, 3, 5] });
const profile = findProfile("deepmind");

export interface OwnTask {
  readonly mode: "cases" | "cache";
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

async function read(path: string): Promise<LabelVolume> {
  const { labels, geometry } = await readLabelMapFile(path);
  return { data: labels, shape: geometry.shape, spacingMm: geometry.spacingMm };
}

const regionsOf = ({ labels }: OwnTask) => labels.map((label) => ({ name: String(label), labels: [label] }));

async function compareRepeatedly(task: OwnTask): Promise<OwnResult> {
  const kernel = await loadKernel();
  const emptyMib = peakMib();
  const regions = regionsOf(task);
  const spent = { cpuSeconds: [] as number[], readSeconds: [] as number[], wallSeconds: [] as number[] };
  let values: OwnResult["values"] = {};
  let peak = emptyMib;
  for (let n = 0; n < task.repeats; n += 1) {
    const [cpu, wall] = [cpuSeconds(), performance.now()];
    const [reference, prediction] = [await read(task.reference), await read(task.prediction)];
    spent.readSeconds.push(cpuSeconds() - cpu);
    const { regions: compared } = compareCase(reference, prediction, { regions, metrics, profile, kernel });
    spent.cpuSeconds.push(cpuSeconds() - cpu);
    spent.wallSeconds.push((performance.now() - wall) / 1000);
    values = Object.fromEntries(Object.entries(compared).map(([name, region]) => [name, region.metrics]));
    // The peers run one case: later cases only add what the collector has not yet freed.
    if (n === 0) peak = peakMib();
  }
  return { ...spent, peakMib: peak, emptyMib, kernel: kernel.name, values };
}

/** With the reference's runs at hand only the prediction is read. */
async function compareWithCache(task: OwnTask): Promise<OwnResult> {
  const kernel = await loadWasmKernel();
  const emptyMib = peakMib();
  const regions = regionsOf(task);
  const prepared = kernel.prepareReference(await read(task.reference), regions);
  if (prepared === null) throw new Error("this reference cannot be prepared");
  const spent = { cpuSeconds: [] as number[], readSeconds: [] as number[], wallSeconds: [] as number[] };
  const values: Record<string, Readonly<Record<string, number | null>>> = {};
  for (let n = 0; n < task.repeats; n += 1) {
    const [cpu, wall] = [cpuSeconds(), performance.now()];
    const prediction = await read(task.prediction);
    spent.readSeconds.push(cpuSeconds() - cpu);
    const compared = kernel.comparePrepared({ reference: prepared, prediction, regions, boundary: "surfels" });
    compared.forEach(({ counts, surface }, index) => {
      const region = regions[index]?.name ?? "";
      values[region] = metricsFromSurface(surface, counts, { region, metrics, profile, spacingMm: prepared.spacingMm });
    });
    spent.cpuSeconds.push(cpuSeconds() - cpu);
    spent.wallSeconds.push((performance.now() - wall) / 1000);
  }
  return { ...spent, peakMib: peakMib(), emptyMib, kernel: kernel.name, values };
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
  console.log(JSON.stringify(await (task.mode === "cache" ? compareWithCache(task) : compareRepeatedly(task))));
}
