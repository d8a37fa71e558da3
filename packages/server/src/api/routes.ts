/**
 * The route table: every route of `/api/v1` with who may call it, what goes in and what comes out. The server registers exactly
 * this table, the OpenAPI document is made from it, the client is typed by it, and the crawler test walks it as every role.
 */
import { z } from "zod";
import * as benchmark from "./benchmark.ts";
import * as identity from "./identity.ts";
import * as leaderboard from "./leaderboard.ts";
import * as organiser from "./organiser.ts";
import * as phase from "./phase.ts";
import type { RouteName } from "./route-paths.ts";
import { serverInfoSchema } from "./server-info.ts";
import * as submission from "./submission.ts";
import * as team from "./team.ts";

/**
 * Who may call. `team`: a member of the submission's team, an organiser of its benchmark or an administrator. `data`: whoever the
 * benchmark's data access policy admits. Routes about another benchmark's things answer 404, not 403, to outsiders.
 */
export type Access = "anyone" | "user" | "participant" | "team" | "data" | "organiser" | "administrator";

export interface Route {
  readonly summary: string;
  readonly access: Access;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Body is a stream of bytes. */
  readonly upload?: true;
  readonly response?: z.ZodType;
  readonly status?: 200 | 201 | 202 | 204;
}

const name = z.string().min(1).max(255);
const slug = benchmark.slugSchema;
const inBenchmark = z.strictObject({ benchmark: slug });
const inPhase = z.strictObject({ benchmark: slug, phase: slug });
const inTask = z.strictObject({ benchmark: slug, task: slug });
const inCase = z.strictObject({ benchmark: slug, task: slug, case: name });
const inChannel = z.strictObject({ benchmark: slug, task: slug, case: name, channel: name });
const inTeam = z.strictObject({ benchmark: slug, team: z.uuid() });
const inSubmission = z.strictObject({ submission: z.coerce.number().int().positive().max(2_147_483_647) });
const inRescore = z.strictObject({ rescore: z.uuid() });
const splitQuery = z.strictObject({ split: benchmark.splitSchema.optional() });
const sha256Query = z.strictObject({
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
const pageQuery = z.strictObject({
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

export const routes = {
  getServer: { summary: "What this server is and allows", access: "anyone", response: serverInfoSchema },

  getSession: { summary: "Who I am", access: "anyone", response: identity.sessionSchema },
  signUp: {
    summary: "Make an account and sign in",
    access: "anyone",
    body: identity.signUpSchema,
    response: identity.sessionSchema,
    status: 201,
  },
  signIn: { summary: "Sign in", access: "anyone", body: identity.signInSchema, response: identity.sessionSchema },
  signOut: { summary: "Sign out", access: "anyone", status: 204 },
  requestPasswordReset: {
    summary: "Ask for a password reset; answers the same whether the account exists or not",
    access: "anyone",
    body: identity.passwordResetRequestSchema,
    status: 204,
  },
  resetPassword: { summary: "Set a new password", access: "anyone", body: identity.passwordResetSchema, status: 204 },
  exportAccount: { summary: "Everything stored about me", access: "user", response: identity.accountExportSchema },
  deleteAccount: {
    summary: "Delete my account; results stay, anonymised",
    access: "user",
    body: z.strictObject({ confirm: z.literal("delete my account") }),
    status: 204,
  },
  listApiKeys: { summary: "My API keys", access: "user", response: z.array(identity.apiKeySchema) },
  createApiKey: {
    summary: "Make an API key; shown once",
    access: "user",
    body: identity.createApiKeySchema,
    response: identity.createdApiKeySchema,
    status: 201,
  },
  deleteApiKey: { summary: "End an API key", access: "user", params: z.strictObject({ key: z.uuid() }), status: 204 },

  listBenchmarks: { summary: "Benchmarks", access: "anyone", response: z.array(benchmark.benchmarkSummarySchema) },
  createBenchmark: {
    summary: "Create a benchmark from its document",
    access: "administrator",
    body: benchmark.createBenchmarkSchema,
    response: benchmark.benchmarkSchema,
    status: 201,
  },
  getBenchmark: {
    summary: "One benchmark",
    access: "anyone",
    params: inBenchmark,
    response: benchmark.benchmarkSchema,
  },
  updateBenchmark: {
    summary: "Replace the document; a change of scoring asks for a re-score",
    access: "organiser",
    params: inBenchmark,
    body: benchmark.createBenchmarkSchema,
    response: benchmark.benchmarkSchema,
  },
  patchBenchmarkSettings: {
    summary: "Change registration, data access, listing",
    access: "organiser",
    params: inBenchmark,
    body: benchmark.benchmarkSettingsSchema,
    response: benchmark.benchmarkSchema,
  },
  listCases: {
    summary: "Cases of a task",
    access: "anyone",
    params: inTask,
    query: splitQuery,
    response: z.array(benchmark.caseSchema),
  },
  putCaseImage: {
    summary: "Store an image channel of a case",
    access: "organiser",
    params: inChannel,
    query: splitQuery,
    upload: true,
    status: 204,
  },
  putCaseReference: {
    summary: "Store the first reference of a case (sealed when its split is hidden)",
    access: "organiser",
    params: inCase,
    query: splitQuery.extend({ part: z.enum(["public", "private"]).optional() }),
    upload: true,
    status: 204,
  },
  getCaseImage: { summary: "Image file", access: "data", params: inChannel },
  getCaseReference: { summary: "Reference file, where it is public", access: "data", params: inCase },
  getCaseThumbnail: { summary: "PNG of the middle slice", access: "data", params: inCase },
  listDownloads: {
    summary: "Files to download with checksums",
    access: "data",
    params: inBenchmark,
    query: splitQuery,
    response: benchmark.downloadsSchema,
  },
  getDataAccess: {
    summary: "My request for the data",
    access: "user",
    params: inBenchmark,
    response: z.object({
      policy: benchmark.dataAccessPolicySchema,
      allowed: z.boolean(),
      request: benchmark.dataAccessRequestSchema.nullable(),
    }),
  },
  requestDataAccess: {
    summary: "Accept the agreement and ask for the data",
    access: "user",
    params: inBenchmark,
    body: benchmark.requestDataAccessSchema,
    response: benchmark.dataAccessRequestSchema,
    status: 201,
  },
  listDataAccess: {
    summary: "Requests for the data",
    access: "organiser",
    params: inBenchmark,
    response: z.array(benchmark.dataAccessRequestSchema),
  },
  decideDataAccess: {
    summary: "Approve or reject a request for the data",
    access: "organiser",
    params: z.strictObject({ benchmark: slug, request: z.uuid() }),
    body: team.decideSchema,
    response: benchmark.dataAccessRequestSchema,
  },

  listPhases: { summary: "Phases", access: "anyone", params: inBenchmark, response: z.array(phase.phaseSchema) },
  getPhase: { summary: "One phase", access: "anyone", params: inPhase, response: phase.phaseSchema },
  patchPhase: {
    summary: "Change dates, quota, freeze",
    access: "organiser",
    params: inPhase,
    body: phase.patchPhaseSchema,
    response: phase.phaseSchema,
  },
  getLeaderboard: {
    summary: "Leaderboard of a phase",
    access: "anyone",
    params: inPhase,
    query: leaderboard.leaderboardQuerySchema,
    response: leaderboard.leaderboardSchema,
  },
  getLeaderboardCsv: {
    summary: "Leaderboard as CSV",
    access: "anyone",
    params: inPhase,
    query: leaderboard.leaderboardQuerySchema,
  },
  listSnapshots: {
    summary: "Stored states of the leaderboard",
    access: "anyone",
    params: inPhase,
    response: z.array(leaderboard.snapshotSchema),
  },
  createSnapshot: {
    summary: "Store the leaderboard as it is now",
    access: "organiser",
    params: inPhase,
    body: leaderboard.createSnapshotSchema,
    response: leaderboard.snapshotSchema,
    status: 201,
  },

  listTeams: { summary: "Teams", access: "anyone", params: inBenchmark, response: z.array(team.teamSchema) },
  registerTeam: {
    summary: "Register a team for the benchmark",
    access: "user",
    params: inBenchmark,
    body: team.registerTeamSchema,
    response: team.teamSchema,
    status: 201,
  },
  decideTeam: {
    summary: "Approve or reject a team",
    access: "organiser",
    params: inTeam,
    body: team.decideSchema,
    response: team.teamSchema,
  },
  leaveTeam: {
    summary: "Leave a team; its leader or an organiser may remove others",
    access: "user",
    params: z.strictObject({ benchmark: slug, team: z.uuid(), user: name }),
    status: 204,
  },
  inviteToTeam: {
    summary: "Invite to my team",
    access: "participant",
    params: inTeam,
    body: team.inviteSchema,
    response: team.invitationSchema,
    status: 201,
  },
  acceptInvitation: {
    summary: "Accept an invitation",
    access: "user",
    body: team.acceptInvitationSchema,
    response: identity.sessionSchema,
  },

  listSubmissions: {
    summary: "My team's submissions",
    access: "user",
    params: inBenchmark,
    query: submission.submissionListQuerySchema,
    response: submission.submissionListSchema,
  },
  listSubmissionsCsv: {
    summary: "My team's submissions as CSV",
    access: "user",
    params: inBenchmark,
    query: submission.submissionListQuerySchema,
  },
  createSubmission: {
    summary: "Announce a submission and get the upload address",
    access: "participant",
    params: inPhase,
    body: submission.createSubmissionSchema,
    response: submission.submissionSchema,
    status: 201,
  },
  getSubmission: {
    summary: "State, position, time left",
    access: "team",
    params: inSubmission,
    response: submission.submissionSchema,
  },
  putSubmissionArchive: {
    summary: "Upload the whole archive in one request",
    access: "team",
    params: inSubmission,
    query: sha256Query,
    upload: true,
    response: submission.submissionSchema,
  },
  putSubmissionFile: {
    summary: "Upload the file of one case",
    access: "team",
    params: z.strictObject({ submission: inSubmission.shape.submission, task: slug, name }),
    query: sha256Query,
    upload: true,
    response: submission.submissionSchema,
  },
  completeUpload: {
    summary: "All files are there: check and queue",
    access: "team",
    params: inSubmission,
    response: submission.submissionSchema,
    status: 202,
  },
  cancelSubmission: {
    summary: "Cancel before scoring has ended; a score that exists stays",
    access: "team",
    params: inSubmission,
    response: submission.submissionSchema,
  },
  withdrawSubmission: {
    summary: "Take a scored entry off the leaderboard; the audit log keeps a stub",
    access: "team",
    params: inSubmission,
    body: submission.withdrawSchema,
    response: submission.submissionSchema,
  },
  getEvaluation: {
    summary: "Scores, as far as the phase shows them to the caller",
    access: "team",
    params: inSubmission,
    response: submission.evaluationViewSchema,
  },
  getPrediction: {
    summary: "One of my predictions",
    access: "team",
    params: z.strictObject({ submission: inSubmission.shape.submission, task: slug, case: name }),
  },
  watchSubmission: { summary: "Events of one submission", access: "team", params: inSubmission },
  watchBenchmark: { summary: "Public events of a benchmark", access: "anyone", params: inBenchmark },

  listAnnouncements: {
    summary: "Announcements",
    access: "anyone",
    params: inBenchmark,
    response: z.array(organiser.announcementSchema),
  },
  createAnnouncement: {
    summary: "Announce",
    access: "organiser",
    params: inBenchmark,
    body: organiser.createAnnouncementSchema,
    response: organiser.announcementSchema,
    status: 201,
  },
  deleteAnnouncement: {
    summary: "Remove an announcement",
    access: "organiser",
    params: z.strictObject({ benchmark: slug, announcement: z.uuid() }),
    status: 204,
  },

  listAllSubmissions: {
    summary: "Every submission with worker, age and faults",
    access: "organiser",
    params: inBenchmark,
    query: submission.submissionListQuerySchema,
    response: z.object({
      submissions: z.array(submission.organiserSubmissionSchema),
      next: z.number().int().nullable(),
    }),
  },
  retrySubmission: {
    summary: "Score a failed submission again",
    access: "organiser",
    params: inSubmission,
    response: submission.submissionSchema,
    status: 202,
  },
  setBaseline: {
    summary: "Mark an entry as a baseline",
    access: "organiser",
    params: inSubmission,
    body: organiser.baselineSchema,
    response: submission.submissionSchema,
  },
  listAuditLog: {
    summary: "Who did what when",
    access: "organiser",
    params: inBenchmark,
    query: pageQuery,
    response: organiser.auditLogSchema,
  },
  getLeakBudget: {
    summary: "How much of the hidden reference the feedback can have disclosed",
    access: "organiser",
    params: inPhase,
    response: organiser.leakBudgetSchema,
  },
  listErrata: {
    summary: "Corrections of references",
    access: "anyone",
    params: inBenchmark,
    response: z.array(organiser.erratumSchema),
  },
  replaceReference: {
    summary: "Correct a reference; takes part in scoring after a re-score is applied",
    access: "organiser",
    params: inCase,
    query: z.strictObject({ reason: z.string().trim().min(1).max(2000) }),
    upload: true,
    response: organiser.erratumSchema,
    status: 201,
  },
  excludeCase: {
    summary: "Take a case out of scoring from the next re-score on",
    access: "organiser",
    params: inCase,
    body: organiser.excludeCaseSchema,
    response: organiser.erratumSchema,
    status: 201,
  },
  listRescores: {
    summary: "Re-scorings",
    access: "organiser",
    params: inBenchmark,
    response: z.array(organiser.rescoreSchema),
  },
  startRescore: {
    summary: "Score every entry of a phase again, aside; nothing changes until it is applied",
    access: "organiser",
    params: inPhase,
    body: organiser.startRescoreSchema,
    response: organiser.rescoreSchema,
    status: 202,
  },
  getRescore: { summary: "One re-scoring", access: "organiser", params: inRescore, response: organiser.rescoreSchema },
  applyRescore: {
    summary: "Make the new scores count, all at once",
    access: "organiser",
    params: inRescore,
    response: organiser.rescoreSchema,
  },
  discardRescore: {
    summary: "Throw the new scores away",
    access: "organiser",
    params: inRescore,
    response: organiser.rescoreSchema,
  },
  listOrganisers: {
    summary: "Organisers",
    access: "organiser",
    params: inBenchmark,
    response: organiser.organiserListSchema,
  },
  addOrganiser: {
    summary: "Make an account an organiser",
    access: "organiser",
    params: inBenchmark,
    body: organiser.addOrganiserSchema,
    response: organiser.organiserListSchema,
    status: 201,
  },
  removeOrganiser: {
    summary: "Take the organiser role back",
    access: "organiser",
    params: z.strictObject({ benchmark: slug, user: name }),
    status: 204,
  },
  inviteOrganiser: {
    summary: "Invite an organiser by link",
    access: "organiser",
    params: inBenchmark,
    body: team.inviteSchema,
    response: team.invitationSchema,
    status: 201,
  },

  listUsers: { summary: "Accounts", access: "administrator", response: z.array(identity.userSchema) },
  listOutbox: {
    summary: "Messages that could not be mailed: links for the administrator to pass on",
    access: "administrator",
    response: z.array(
      z.object({
        id: z.string(),
        to: z.string(),
        subject: z.string(),
        body: z.string(),
        createdAt: z.iso.datetime(),
        sent: z.boolean(),
      }),
    ),
  },
} as const satisfies Record<RouteName, Route>;

export type Routes = typeof routes;
/** Path parameters of a route as the client passes them. */
export type RouteParams<N extends RouteName> = Routes[N] extends { params: infer P extends z.ZodType }
  ? z.input<P>
  : undefined;
export type RouteQuery<N extends RouteName> = Routes[N] extends { query: infer Q extends z.ZodType }
  ? z.input<Q>
  : undefined;
export type RouteBody<N extends RouteName> = Routes[N] extends { body: infer B extends z.ZodType }
  ? z.input<B>
  : undefined;
export type RouteResponse<N extends RouteName> = Routes[N] extends { response: infer R extends z.ZodType }
  ? z.output<R>
  : undefined;
