/**
 * Method and path of every route, without schemas, so that the client stays small in a browser. `routes.ts` adds who may call,
 * what goes in and what comes out.
 */
const json = "json";
const bytes = "bytes";
const csv = "csv";
const events = "events";
const empty = "empty";

/** `kind` says what a success carries: a JSON body, a file, a CSV table, a stream of events, nothing. */
export const routePaths = {
  getServer: { method: "GET", path: "/server", kind: json },

  getSession: { method: "GET", path: "/session", kind: json },
  signUp: { method: "POST", path: "/accounts", kind: json },
  signIn: { method: "POST", path: "/session", kind: json },
  signOut: { method: "DELETE", path: "/session", kind: empty },
  requestPasswordReset: { method: "POST", path: "/password-resets", kind: empty },
  resetPassword: { method: "POST", path: "/password-resets/complete", kind: empty },
  exportAccount: { method: "GET", path: "/account", kind: json },
  deleteAccount: { method: "DELETE", path: "/account", kind: empty },
  listApiKeys: { method: "GET", path: "/api-keys", kind: json },
  createApiKey: { method: "POST", path: "/api-keys", kind: json },
  deleteApiKey: { method: "DELETE", path: "/api-keys/{key}", kind: empty },

  listBenchmarks: { method: "GET", path: "/benchmarks", kind: json },
  createBenchmark: { method: "POST", path: "/benchmarks", kind: json },
  getBenchmark: { method: "GET", path: "/benchmarks/{benchmark}", kind: json },
  updateBenchmark: { method: "PUT", path: "/benchmarks/{benchmark}", kind: json },
  patchBenchmarkSettings: { method: "PATCH", path: "/benchmarks/{benchmark}/settings", kind: json },
  listCases: { method: "GET", path: "/benchmarks/{benchmark}/tasks/{task}/cases", kind: json },
  putCaseImage: {
    method: "PUT",
    path: "/benchmarks/{benchmark}/tasks/{task}/cases/{case}/images/{channel}",
    kind: empty,
  },
  putCaseReference: { method: "PUT", path: "/benchmarks/{benchmark}/tasks/{task}/cases/{case}/reference", kind: empty },
  getCaseImage: {
    method: "GET",
    path: "/benchmarks/{benchmark}/tasks/{task}/cases/{case}/images/{channel}",
    kind: bytes,
  },
  getCaseReference: { method: "GET", path: "/benchmarks/{benchmark}/tasks/{task}/cases/{case}/reference", kind: bytes },
  getCaseThumbnail: { method: "GET", path: "/benchmarks/{benchmark}/tasks/{task}/cases/{case}/thumbnail", kind: bytes },
  listDownloads: { method: "GET", path: "/benchmarks/{benchmark}/downloads", kind: json },
  getDataAccess: { method: "GET", path: "/benchmarks/{benchmark}/data-access", kind: json },
  requestDataAccess: { method: "POST", path: "/benchmarks/{benchmark}/data-access", kind: json },
  listDataAccess: { method: "GET", path: "/benchmarks/{benchmark}/data-access-requests", kind: json },
  decideDataAccess: { method: "PATCH", path: "/benchmarks/{benchmark}/data-access-requests/{request}", kind: json },

  listPhases: { method: "GET", path: "/benchmarks/{benchmark}/phases", kind: json },
  getPhase: { method: "GET", path: "/benchmarks/{benchmark}/phases/{phase}", kind: json },
  patchPhase: { method: "PATCH", path: "/benchmarks/{benchmark}/phases/{phase}", kind: json },
  getLeaderboard: { method: "GET", path: "/benchmarks/{benchmark}/phases/{phase}/leaderboard", kind: json },
  getLeaderboardCsv: { method: "GET", path: "/benchmarks/{benchmark}/phases/{phase}/leaderboard.csv", kind: csv },
  listSnapshots: { method: "GET", path: "/benchmarks/{benchmark}/phases/{phase}/snapshots", kind: json },
  createSnapshot: { method: "POST", path: "/benchmarks/{benchmark}/phases/{phase}/snapshots", kind: json },

  listTeams: { method: "GET", path: "/benchmarks/{benchmark}/teams", kind: json },
  registerTeam: { method: "POST", path: "/benchmarks/{benchmark}/teams", kind: json },
  decideTeam: { method: "PATCH", path: "/benchmarks/{benchmark}/teams/{team}", kind: json },
  leaveTeam: { method: "DELETE", path: "/benchmarks/{benchmark}/teams/{team}/members/{user}", kind: empty },
  inviteToTeam: { method: "POST", path: "/benchmarks/{benchmark}/teams/{team}/invitations", kind: json },
  acceptInvitation: { method: "POST", path: "/invitations/accept", kind: json },

  listSubmissions: { method: "GET", path: "/benchmarks/{benchmark}/submissions", kind: json },
  listSubmissionsCsv: { method: "GET", path: "/benchmarks/{benchmark}/submissions.csv", kind: csv },
  createSubmission: { method: "POST", path: "/benchmarks/{benchmark}/phases/{phase}/submissions", kind: json },
  getSubmission: { method: "GET", path: "/submissions/{submission}", kind: json },
  putSubmissionArchive: { method: "PUT", path: "/submissions/{submission}/archive", kind: json },
  putSubmissionFile: { method: "PUT", path: "/submissions/{submission}/files/{task}/{name}", kind: json },
  completeUpload: { method: "POST", path: "/submissions/{submission}/complete", kind: json },
  cancelSubmission: { method: "POST", path: "/submissions/{submission}/cancel", kind: json },
  withdrawSubmission: { method: "POST", path: "/submissions/{submission}/withdraw", kind: json },
  getEvaluation: { method: "GET", path: "/submissions/{submission}/evaluation", kind: json },
  getPrediction: { method: "GET", path: "/submissions/{submission}/predictions/{task}/{case}", kind: bytes },
  watchSubmission: { method: "GET", path: "/submissions/{submission}/events", kind: events },
  watchBenchmark: { method: "GET", path: "/benchmarks/{benchmark}/events", kind: events },

  listAnnouncements: { method: "GET", path: "/benchmarks/{benchmark}/announcements", kind: json },
  createAnnouncement: { method: "POST", path: "/benchmarks/{benchmark}/announcements", kind: json },
  deleteAnnouncement: { method: "DELETE", path: "/benchmarks/{benchmark}/announcements/{announcement}", kind: empty },

  listAllSubmissions: { method: "GET", path: "/benchmarks/{benchmark}/organiser/submissions", kind: json },
  retrySubmission: { method: "POST", path: "/submissions/{submission}/retry", kind: json },
  setBaseline: { method: "PUT", path: "/submissions/{submission}/baseline", kind: json },
  listAuditLog: { method: "GET", path: "/benchmarks/{benchmark}/organiser/audit-log", kind: json },
  getLeakBudget: { method: "GET", path: "/benchmarks/{benchmark}/phases/{phase}/leak-budget", kind: json },
  listErrata: { method: "GET", path: "/benchmarks/{benchmark}/errata", kind: json },
  replaceReference: { method: "PUT", path: "/benchmarks/{benchmark}/tasks/{task}/cases/{case}/erratum", kind: json },
  excludeCase: { method: "POST", path: "/benchmarks/{benchmark}/tasks/{task}/cases/{case}/exclusion", kind: json },
  listRescores: { method: "GET", path: "/benchmarks/{benchmark}/rescores", kind: json },
  startRescore: { method: "POST", path: "/benchmarks/{benchmark}/phases/{phase}/rescores", kind: json },
  getRescore: { method: "GET", path: "/rescores/{rescore}", kind: json },
  applyRescore: { method: "POST", path: "/rescores/{rescore}/apply", kind: json },
  discardRescore: { method: "POST", path: "/rescores/{rescore}/discard", kind: json },
  listOrganisers: { method: "GET", path: "/benchmarks/{benchmark}/organisers", kind: json },
  addOrganiser: { method: "POST", path: "/benchmarks/{benchmark}/organisers", kind: json },
  removeOrganiser: { method: "DELETE", path: "/benchmarks/{benchmark}/organisers/{user}", kind: empty },
  inviteOrganiser: { method: "POST", path: "/benchmarks/{benchmark}/organisers/invitations", kind: json },

  listUsers: { method: "GET", path: "/users", kind: json },
  listOutbox: { method: "GET", path: "/outbox", kind: json },
} as const;

export type RouteName = keyof typeof routePaths;
/** Every path of the table is below this prefix. */
export const apiPrefix = "/api/v1";
