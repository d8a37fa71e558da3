/** Ranks a score table with a named scheme. What cannot be ranked is reported as data. */
import { SegathlonError } from "@segathlon/errors";
import {
  type RankingDocument,
  rankTable,
  SchemeMismatchError,
  ScoreTableError,
  schemePreset,
} from "@segathlon/ranking";
import type { RankTask } from "./thread-task.ts";

/**
 * @throws SegathlonError `SEG301` for an unknown scheme or one that needs metrics the table does not have, `SEG300` for a table that
 *   cannot be ranked.
 */
export function rankScores(task: RankTask): RankingDocument {
  const scheme = schemePreset(task.scheme);
  if (scheme === undefined) throw new SegathlonError("SEG301", `no ranking scheme is called ${task.scheme}`);
  const { method } = scheme;
  const chosen =
    task.alpha !== null && method.kind === "test-then-rank"
      ? { ...scheme, method: { ...method, alpha: task.alpha } }
      : scheme;
  try {
    return rankTable(task.table, chosen, {
      seed: task.seed,
      ...(task.bootstrap > 0 ? { bootstrap: { draws: task.bootstrap, seed: task.seed } } : {}),
    });
  } catch (cause) {
    if (cause instanceof SchemeMismatchError) throw new SegathlonError("SEG301", cause.message, { cause });
    if (cause instanceof ScoreTableError) throw new SegathlonError("SEG300", cause.message, { cause });
    throw cause;
  }
}
