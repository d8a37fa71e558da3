/** Would another scheme have given another ranking? challengeR's five methods and the challenge's own, side by side. */
import { kendallTauB } from "./kendall-tau.ts";
import type { PreparedTable } from "./prepared-table.ts";
import { SchemeMismatchError } from "./ranking-units.ts";
import type { RankingScheme } from "./scheme.ts";
import { fullWeights, schemeEvaluator } from "./scheme-evaluator.ts";
import { challengerFive, schemePreset } from "./scheme-presets.ts";
import { pairwiseLimit } from "./test-then-rank.ts";

export interface SchemeRobustness {
  readonly algorithms: readonly string[];
  readonly schemes: readonly {
    readonly id: string;
    readonly title: string;
    /** Overall ranks in the order of `algorithms`; null where the scheme does not rank an algorithm. */
    readonly ranks: readonly (number | null)[];
    /** Kendall's tau-b to the first scheme; null when one of them ties everybody. */
    readonly tauToOfficial: number | null;
    readonly winners: readonly string[];
  }[];
  /** Schemes that could not be used, and why. */
  readonly left: readonly { readonly id: string; readonly reason: string }[];
  /** Such as `A is first under 5 of 6 schemes`. */
  readonly sentence: string;
}

/**
 * Ranks the table by `official` and by others (default: challengeR's five methods) under the official rule for missing scores and the
 * official metrics.
 */
export function schemeRobustness(
  table: PreparedTable,
  official: RankingScheme,
  others: readonly RankingScheme[] = challengerFive.flatMap((id) => schemePreset(id) ?? []),
): SchemeRobustness {
  const schemes: SchemeRobustness["schemes"][number][] = [];
  const left: { id: string; reason: string }[] = [];
  let officialRanks: readonly (number | null)[] = [];
  for (const scheme of [official, ...others.filter((other) => other.id !== official.id)]) {
    const used: RankingScheme =
      scheme === official ? official : { ...scheme, missing: official.missing, metrics: official.metrics };
    if (used.method.kind === "test-then-rank" && table.algorithms.length > pairwiseLimit) {
      left.push({ id: used.id, reason: `tests at most ${pairwiseLimit} algorithms` });
      continue;
    }
    try {
      const evaluator = schemeEvaluator(table, used);
      const { ranks } = evaluator.evaluate(fullWeights(evaluator)).overall;
      const byAlgorithm: (number | null)[] = table.algorithms.map(() => null);
      for (const [row, index] of evaluator.units.ranked.entries()) byAlgorithm[index] = ranks[row] as number;
      if (scheme === official) officialRanks = byAlgorithm;
      const tau = kendallTauB(
        officialRanks.map((rank) => rank ?? Number.NaN),
        byAlgorithm.map((rank) => rank ?? Number.NaN),
      );
      schemes.push({
        id: used.id,
        title: used.title,
        ranks: byAlgorithm,
        tauToOfficial: Number.isNaN(tau) ? null : tau,
        winners: table.algorithms.filter((_, index) => byAlgorithm[index] === 1),
      });
    } catch (error) {
      if (!(error instanceof SchemeMismatchError)) throw error;
      left.push({ id: used.id, reason: error.message });
    }
  }
  return { algorithms: table.algorithms, schemes, left, sentence: winnerSentence(schemes) };
}

function winnerSentence(schemes: SchemeRobustness["schemes"]): string {
  const winners = schemes[0]?.winners ?? [];
  if (winners.length === 0) return "No algorithm is ranked.";
  const first = winners[0] as string;
  const same = schemes.filter((scheme) => scheme.winners.includes(first)).length;
  const others = [...new Set(schemes.flatMap((scheme) => scheme.winners))].filter((name) => name !== first);
  const shared = winners.length > 1 ? ` (sharing the first place with ${winners.slice(1).join(", ")})` : "";
  const rest = same === schemes.length || others.length === 0 ? "" : `; elsewhere ${others.join(", ")}`;
  return `${first} is first${shared} under ${same} of ${schemes.length} schemes${rest}.`;
}
