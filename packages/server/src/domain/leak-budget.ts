/**
 * How much the feedback of a phase can have told a team about the hidden references: numbers shown per scored submission, times the
 * levels that their precision tells apart, in bits. An upper bound; it is there to set quota and decimals by.
 */
import type { LeakBudget } from "../api/index.ts";
import type { ServerContext } from "../server-context.ts";
import { type PhaseRow, phaseDocumentOf } from "./benchmark-store.ts";
import { casesOfPhase, feedbackOf } from "./phase-state.ts";

/** A score that is not rounded is a float64 of which about this many bits differ in practice. */
const bitsOfWholeNumber = 52;

export async function leakBudget(context: ServerContext, phase: PhaseRow, columns: number): Promise<LeakBudget> {
  const feedback = feedbackOf(phaseDocumentOf(phase));
  const cases = (await casesOfPhase(context.database, phase)).length;
  // Mean and the two ends of its interval; every case of its own where cases are shown.
  const numbers = feedback.level === "per-case" ? columns * cases : feedback.level === "aggregate" ? columns * 3 : 0;
  const levels =
    feedback.level === "none-until-close" ? 1 : feedback.decimals === null ? null : 10 ** feedback.decimals + 1;
  const bitsEach = levels === null ? bitsOfWholeNumber : Math.log2(levels);
  const perSubmission = numbers * bitsEach;
  const teams = await context.database
    .selectFrom("team")
    .select(["id", "name"])
    .where("benchmark", "=", phase.benchmark)
    .orderBy("name")
    .execute();
  const scored = await context.database
    .selectFrom("submission")
    .select(["team", "content_hash"])
    .where("benchmark", "=", phase.benchmark)
    .where("phase", "=", phase.id)
    .where("state", "=", "scored")
    .execute();
  return {
    phase: phase.id,
    numbersPerSubmission: numbers,
    levelsPerNumber: levels,
    bitsPerSubmission: perSubmission,
    teams: teams.map((team) => {
      const own = scored.filter((row) => row.team === team.id);
      const distinct = new Set(own.map((row) => row.content_hash)).size;
      return {
        team: team.name,
        teamId: team.id,
        scored: own.length,
        bitsDisclosed: distinct * perSubmission,
        bitsPossible: phase.quota_total === null ? null : phase.quota_total * perSubmission,
        nearDuplicates: own.length - distinct,
      };
    }),
    notes: [
      "An upper bound: numbers of one submission depend on each other.",
      ...(feedback.level === "per-case" && cases > 0
        ? ["Scores of single cases let a team find hidden structures by probing; keep this to phases on public cases."]
        : []),
      ...(phase.quota_total === null && feedback.level !== "none-until-close"
        ? ["The phase has no total quota, so nothing bounds what is disclosed over time."]
        : []),
    ],
  };
}
