/** Phases, leaderboards, snapshots, leak budget. */
import { randomUUID } from "node:crypto";
import { compareNames, writeCsv } from "@segathlon/benchmark";
import { SegathlonError } from "@segathlon/errors";
import type { Leaderboard, LeaderboardQuery, Phase } from "../api/index.ts";
import { audit } from "../domain/audit.ts";
import {
  type BenchmarkRow,
  documentOf,
  findPhase,
  type PhaseRow,
  phaseDocumentOf,
  phasesOf,
  taskColumns,
} from "../domain/benchmark-store.ts";
import { buildLeaderboard, hiddenBecause } from "../domain/leaderboard-board.ts";
import { leakBudget } from "../domain/leak-budget.ts";
import { casesOfPhase, feedbackOf, phaseState } from "../domain/phase-state.ts";
import { quotaLeft } from "../domain/quota.ts";
import type { Caller, Standing } from "../identity/caller.ts";
import { boardBytes, type CachedBoard } from "./board-cache.ts";
import { answered, type Handlers, type HttpContext } from "./http-context.ts";

type Reason = Phase["notOpenBecause"][number];

/** Why this caller cannot submit to the phase now; empty: they can. */
async function notOpen(
  context: HttpContext,
  benchmark: BenchmarkRow,
  phase: PhaseRow,
  caller: Caller,
  standing: Standing,
  cases: number,
): Promise<Reason[]> {
  const now = new Date();
  const reasons: Reason[] = [];
  const state = phaseState(phase, now);
  if (state === "upcoming")
    reasons.push({
      code: "SEG406",
      message: `The phase opens on ${phase.opens?.toISOString()}.`,
      hint: "Come back then.",
    });
  if (state === "closed")
    reasons.push({
      code: "SEG406",
      message: `The phase closed on ${phase.closes?.toISOString()}.`,
      hint: "Its leaderboard stays.",
    });
  if (state === "frozen")
    reasons.push({ code: "SEG406", message: "The organiser has frozen the phase.", hint: "Read the announcements." });
  if (cases === 0)
    reasons.push({
      code: "SEG422",
      message: "No case of this phase has a reference yet.",
      hint: "The organiser has to add references for the test cases.",
    });
  if (caller.user === null)
    reasons.push({ code: "SEG401", message: "Submitting needs an account.", hint: "Sign in or sign up." });
  else if (standing.team === null)
    reasons.push({ code: "SEG408", message: "Submitting needs a team.", hint: `Register a team for ${benchmark.id}.` });
  else if (standing.team.status !== "approved")
    reasons.push({
      code: "SEG408",
      message: `The team ${standing.team.name} is ${standing.team.status}.`,
      hint: "An organiser decides about it.",
    });
  else {
    const left = await quotaLeft(context.database, phase, standing.team.id, now);
    if (left.total === 0)
      reasons.push({
        code: "SEG407",
        message: "The team has used all its submissions of this phase.",
        hint: "There is no more in this phase.",
      });
    else if (left.today === 0)
      reasons.push({
        code: "SEG407",
        message: "The team has used its submissions of today (UTC).",
        hint: `New ones from ${left.resetsAt}.`,
      });
  }
  return reasons;
}

async function viewOf(
  context: HttpContext,
  benchmark: BenchmarkRow,
  phase: PhaseRow,
  caller: Caller,
  standing: Standing,
): Promise<Phase> {
  const document = phaseDocumentOf(phase);
  const cases = await casesOfPhase(context.database, phase);
  const test = await context.database
    .selectFrom("benchmark_case")
    .select(["task", "case_id"])
    .where("benchmark", "=", benchmark.id)
    .where("split", "=", "test")
    .where("task", "in", document.tasks)
    .execute();
  const now = new Date();
  // With a private part, the list of scored cases is not told: every test case is predicted, and the server takes its part.
  const expected =
    document.split === undefined
      ? cases.map((entry) => ({ task: entry.task, name: entry.case }))
      : test.map((row) => ({ task: row.task, name: row.case_id }));
  const perTask = <T>(make: (task: string) => T): Record<string, T> =>
    Object.fromEntries(document.tasks.map((task) => [task, make(task)]));
  return {
    id: phase.id,
    benchmark: benchmark.id,
    title: document.title ?? phase.id,
    state: phaseState(phase, now),
    opens: phase.opens?.toISOString() ?? null,
    closes: phase.closes?.toISOString() ?? null,
    tasks: document.tasks,
    feedback: feedbackOf(document),
    quota: { perDay: phase.quota_per_day, total: phase.quota_total },
    cases: perTask((task) => cases.filter((entry) => entry.task === task).length),
    split: document.split ?? null,
    absentTask: document.absent_task,
    leaderboard: phase.leaderboard,
    deadlineRule:
      "A submission counts when it was created before the phase closes, by the server's clock (UTC); its upload may end later, within a day.",
    notOpenBecause: await notOpen(context, benchmark, phase, caller, standing, cases.length),
    remaining: standing.team === null ? null : await quotaLeft(context.database, phase, standing.team.id, now),
    expectedFiles: perTask((task) =>
      expected
        .filter((entry) => entry.task === task)
        .map((entry) => `${entry.name}.nii.gz`)
        .sort(compareNames),
    ),
  };
}

function required(row: BenchmarkRow | null): BenchmarkRow {
  if (row === null) throw new SegathlonError("SEG403", "there is no such benchmark");
  return row;
}

function emptyBoard(benchmark: BenchmarkRow, phase: PhaseRow, query: LeaderboardQuery, reason: string): Leaderboard {
  const ranking = documentOf(benchmark).protocol.ranking;
  return {
    benchmark: benchmark.id,
    phase: phase.id,
    task: query.task ?? null,
    region: query.region ?? null,
    metric: query.metric ?? null,
    scheme: query.scheme ?? ranking?.scheme ?? "mean-then-rank",
    alpha: ranking?.alpha ?? null,
    bootstrap: ranking?.bootstrap ?? 1000,
    seed: ranking?.seed ?? 1,
    kind: "live",
    snapshot: null,
    revision: "hidden",
    referencesRevision: phase.references_revision,
    computedAt: new Date().toISOString(),
    cases: 0,
    hiddenBecause: reason,
    feedback: feedbackOf(phaseDocumentOf(phase)),
    columns: [],
    entries: [],
    ranking: null,
    scoreTable: null,
    notes: [],
  };
}

/** The board for this caller; `mine` is marked last, so that the computed board is shared. */
export async function boardFor(
  context: HttpContext,
  benchmark: BenchmarkRow,
  phase: PhaseRow,
  query: LeaderboardQuery,
  standing: Standing,
): Promise<CachedBoard> {
  const now = new Date();
  const reason = standing.organiser ? null : hiddenBecause(phase, now);
  if (reason !== null) return boardBytes(emptyBoard(benchmark, phase, query, reason));
  if (query.snapshot !== undefined) {
    const row = await context.database
      .selectFrom("snapshot")
      .selectAll()
      .where("id", "=", query.snapshot)
      .where("benchmark", "=", benchmark.id)
      .where("phase", "=", phase.id)
      .executeTakeFirst()
      .catch(() => undefined);
    if (row === undefined || !(row.is_public || standing.organiser))
      throw new SegathlonError("SEG403", "there is no such snapshot");
    return boardBytes(row.board as Leaderboard);
  }
  const detail = standing.organiser || feedbackOf(phaseDocumentOf(phase)).level === "per-case" ? "full" : "rounded";
  const key = JSON.stringify([
    benchmark.id,
    phase.id,
    phase.board_revision,
    phase.references_revision,
    benchmark.updated_at,
    phaseState(phase, now),
    query,
    detail,
  ]);
  return context.boards.get(key, () =>
    buildLeaderboard(context, context.pool, { benchmark, phase, query, detail, now }),
  );
}

/** The board with the team's own entries marked: one more set of bytes for each team that looks. */
async function markMine(context: HttpContext, cached: CachedBoard, standing: Standing): Promise<CachedBoard> {
  const { board } = cached;
  if (standing.team === null || board.entries.length === 0) return cached;
  const own = await context.database
    .selectFrom("submission")
    .select("id")
    .where("team", "=", standing.team.id)
    .execute();
  const mine = new Set(own.map((row) => row.id));
  const marked = board.entries.filter((entry) => mine.has(entry.submission)).map((entry) => entry.submission);
  if (marked.length === 0) return cached;
  const key = JSON.stringify([board.benchmark, board.phase, board.revision, board.computedAt, board.snapshot, marked]);
  return context.boards.get(key, async () => ({
    ...board,
    entries: board.entries.map((entry) => ({ ...entry, mine: mine.has(entry.submission) })),
  }));
}

function csvOf(board: Leaderboard): string {
  const header = [
    "rank",
    "rank_low",
    "rank_high",
    "team",
    "method",
    "baseline",
    "submission",
    "submitted_at",
    ...board.columns.flatMap((column) => [
      column.key,
      `${column.key} ci_low`,
      `${column.key} ci_high`,
      `${column.key} n`,
    ]),
  ];
  const rows = board.entries.map((entry) => [
    entry.rank,
    entry.rankInterval?.[0] ?? null,
    entry.rankInterval?.[1] ?? null,
    safeCell(entry.team),
    safeCell(entry.method),
    entry.baseline ? "yes" : "no",
    entry.submission,
    entry.submittedAt,
    ...board.columns.flatMap((column) => {
      const value = entry.values[column.key];
      return [value?.mean ?? null, value?.ci95?.[0] ?? null, value?.ci95?.[1] ?? null, value?.n ?? null];
    }),
  ]);
  return writeCsv([header, ...rows] as never);
}

/** A cell that a spreadsheet would run as a formula gets a quote in front (OWASP, CSV injection). */
export function safeCell(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

export const phaseHandlers = {
  async listPhases(context, { benchmark, caller, standing }) {
    const row = required(benchmark);
    const phases = await phasesOf(context.database, row.id);
    return Promise.all(phases.map((phase) => viewOf(context, row, phase, caller, standing)));
  },

  async getPhase(context, { benchmark, params, caller, standing }) {
    return viewOf(
      context,
      required(benchmark),
      await findPhase(context.database, params.benchmark, params.phase),
      caller,
      standing,
    );
  },

  async patchPhase(context, { benchmark, params, body, caller, standing }) {
    const before = await findPhase(context.database, params.benchmark, params.phase);
    const opens = body.opens === undefined ? before.opens : body.opens === null ? null : new Date(body.opens);
    const closes = body.closes === undefined ? before.closes : body.closes === null ? null : new Date(body.closes);
    if (opens !== null && closes !== null && opens >= closes)
      throw new SegathlonError("SEG404", "the phase would close before it opens", { where: { field: "closes" } });
    await context.database
      .updateTable("phase")
      .set({
        opens,
        closes,
        ...(body.frozen === undefined ? {} : { frozen_at: body.frozen ? (before.frozen_at ?? new Date()) : null }),
        ...(body.leaderboard === undefined ? {} : { leaderboard: body.leaderboard }),
        ...(body.quota === undefined ? {} : { quota_per_day: body.quota.perDay, quota_total: body.quota.total }),
      })
      .where("benchmark", "=", params.benchmark)
      .where("id", "=", params.phase)
      .execute();
    const { reason, ...changes } = body;
    await audit(context.database, {
      benchmark: params.benchmark,
      actor: caller.user?.id ?? "system",
      action: "phase.change",
      subject: params.phase,
      detail: { reason, changes },
    });
    context.events.publish({ type: "phase", benchmark: params.benchmark, phase: params.phase });
    return viewOf(
      context,
      required(benchmark),
      await findPhase(context.database, params.benchmark, params.phase),
      caller,
      standing,
    );
  },

  async getLeaderboard(context, { benchmark, params, query, standing, request, reply }) {
    const phase = await context.rows.read(`phase ${params.benchmark} ${params.phase}`, () =>
      findPhase(context.database, params.benchmark, params.phase),
    );
    const cached = await boardFor(context, required(benchmark), phase, query, standing);
    const { board } = cached;
    const etag = `W/"${board.revision}${standing.team === null ? "" : `-${standing.team.id.slice(0, 8)}`}${board.kind === "live" ? "" : "-f"}"`;
    reply.header("etag", etag).header("cache-control", "private, no-cache").header("vary", "accept-encoding, cookie");
    if (request.headers["if-none-match"] === etag) {
      await reply.code(304).send();
      return answered;
    }
    const { json, gzipped } = await markMine(context, cached, standing);
    reply.type("application/json; charset=utf-8");
    if (/\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(request.headers["accept-encoding"] ?? ""))
      await reply.header("content-encoding", "gzip").send(gzipped);
    else await reply.send(json);
    return answered;
  },

  async getLeaderboardCsv(context, { benchmark, params, query, standing, reply }) {
    const phase = await findPhase(context.database, params.benchmark, params.phase);
    const { board } = await boardFor(context, required(benchmark), phase, query, standing);
    if (board.hiddenBecause !== null) throw new SegathlonError("SEG402", board.hiddenBecause);
    await reply
      .type("text/csv; charset=utf-8")
      .header("content-disposition", `attachment; filename="${params.benchmark}-${params.phase}.csv"`)
      .send(csvOf(board));
    return answered;
  },

  async listSnapshots(context, { params, standing }) {
    const { id } = await findPhase(context.database, params.benchmark, params.phase);
    const rows = await context.database
      .selectFrom("snapshot")
      .select(["id", "title", "created_at", "is_public"])
      .where("benchmark", "=", params.benchmark)
      .where("phase", "=", id)
      .orderBy("created_at", "desc")
      .execute();
    return rows
      .filter((row) => row.is_public || standing.organiser)
      .map((row) => ({ id: row.id, title: row.title, createdAt: row.created_at.toISOString(), public: row.is_public }));
  },

  async createSnapshot(context, { benchmark, params, body, caller, standing }) {
    const phase = await findPhase(context.database, params.benchmark, params.phase);
    const id = randomUUID();
    const created = new Date();
    // A public snapshot keeps what the public may see, an internal one everything.
    const { board } = await boardFor(
      context,
      required(benchmark),
      phase,
      {},
      body.public ? { administrator: false, organiser: false, team: null } : standing,
    );
    if (board.hiddenBecause !== null)
      throw new SegathlonError("SEG405", "the board is hidden now, so a public snapshot would be empty", {
        hint: "Make it with `public: false`, or after the phase has closed.",
      });
    await context.database
      .insertInto("snapshot")
      .values({
        id,
        benchmark: params.benchmark,
        phase: phase.id,
        title: body.title,
        is_public: body.public,
        created_at: created,
        board: JSON.stringify({ ...board, kind: "snapshot", snapshot: id }),
      })
      .execute();
    await audit(context.database, {
      benchmark: params.benchmark,
      actor: caller.user?.id ?? "system",
      action: "snapshot.create",
      subject: id,
      detail: { title: body.title, phase: phase.id },
    });
    return { id, title: body.title, createdAt: created.toISOString(), public: body.public };
  },

  async getLeakBudget(context, { benchmark, params }) {
    const row = required(benchmark);
    const phase = await findPhase(context.database, params.benchmark, params.phase);
    const document = documentOf(row);
    const numbers = phaseDocumentOf(phase).tasks.reduce(
      (sum, task) =>
        sum +
        Object.keys(document.tasks.find((entry) => entry.id === task)?.regions ?? {}).length *
          taskColumns(document, task).length,
      0,
    );
    return leakBudget(context, phase, numbers);
  },
} satisfies Partial<Handlers>;
