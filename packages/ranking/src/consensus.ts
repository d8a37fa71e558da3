/** One order from the rankings of several tasks: mean of average ranks, Borda, Copeland; distances and a dendrogram of the tasks. */
import { mean } from "./double-double.ts";
import { ranks } from "./ranks.ts";

/**
 * `mean-rank`: mean over tasks of the ranks, shared ranks averaged (challengeR's "euclidean" consensus).
 * `borda`: number of algorithms beaten, summed over tasks, ties counting half.
 * `copeland`: wins minus losses, summed over tasks (R package relations 0.6-18, which challengeR uses); orders as `borda` does.
 * `majority`: number of algorithms beaten in more tasks than lost to, minus those lost to (Copeland's own rule on pairwise majorities).
 */
export type ConsensusMethod = "mean-rank" | "borda" | "copeland" | "majority";

export interface Consensus {
  /** Mean rank (small is good), or the score of the other methods (large is good), by algorithm. */
  readonly score: Float64Array;
  /** Average ranks of the score. */
  readonly rank: Float64Array;
}

/**
 * Consensus of rankings of the same algorithms.
 *
 * @param rankings for each task the rank of each algorithm, small is good
 * @throws RangeError when there is no ranking or their lengths differ
 *
 * @example
 * ```ts
 * consensus([[1, 2, 3], [2, 1, 3]], "mean-rank").score; // Float64Array [1.5, 1.5, 3]
 * ```
 */
export function consensus(rankings: readonly ArrayLike<number>[], method: ConsensusMethod): Consensus {
  const first = rankings[0];
  if (first === undefined) throw new RangeError("consensus: no ranking");
  const n = first.length;
  for (const ranking of rankings)
    if (ranking.length !== n) throw new RangeError("consensus: rankings of different lengths");
  const score = new Float64Array(n);
  if (method === "mean-rank") {
    const averaged = rankings.map((ranking) => ranks(ranking, "average"));
    for (let a = 0; a < n; a++) score[a] = mean(averaged.map((ranking) => ranking[a] as number));
    return { score, rank: ranks(score, "average") };
  }
  for (let a = 0; a < n; a++)
    for (let b = 0; b < n; b++) {
      if (a === b) continue;
      let balance = 0;
      for (const ranking of rankings) balance += Math.sign((ranking[b] as number) - (ranking[a] as number));
      const points =
        method === "majority" ? Math.sign(balance) : method === "copeland" ? balance : (balance + rankings.length) / 2;
      score[a] = (score[a] as number) + points;
    }
  return {
    score,
    rank: ranks(
      score.map((value) => -value),
      "average",
    ),
  };
}

/** Number of ordered pairs on which two rankings, read as "at least as good as", disagree (symmetric difference; Kemeny & Snell 1962). */
export function symmetricDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`symmetricDifference: ${a.length} and ${b.length} ranks`);
  let distance = 0;
  for (let i = 0; i < a.length; i++)
    for (let j = 0; j < a.length; j++)
      if ((a[i] as number) <= (a[j] as number) !== (b[i] as number) <= (b[j] as number)) distance++;
  return distance;
}

/** One joining of a dendrogram, in R's notation: a negative number is a single item (from -1), a positive one an earlier joining (from 1). */
export interface DendrogramMerge {
  readonly left: number;
  readonly right: number;
  readonly height: number;
}

export interface Dendrogram {
  readonly merges: readonly DendrogramMerge[];
  /** Items from left to right, from 0. */
  readonly order: readonly number[];
}

/**
 * Hierarchical clustering with complete linkage, as R's `hclust(method = "complete")`: joinings in the order of their height, single
 * items before clusters, the earlier cluster first.
 *
 * @param distances symmetric, n x n
 */
export function completeLinkage(distances: readonly (readonly number[])[]): Dendrogram {
  const clusters = distances.map((_, item) => ({ id: -(item + 1), items: [item] }));
  const merges: DendrogramMerge[] = [];
  const far = (a: readonly number[], b: readonly number[]): number =>
    Math.max(...a.flatMap((i) => b.map((j) => distances[i]?.[j] as number)));
  const ordered = new Map<number, readonly number[]>(clusters.map(({ id, items }) => [id, items]));
  while (clusters.length > 1) {
    let best = { i: 0, j: 1, height: Number.POSITIVE_INFINITY };
    for (let i = 0; i < clusters.length; i++)
      for (let j = i + 1; j < clusters.length; j++) {
        const height = far(clusters[i]?.items ?? [], clusters[j]?.items ?? []);
        if (height < best.height) best = { i, j, height };
      }
    const a = clusters[best.i] as { id: number; items: number[] };
    const b = clusters[best.j] as { id: number; items: number[] };
    const [left, right] = isBefore(a.id, b.id) ? [a, b] : [b, a];
    merges.push({ left: left.id, right: right.id, height: best.height });
    const id = merges.length;
    ordered.set(id, [...(ordered.get(left.id) ?? []), ...(ordered.get(right.id) ?? [])]);
    clusters[best.i] = { id, items: [...a.items, ...b.items] };
    clusters.splice(best.j, 1);
  }
  return { merges, order: ordered.get(merges.length) ?? clusters.flatMap(({ items }) => items) };
}

/** Single items (negative) come before clusters; among items the smaller number first, among clusters the earlier. */
function isBefore(a: number, b: number): boolean {
  if (a < 0 && b < 0) return a > b;
  return a < b;
}
