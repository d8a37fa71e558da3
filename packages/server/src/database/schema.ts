/**
 * The tables as Kysely sees them. The same SQL runs on PGlite and on PostgreSQL: byte counts are `double precision` (exact up to
 * 2^53 and a plain number on both), UTC days are text, documents are jsonb.
 */
import type { Geometry } from "@segathlon/volume";
import type { ColumnType, Generated } from "kysely";

type Json<T> = ColumnType<T, string, string>;
type Time = ColumnType<Date, Date | string, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type GeneratedTime = ColumnType<Date, Date | string | undefined, Date | string>;

export interface SettingTable {
  key: string;
  value: string;
}

export interface BenchmarkTable {
  id: string;
  document: Json<unknown>;
  document_text: string;
  protocol_hash: string;
  settings: Json<StoredSettings>;
  references_revision: number;
  listed: boolean;
  created_at: GeneratedTime;
  updated_at: GeneratedTime;
}

export interface StoredSettings {
  readonly registration: "open" | "approval" | "closed";
  readonly maxTeamSize: number;
  readonly dataAccess: "open" | "registered" | "on-request" | "closed";
  readonly dataUseAgreement: string | null;
}

export interface PhaseTable {
  benchmark: string;
  id: string;
  position: number;
  document: Json<unknown>;
  opens: TimeOrNull;
  closes: TimeOrNull;
  frozen_at: TimeOrNull;
  leaderboard: "public" | "hidden-until-close" | "organisers";
  quota_per_day: number | null;
  quota_total: number | null;
  /** References that count for this phase's board. */
  references_revision: number;
  board_revision: number;
}

export interface CaseTable {
  benchmark: string;
  task: string;
  case_id: string;
  split: "training" | "validation" | "test";
  part: "public" | "private" | null;
  attributes: Json<Record<string, string | number>>;
  /** Grid that predictions must lie on; null until a reference or an image is stored. */
  geometry: ColumnType<Geometry | null, string | null | undefined, string | null>;
}

export interface CaseImageTable {
  benchmark: string;
  task: string;
  case_id: string;
  channel: string;
  file_name: string;
  blob: string;
  bytes: number;
  sha256: string;
}

export interface ReferenceTable {
  benchmark: string;
  task: string;
  case_id: string;
  revision: number;
  file_name: string;
  /** null: from this revision on the case is not scored. */
  blob: string | null;
  bytes: number;
  /** Of the plain file. Never leaves the server for a hidden case. */
  sha256: string;
  sealed: boolean;
}

export interface OrganiserTable {
  benchmark: string;
  user_id: string;
  since: GeneratedTime;
}

export interface TeamTable {
  id: string;
  benchmark: string;
  name: string;
  /** Folded for comparison, so that two names cannot look alike. */
  name_key: string;
  institution: string | null;
  status: "pending" | "approved" | "rejected";
  created_at: GeneratedTime;
}

export interface TeamMemberTable {
  team: string;
  benchmark: string;
  user_id: string;
  leader: boolean;
  joined_at: GeneratedTime;
}

export interface InvitationTable {
  id: string;
  kind: "team" | "organiser" | "administrator";
  benchmark: string | null;
  team: string | null;
  email: string | null;
  token_hash: string;
  expires_at: Time;
  used_at: TimeOrNull;
  created_by: string | null;
}

export interface SubmissionTable {
  id: Generated<number>;
  benchmark: string;
  phase: string;
  team: string;
  user_id: string | null;
  method: Json<{ name: string; description: string; links: string[]; runtimeSeconds: number | null }>;
  baseline: Generated<boolean>;
  state: "uploading" | "received" | "checking" | "queued" | "scoring" | "scored" | "refused" | "failed" | "cancelled";
  created_at: GeneratedTime;
  received_at: TimeOrNull;
  started_at: TimeOrNull;
  finished_at: TimeOrNull;
  /** When its place in the queue began; the order of the queue. */
  queued_at: TimeOrNull;
  upload_kind: "archive" | "files";
  findings: ColumnType<unknown[], string | undefined, string>;
  failure: ColumnType<StoredFailure | null, string | null | undefined, string | null>;
  quota: Generated<"none" | "reserved" | "used">;
  /** UTC day (YYYY-MM-DD) on which it counts: the day it was created on the server's clock. */
  quota_day: string;
  /** Counts intake attempts; a result of an older attempt is refused. */
  fence: Generated<number>;
  lease_until: TimeOrNull;
  worker: string | null | undefined;
  withdrawn_at: TimeOrNull;
  /** Hash over the sorted prediction hashes. */
  content_hash: string | null | undefined;
  case_total: Generated<number>;
}

export interface StoredFailure {
  readonly kind: "participant" | "organiser" | "infrastructure";
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export interface UploadTable {
  id: string;
  submission: number;
  task: string | null;
  name: string;
  bytes: number;
  received: Generated<number>;
  expected_sha256: string | null;
  sha256: string | null | undefined;
  complete: Generated<boolean>;
  touched_at: GeneratedTime;
}

export interface UploadPartTable {
  upload: string;
  start: number;
  bytes: number;
  blob: string;
}

export interface PredictionTable {
  submission: number;
  task: string;
  case_id: string;
  file_name: string;
  blob: string;
  bytes: number;
  sha256: string;
}

export interface EvaluationTable {
  id: Generated<number>;
  submission: number;
  version: number;
  rescore: string | null;
  references_revision: number;
  protocol_hash: string;
  evaluator: string;
  state: "queued" | "scoring" | "done" | "failed" | "cancelled";
  is_current: Generated<boolean>;
  created_at: GeneratedTime;
  finished_at: TimeOrNull;
  /** Per task: an evaluation document without its cases. */
  summary: ColumnType<Record<string, unknown> | null, string | null | undefined, string | null>;
}

export interface ChunkTable {
  evaluation: number;
  number: number;
  task: string;
  cases: Json<string[]>;
  state: "queued" | "running" | "done" | "dead" | "cancelled";
  /** Raised by every claim; only the newest claim may write its result. */
  fence: Generated<number>;
  attempts: Generated<number>;
  worker: string | null | undefined;
  lease_until: TimeOrNull;
  done_cases: Generated<number>;
  seconds: number | null | undefined;
}

export interface EvaluationCaseTable {
  evaluation: number;
  task: string;
  case_id: string;
  /** A `CaseResult` of `segathlon/evaluation@1`. */
  result: Json<unknown>;
  /** Stored histograms, so that a change of tolerance needs no voxels; null where no boundary was compared. */
  artefact: string | null;
  seconds: number;
}

export interface FaultTable {
  id: Generated<number>;
  submission: number | null;
  evaluation: number | null;
  at: GeneratedTime;
  worker: string | null;
  message: string;
}

export interface ApiKeyTable {
  id: string;
  user_id: string;
  name: string;
  key_hash: string;
  scopes: Json<string[]>;
  created_at: GeneratedTime;
  expires_at: TimeOrNull;
  last_used_at: TimeOrNull;
}

export interface AuditTable {
  id: Generated<number>;
  at: GeneratedTime;
  benchmark: string | null;
  actor: string;
  action: string;
  subject: string;
  detail: Json<Record<string, unknown>>;
}

export interface AnnouncementTable {
  id: string;
  benchmark: string;
  title: string;
  body: string;
  author: string;
  created_at: GeneratedTime;
}

export interface ErratumTable {
  id: string;
  benchmark: string;
  task: string;
  case_id: string;
  revision: number;
  action: "replace" | "exclude";
  reason: string;
  author: string;
  created_at: GeneratedTime;
}

export interface RescoreTable {
  id: string;
  benchmark: string;
  phase: string;
  state: "running" | "ready" | "failed" | "applied" | "discarded";
  apply_when_ready: boolean;
  reason: string;
  author: string;
  from_references: number;
  to_references: number;
  difference: ColumnType<unknown[] | null, string | null | undefined, string | null>;
  problem: string | null | undefined;
  created_at: GeneratedTime;
  finished_at: TimeOrNull;
}

export interface SnapshotTable {
  id: string;
  benchmark: string;
  phase: string;
  title: string;
  is_public: boolean;
  created_at: GeneratedTime;
  board: Json<unknown>;
}

export interface DataAccessTable {
  id: string;
  benchmark: string;
  user_id: string;
  institution: string;
  purpose: string;
  agreement_sha256: string;
  status: "pending" | "approved" | "rejected";
  requested_at: GeneratedTime;
  decided_at: TimeOrNull;
}

export interface DownloadTable {
  id: Generated<number>;
  at: GeneratedTime;
  benchmark: string;
  user_id: string | null;
  path: string;
  bytes: number;
}

export interface OutboxTable {
  id: string;
  recipient: string;
  subject: string;
  body: string;
  created_at: GeneratedTime;
  sent_at: TimeOrNull;
}

export interface WorkerTable {
  id: string;
  host: string;
  version: string;
  threads: number;
  started_at: GeneratedTime;
  seen_at: Time;
}

export interface RateTable {
  key: string;
  window_start: Time;
  hits: number;
}

/** The part of better-auth's user table that our queries read. */
export interface AuthUserTable {
  id: string;
  name: string;
  email: string;
  emailVerified: boolean;
  administrator: boolean | null;
  createdAt: Time;
}

export interface Database {
  setting: SettingTable;
  benchmark: BenchmarkTable;
  phase: PhaseTable;
  benchmark_case: CaseTable;
  case_image: CaseImageTable;
  case_reference: ReferenceTable;
  organiser: OrganiserTable;
  team: TeamTable;
  team_member: TeamMemberTable;
  invitation: InvitationTable;
  submission: SubmissionTable;
  upload: UploadTable;
  upload_part: UploadPartTable;
  prediction: PredictionTable;
  evaluation: EvaluationTable;
  evaluation_chunk: ChunkTable;
  evaluation_case: EvaluationCaseTable;
  fault: FaultTable;
  api_key: ApiKeyTable;
  audit_log: AuditTable;
  announcement: AnnouncementTable;
  erratum: ErratumTable;
  rescore: RescoreTable;
  snapshot: SnapshotTable;
  data_access: DataAccessTable;
  download: DownloadTable;
  outbox: OutboxTable;
  worker: WorkerTable;
  rate_window: RateTable;
  auth_user: AuthUserTable;
}
