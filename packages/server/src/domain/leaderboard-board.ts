/**
 * Leaderboards: which entries count, how they are ranked, what of it a caller sees.
 *
 * The latest scored submission of a team counts; of a baseline team, the latest of each method. Withdrawn submissions never count.
 * "Latest" and not "best" on purpose: with "best", chance on the hidden cases is selected for.
 */
import { createHash } from "node:crypto";
import { type EvaluationDocument, scoreTableFromEvaluations } from "@segathlon/benchmark";
import { SegathlonError } from "@segathlon/errors";
import type { RankingDocument, ScoreTable } from "@segathlon/ranking";
import type { Leaderboard, LeaderboardColumn, LeaderboardEntry, LeaderboardQuery } from "../api/index.ts";
import type { EvaluationRow } from "../queue/score-chunk.ts";
import type { ThreadPool } from "../scoring/thread-pool.ts";
import type { ServerContext } from "../server-context.ts";
import { type BenchmarkRow, documentOf, type PhaseRow, phaseDocumentOf, taskColumns } from "./benchmark-store.ts";
import { evaluationDocuments, shown } from "./evaluation-documents.ts";
import { casesOfPhase, feedbackOf, phaseState } from "./phase-state.ts";
import type { SubmissionRow } from "./submission-store.ts";

/** Who looks: `full` sees single cases (organisers, phases with per-case feedback), `rounded` what the phase shows. */
export type BoardDetail = "full" | "rounded";

export interface BoardEntry {
  readonly submission: SubmissionRow;
  readonly evaluation: EvaluationRow;
  readonly team: string;
  readonly algorithm: string;
  readonly documents: Readonly<Record<string, EvaluationDocument>>;
}

/** Schemes for protocols that name none. */
const defaultScheme = "mean-then-rank";
const defaultBootstrap = 1000;

/** The entries of a phase's board. With `rescore` the evaluations of that re-scoring take the place of the current ones. */
export async function boardEntries(
  context: ServerContext,
  benchmark: BenchmarkRow,
  phase: PhaseRow,
  rescore: string | null,
): Promise<BoardEntry[]> {
  const rows = await context.database
    .selectFrom("submission")
    .innerJoin("team", "team.id", "submission.team")
    .innerJoin("evaluation", (join) => {
      const ofSubmission = join.onRef("evaluation.submission", "=", "submission.id");
      return rescore === null
        ? ofSubmission.on("evaluation.is_current", "=", true)
        : ofSubmission.on("evaluation.rescore", "=", rescore).on("evaluation.state", "=", "done");
    })
    .select(["submission.id as submission_id", "submission.team", "submission.baseline", "submission.method"])
    .select(["evaluation.id as evaluation_id", "team.name as team_name"])
    .where("submission.benchmark", "=", phase.benchmark)
    .where("submission.phase", "=", phase.id)
    .where("submission.state", "=", "scored")
    .where("submission.withdrawn_at", "is", null)
    .orderBy("submission.id", "desc")
    .execute();
  const counting = new Map<string, (typeof rows)[number]>();
  for (const row of rows) {
    const key = row.baseline ? `${row.team} ${row.method.name}` : row.team;
    if (!counting.has(key)) counting.set(key, row);
  }
  if (counting.size === 0) return [];
  const chosen = [...counting.values()];
  const submissions = await context.database
    .selectFrom("submission")
    .selectAll()
    .where(
      "id",
      "in",
      chosen.map((row) => row.submission_id),
    )
    .execute();
  const evaluations = await context.database
    .selectFrom("evaluation")
    .selectAll()
    .where(
      "id",
      "in",
      chosen.map((row) => row.evaluation_id),
    )
    .execute();
  const submissionOf = new Map(submissions.map((submission) => [submission.id, submission]));
  const evaluationOf = new Map(evaluations.map((evaluation) => [evaluation.id, evaluation]));
  const names = new Map<string, number>();
  const entries: BoardEntry[] = [];
  for (const row of chosen) {
    const submission = submissionOf.get(row.submission_id);
    const evaluation = evaluationOf.get(row.evaluation_id);
    if (submission === undefined || evaluation === undefined) continue;
    const plain = submission.baseline ? submission.method.name : `${row.team_name}: ${submission.method.name}`;
    const count = (names.get(plain) ?? 0) + 1;
    names.set(plain, count);
    const algorithm = count === 1 ? plain : `${plain} (${submission.id})`;
    const documents = await evaluationDocuments(context.database, benchmark, evaluation.id, algorithm);
    // Other requests are answered between two entries: hundreds in one go would hold them up.
    await new Promise((resolve) => setImmediate(resolve));
    entries.push({ submission, evaluation, team: row.team_name, algorithm, documents });
  }
  return entries.reverse();
}

/** The score table of entries, with the plain ids of tasks. */
export function boardTable(entries: readonly BoardEntry[]): ScoreTable | null {
  const sources = entries.flatMap((entry) =>
    Object.entries(entry.documents).map(([task, evaluation]) => ({
      file: `submission ${entry.submission.id}`,
      evaluation: { ...evaluation, task },
    })),
  );
  return sources.length === 0 ? null : scoreTableFromEvaluations(sources);
}

function selectRows(table: ScoreTable, query: LeaderboardQuery): ScoreTable {
  const rows = table.rows.filter(
    (row) =>
      (query.task === undefined || row.task === query.task) &&
      (query.region === undefined || row.region === query.region) &&
      (query.metric === undefined || row.metric === query.metric),
  );
  const used = new Set(rows.map((row) => row.metric));
  return { ...table, rows, metrics: table.metrics.filter((metric) => used.has(metric.key)) };
}

function columnsOf(
  benchmark: BenchmarkRow,
  phase: PhaseRow,
  query: LeaderboardQuery,
  decimals: number | null,
): LeaderboardColumn[] {
  const document = documentOf(benchmark);
  const tasks = phaseDocumentOf(phase).tasks.filter((task) => query.task === undefined || task === query.task);
  return tasks.flatMap((task) => {
    const regions = Object.keys(document.tasks.find((entry) => entry.id === task)?.regions ?? {});
    return regions
      .filter((region) => query.region === undefined || region === query.region)
      .flatMap((region) =>
        taskColumns(document, task)
          .filter((column) => query.metric === undefined || column.key === query.metric)
          .map((column) => ({
            key: `${task}/${region}/${column.key}`,
            task,
            region,
            metric: column.key,
            direction: column.direction,
            unit: column.unit,
            decimals,
          })),
      );
  });
}

function valuesOf(
  entry: BoardEntry,
  columns: readonly LeaderboardColumn[],
  decimals: number | null,
): LeaderboardEntry["values"] {
  const values: LeaderboardEntry["values"] = {};
  for (const column of columns) {
    const document = entry.documents[column.task];
    const aggregate = document?.aggregate[column.region]?.[column.metric];
    if (document === undefined || aggregate === undefined) continue;
    const ci95 = aggregate.ci95;
    values[column.key] = {
      mean: shown(aggregate.mean, decimals),
      ci95: ci95 === null ? null : [shown(ci95[0], decimals) as number, shown(ci95[1], decimals) as number],
      n: aggregate.n,
      failed: document.cases.filter((result) => result.status !== "ok").length,
    };
  }
  return values;
}

export interface RankedBoard {
  readonly ranking: RankingDocument | null;
  readonly problem: string | null;
}

interface RankSettings {
  readonly scheme: string;
  readonly alpha: number | null;
  readonly bootstrap: number;
  readonly seed: number;
}

function rankSettings(benchmark: BenchmarkRow, query: LeaderboardQuery): RankSettings {
  const ranking = documentOf(benchmark).protocol.ranking;
  return {
    scheme: query.scheme ?? ranking?.scheme ?? defaultScheme,
    alpha: ranking?.alpha ?? null,
    bootstrap: ranking?.bootstrap ?? defaultBootstrap,
    seed: ranking?.seed ?? 1,
  };
}

export async function rankBoard(
  pool: ThreadPool,
  table: ScoreTable | null,
  settings: RankSettings,
): Promise<RankedBoard> {
  if (table === null || table.rows.length === 0) return { ranking: null, problem: null };
  try {
    return { ranking: await pool.run({ kind: "rank", table, ...settings }, { seconds: 120 }), problem: null };
  } catch (error) {
    if (error instanceof SegathlonError) return { ranking: null, problem: error.message };
    throw error;
  }
}

/** Digits of the numbers that a scheme orders by, when scores are rounded. */
const rankDecimals = 2;

/** Ranks of every entry under the benchmark's own scheme, for the difference that a re-scoring would make. */
export async function boardRanks(
  pool: ThreadPool,
  benchmark: BenchmarkRow,
  entries: readonly BoardEntry[],
): Promise<ReadonlyMap<number, number | null>> {
  const { ranking } = await rankBoard(pool, boardTable(entries), { ...rankSettings(benchmark, {}), bootstrap: 0 });
  const byName = new Map(ranking?.overall.ranking.map((row) => [row.algorithm, row.rank]) ?? []);
  return new Map(entries.map((entry) => [entry.submission.id, byName.get(entry.algorithm) ?? null]));
}

/** Why the board is hidden from a caller who is not an organiser; null: it is shown. */
export function hiddenBecause(phase: PhaseRow, now: Date): string | null {
  if (phase.leaderboard === "organisers") return "Only organisers see this leaderboard.";
  const state = phaseState(phase, now);
  if (phase.leaderboard === "hidden-until-close" && state !== "closed" && state !== "frozen")
    return phase.closes === null
      ? "The leaderboard is shown when the organiser closes the phase."
      : `The leaderboard is shown when the phase closes, on ${phase.closes.toISOString()}.`;
  return null;
}

/** The board of a phase for one kind of caller. `mine` marks are added later: this result is shared between callers. */
export async function buildLeaderboard(
  context: ServerContext,
  pool: ThreadPool,
  request: {
    readonly benchmark: BenchmarkRow;
    readonly phase: PhaseRow;
    readonly query: LeaderboardQuery;
    readonly detail: BoardDetail;
    readonly now: Date;
  },
): Promise<Leaderboard> {
  const { benchmark, phase, query, detail, now } = request;
  const feedback = feedbackOf(phaseDocumentOf(phase));
  const decimals = detail === "full" ? null : feedback.decimals;
  const settings = rankSettings(benchmark, query);
  const columns = columnsOf(benchmark, phase, query, decimals);
  const tasks = phaseDocumentOf(phase).tasks;
  if (query.task !== undefined && !tasks.includes(query.task))
    throw new SegathlonError("SEG403", `phase ${phase.id} has no task ${query.task}`);
  if (columns.length === 0)
    throw new SegathlonError("SEG403", `phase ${phase.id} has no column for this choice of region and metric`);
  const entries = await boardEntries(context, benchmark, phase, null);
  const whole = boardTable(entries);
  const table = whole === null ? null : selectRows(whole, query);
  const { ranking, problem } = await rankBoard(pool, table, settings);
  const ranked = new Map(ranking?.overall.ranking.map((row) => [row.algorithm, row]) ?? []);
  const listed = entries.map((entry): LeaderboardEntry => {
    const row = ranked.get(entry.algorithm);
    return {
      algorithm: entry.algorithm,
      team: entry.team,
      method: entry.submission.method.name,
      link: entry.submission.method.links[0] ?? null,
      submission: entry.submission.id,
      submittedAt: entry.submission.created_at.toISOString(),
      baseline: entry.submission.baseline,
      mine: false,
      rank: row?.rank ?? null,
      notRankedBecause: row?.not_ranked ?? (row === undefined ? (problem ?? "no score for this choice") : null),
      rankInterval: row?.rank_interval == null ? null : [row.rank_interval[0], row.rank_interval[1]],
      rankingScore: shown(
        row?.score ?? null,
        detail === "full" ? null : Math.min(rankDecimals, decimals ?? rankDecimals),
      ),
      runtimeSeconds: entry.submission.method.runtimeSeconds,
      values: valuesOf(entry, columns, decimals),
    };
  });
  listed.sort((a, b) => (a.rank ?? Number.MAX_VALUE) - (b.rank ?? Number.MAX_VALUE) || a.submission - b.submission);
  const revision = createHash("sha256")
    .update(JSON.stringify([phase.board_revision, phase.references_revision, benchmark.updated_at, query, detail]))
    .digest("hex")
    .slice(0, 20);
  const state = phaseState(phase, now);
  return {
    benchmark: benchmark.id,
    phase: phase.id,
    task: query.task ?? null,
    region: query.region ?? null,
    metric: query.metric ?? null,
    scheme: settings.scheme,
    alpha: settings.alpha,
    bootstrap: settings.bootstrap,
    seed: settings.seed,
    kind: state === "frozen" || state === "closed" ? "frozen" : "live",
    snapshot: null,
    revision,
    referencesRevision: phase.references_revision,
    computedAt: now.toISOString(),
    cases: (await casesOfPhase(context.database, phase)).filter(
      (entry) => query.task === undefined || entry.task === query.task,
    ).length,
    hiddenBecause: null,
    feedback,
    columns,
    entries: listed,
    ranking: detail === "full" ? ranking : null,
    scoreTable:
      detail === "full" && table !== null
        ? { metrics: [...table.metrics], rows: [...table.rows], attributes: table.attributes as never }
        : null,
    notes: [
      "The latest scored submission of each team counts; of a baseline, the latest of each method.",
      ...(problem === null ? [] : [problem]),
      ...(ranking?.notes.map((note) => note.text) ?? []),
    ],
  };
}
