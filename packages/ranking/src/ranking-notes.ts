/** What a reader must know beside a ranking: uncertain rules, tests that cannot reach significance, small samples, missing algorithms. */
import type { PreparedTable } from "./prepared-table.ts";
import type { RankingNote } from "./ranking-document.ts";
import type { RankingScheme } from "./scheme.ts";
import type { SchemeEvaluator } from "./scheme-evaluator.ts";
import { smallestSignedRankP } from "./wilcoxon-signed-rank.ts";

/** Below this many cases intervals of means are not to be relied on (Andre et al. 2026, arXiv 2601.17103). */
const casesForMeans = 50;

/** The notes of a ranking, the most important first. */
export function rankingNotes(
  table: PreparedTable,
  scheme: RankingScheme,
  evaluator: SchemeEvaluator,
): readonly RankingNote[] {
  const notes: RankingNote[] = [];
  const warn = (code: string, text: string) => notes.push({ code, severity: "warning", text });
  const info = (code: string, text: string) => notes.push({ code, severity: "info", text });
  for (const text of scheme.certainty.notes)
    scheme.certainty.level === "not-certain" ? warn("scheme-not-certain", text) : info("scheme-note", text);
  const { units, ranked, notRanked, remarks } = evaluator.units;
  for (const { algorithm, reason } of notRanked) warn("not-ranked", `${algorithm} is not ranked: ${reason}.`);
  for (const { code, message } of remarks) warn(code, `${message}.`);
  if (ranked.length === 0) warn("nothing-ranked", "No algorithm can be ranked.");
  if (ranked.length === 1) info("one-algorithm", "There is one algorithm; its rank is 1 and says nothing.");
  for (const phase of evaluator.phases)
    if (phase.missing.length > 0)
      warn("phase-incomplete", `${phase.title}: the table lacks ${phase.missing.join(", ")}.`);
  for (const text of underpowered(table, scheme, evaluator)) warn("underpowered", text);
  const small = table.tasks.filter((task) => task.cases.length < casesForMeans);
  if (small.length > 0)
    info(
      "few-cases",
      `${small.map((task) => `${task.id} (${task.cases.length} cases)`).join(", ")}: with fewer than ${casesForMeans} cases intervals are rough.`,
    );
  if (ranked.length > 1 && units.length > 0 && units.every((unit) => new Set(unit.values).size === 1))
    info("all-equal", "All scores are equal; every algorithm shares rank 1.");
  return notes;
}

/** Units in which not even the clearest difference could be significant. */
function underpowered(table: PreparedTable, scheme: RankingScheme, evaluator: SchemeEvaluator): readonly string[] {
  const { method } = scheme;
  if (method.kind !== "test-then-rank" || method.test === "rank-sum-two-sided") return [];
  const algorithms = evaluator.units.ranked.length;
  if (algorithms < 2) return [];
  const family = method.adjust === "none" ? 1 : algorithms * (algorithms - 1);
  const texts = new Map<string, string>();
  for (const unit of evaluator.units.units) {
    const n = unit.cases.length;
    const exact = method.test === "wilcoxon-normal" ? "normal" : "exact";
    const smallest = smallestSignedRankP(n, exact);
    const needed = method.alpha / family;
    if (smallest <= needed) continue;
    const task = table.tasks[unit.task]?.id as string;
    texts.set(
      `${task} ${n}`,
      `${task}: with ${n} cases the smallest p-value is ${smallest.toPrecision(2)}, above ${needed.toPrecision(2)} (${family === 1 ? "the level" : `0.05 over ${family} tests, ${method.adjust}`}): no algorithm can win a test there.`,
    );
  }
  return [...texts.values()];
}
