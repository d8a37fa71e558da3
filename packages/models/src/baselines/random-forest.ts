/**
 * A random forest over binned features (Breiman 2001, histogram splits): Gini gain, a random choice of features at each node, trees on
 * random halves of the samples. Deterministic for a seed: every tree draws from a generator of its own.
 */
import { seededRandom } from "../seeded-random.ts";

export interface ForestSamples {
  /** `features` blocks of `count` values. */
  readonly values: Float32Array;
  readonly features: number;
  readonly count: number;
  /** Class of each sample, 0 .. classes - 1. */
  readonly classes: Uint8Array;
  readonly classCount: number;
}

export interface ForestOptions {
  readonly trees: number;
  readonly maxDepth: number;
  /** Nodes with fewer samples are leaves. */
  readonly minNode: number;
  readonly minLeaf: number;
  readonly featuresPerNode: number;
  readonly seed: number;
}

export const defaultForestOptions: ForestOptions = {
  trees: 24,
  maxDepth: 16,
  minNode: 16,
  minLeaf: 4,
  featuresPerNode: 10,
  seed: 1,
};

const BINS = 64;

/** One tree in arrays: an inner node sends a sample left when `value[feature] <= threshold`; a leaf has feature -1. */
export interface Tree {
  readonly feature: Int16Array;
  readonly threshold: Float32Array;
  /** Left child; the right one is the next. For a leaf: its row of `leaves`. */
  readonly child: Int32Array;
  /** Class probabilities of the leaves, row by row. */
  readonly leaves: Float32Array;
}

export interface Forest {
  readonly classCount: number;
  readonly trees: readonly Tree[];
}

/** Edges of 64 bins per feature at the quantiles of (at most 20,000 of) its values. */
function binEdges(samples: ForestSamples): Float32Array {
  const edges = new Float32Array(samples.features * (BINS - 1));
  const step = Math.max(1, Math.floor(samples.count / 20_000));
  for (let f = 0; f < samples.features; f++) {
    const part = new Float32Array(Math.ceil(samples.count / step));
    for (let i = 0; i < part.length; i++) part[i] = samples.values[f * samples.count + i * step] ?? 0;
    part.sort();
    for (let b = 1; b < BINS; b++) edges[f * (BINS - 1) + b - 1] = part[Math.floor((b / BINS) * part.length)] ?? 0;
  }
  return edges;
}

function binOf(edges: Float32Array, offset: number, value: number): number {
  let low = 0;
  let high = BINS - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (edges[offset + middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Trains a forest.
 *
 * @throws RangeError when there is no sample or more than 255 classes
 */
export function trainForest(samples: ForestSamples, options: ForestOptions = defaultForestOptions): Forest {
  if (samples.count === 0) throw new RangeError("a forest needs at least one sample");
  if (samples.classCount > 255) throw new RangeError(`at most 255 classes, got ${samples.classCount}`);
  const edges = binEdges(samples);
  const bins = new Uint8Array(samples.features * samples.count);
  for (let f = 0; f < samples.features; f++) {
    const offset = f * (BINS - 1);
    for (let i = 0; i < samples.count; i++)
      bins[f * samples.count + i] = binOf(edges, offset, samples.values[f * samples.count + i] ?? 0);
  }
  const trees = Array.from({ length: options.trees }, (_, t) =>
    growTree(samples, bins, edges, options, (Math.imul(options.seed, 0x9e3779b1) + t) >>> 0),
  );
  return { classCount: samples.classCount, trees };
}

function growTree(
  samples: ForestSamples,
  bins: Uint8Array,
  edges: Float32Array,
  options: ForestOptions,
  seed: number,
): Tree {
  const random = seededRandom(seed);
  const { count, classCount, classes, features } = samples;
  const members = new Uint32Array(Math.max(1, Math.floor(count / 2)));
  for (let i = 0; i < members.length; i++) members[i] = random.integer(count);
  const feature: number[] = [];
  const threshold: number[] = [];
  const child: number[] = [];
  const leaves: number[] = [];
  const histogram = new Uint32Array(BINS * classCount);
  const order = Uint16Array.from({ length: features }, (_, f) => f);
  const totals = new Float64Array(classCount);
  const left = new Float64Array(classCount);

  const addNode = (): number => {
    feature.push(-1);
    threshold.push(0);
    child.push(0);
    return feature.length - 1;
  };
  const pending: { node: number; start: number; end: number; depth: number }[] = [
    { node: addNode(), start: 0, end: members.length, depth: 0 },
  ];
  while (pending.length > 0) {
    const { node, start, end, depth } = pending.pop() ?? { node: 0, start: 0, end: 0, depth: 0 };
    const size = end - start;
    totals.fill(0);
    for (let i = start; i < end; i++) {
      const c = classes[members[i] ?? 0] ?? 0;
      totals[c] = (totals[c] ?? 0) + 1;
    }
    const pure = totals.some((total) => total === size);
    const split = pure || depth >= options.maxDepth || size < options.minNode ? null : bestSplit(start, end, size);
    if (split === null) {
      child[node] = leaves.length / classCount;
      for (const total of totals) leaves.push(total / size);
      continue;
    }
    let low = start;
    let high = end - 1;
    while (low <= high) {
      const member = members[low] ?? 0;
      if ((bins[split.feature * count + member] ?? 0) <= split.bin) low += 1;
      else {
        members[low] = members[high] ?? 0;
        members[high] = member;
        high -= 1;
      }
    }
    feature[node] = split.feature;
    threshold[node] = edges[split.feature * (BINS - 1) + split.bin] ?? 0;
    const first = addNode();
    const second = addNode();
    child[node] = first;
    pending.push(
      { node: second, start: low, end, depth: depth + 1 },
      { node: first, start, end: low, depth: depth + 1 },
    );
  }
  return {
    feature: Int16Array.from(feature),
    threshold: Float32Array.from(threshold),
    child: Int32Array.from(child),
    leaves: Float32Array.from(leaves),
  };

  function bestSplit(start: number, end: number, size: number): { feature: number; bin: number } | null {
    let best: { feature: number; bin: number } | null = null;
    let squares = 0;
    for (const total of totals) squares += total * total;
    let bestGain = squares / size + 1e-9;
    // A partial shuffle draws features without replacement.
    for (let k = 0; k < Math.min(options.featuresPerNode, features); k++) {
      const pick = k + random.integer(features - k);
      const f = order[pick] ?? 0;
      order[pick] = order[k] ?? 0;
      order[k] = f;
      histogram.fill(0);
      const offset = f * count;
      for (let i = start; i < end; i++) {
        const member = members[i] ?? 0;
        const place = (bins[offset + member] ?? 0) * classCount + (classes[member] ?? 0);
        histogram[place] = (histogram[place] ?? 0) + 1;
      }
      left.fill(0);
      let leftSize = 0;
      for (let b = 0; b < BINS - 1; b++) {
        for (let c = 0; c < classCount; c++) {
          const n = histogram[b * classCount + c] ?? 0;
          left[c] = (left[c] ?? 0) + n;
          leftSize += n;
        }
        const rightSize = size - leftSize;
        if (leftSize < options.minLeaf) continue;
        if (rightSize < options.minLeaf) break;
        let leftSquares = 0;
        let rightSquares = 0;
        for (let c = 0; c < classCount; c++) {
          const l = left[c] ?? 0;
          const r = (totals[c] ?? 0) - l;
          leftSquares += l * l;
          rightSquares += r * r;
        }
        const gain = leftSquares / leftSize + rightSquares / rightSize;
        if (gain > bestGain) {
          bestGain = gain;
          best = { feature: f, bin: b };
        }
      }
    }
    return best;
  }
}

/** Adds the mean class probabilities of one sample to `into` (length `classCount`, set to 0 first). */
export function forestProbabilities(forest: Forest, features: Float32Array, into: Float64Array): void {
  into.fill(0);
  for (const tree of forest.trees) {
    let node = 0;
    let feature = tree.feature[0] ?? -1;
    while (feature >= 0) {
      node = (tree.child[node] ?? 0) + ((features[feature] ?? 0) <= (tree.threshold[node] ?? 0) ? 0 : 1);
      feature = tree.feature[node] ?? -1;
    }
    const row = (tree.child[node] ?? 0) * forest.classCount;
    for (let c = 0; c < forest.classCount; c++)
      into[c] = (into[c] ?? 0) + (tree.leaves[row + c] ?? 0) / forest.trees.length;
  }
}
