/** The first schema. A migration is never edited after a release; a change is a new file. */
import { type Kysely, sql } from "kysely";

const statements = `
create table setting (key text primary key, value text not null);

create table benchmark (
  id text collate "C" primary key,
  document jsonb not null,
  document_text text not null,
  protocol_hash text not null,
  settings jsonb not null,
  references_revision integer not null default 1,
  listed boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table phase (
  benchmark text collate "C" not null references benchmark(id),
  id text collate "C" not null,
  position integer not null,
  document jsonb not null,
  opens timestamptz,
  closes timestamptz,
  frozen_at timestamptz,
  leaderboard text not null check (leaderboard in ('public', 'hidden-until-close', 'organisers')),
  quota_per_day integer check (quota_per_day > 0),
  quota_total integer check (quota_total > 0),
  references_revision integer not null default 1,
  board_revision integer not null default 1,
  primary key (benchmark, id)
);

create table benchmark_case (
  benchmark text collate "C" not null references benchmark(id),
  task text collate "C" not null,
  case_id text collate "C" not null,
  split text not null check (split in ('training', 'validation', 'test')),
  part text check (part in ('public', 'private')),
  attributes jsonb not null,
  geometry jsonb,
  primary key (benchmark, task, case_id)
);

create table case_image (
  benchmark text collate "C" not null,
  task text collate "C" not null,
  case_id text collate "C" not null,
  channel text collate "C" not null,
  file_name text not null,
  blob text not null,
  bytes double precision not null,
  sha256 text not null,
  primary key (benchmark, task, case_id, channel),
  foreign key (benchmark, task, case_id) references benchmark_case
);

create table case_reference (
  benchmark text collate "C" not null,
  task text collate "C" not null,
  case_id text collate "C" not null,
  revision integer not null,
  file_name text not null,
  blob text,
  bytes double precision not null,
  sha256 text not null,
  sealed boolean not null,
  primary key (benchmark, task, case_id, revision),
  foreign key (benchmark, task, case_id) references benchmark_case
);

create table organiser (
  benchmark text collate "C" not null references benchmark(id),
  user_id text not null,
  since timestamptz not null default now(),
  primary key (benchmark, user_id)
);

create table team (
  id uuid primary key,
  benchmark text collate "C" not null references benchmark(id),
  name text not null,
  name_key text collate "C" not null,
  institution text,
  status text not null check (status in ('pending', 'approved', 'rejected')),
  created_at timestamptz not null default now(),
  unique (benchmark, name_key)
);

create table team_member (
  team uuid not null references team(id),
  benchmark text collate "C" not null references benchmark(id),
  user_id text not null,
  leader boolean not null,
  joined_at timestamptz not null default now(),
  primary key (benchmark, user_id)
);
create index team_member_team on team_member (team);

create table invitation (
  id uuid primary key,
  kind text not null check (kind in ('team', 'organiser', 'administrator')),
  benchmark text collate "C",
  team uuid,
  email text,
  token_hash text not null unique,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_by text
);

create table submission (
  id serial primary key,
  benchmark text collate "C" not null,
  phase text collate "C" not null,
  team uuid not null references team(id),
  user_id text,
  method jsonb not null,
  baseline boolean not null default false,
  state text not null check (state in
    ('uploading', 'received', 'checking', 'queued', 'scoring', 'scored', 'refused', 'failed', 'cancelled')),
  created_at timestamptz not null default now(),
  received_at timestamptz,
  queued_at timestamptz,
  started_at timestamptz,
  finished_at timestamptz,
  upload_kind text not null check (upload_kind in ('archive', 'files')),
  findings jsonb not null default '[]',
  failure jsonb,
  quota text not null default 'none' check (quota in ('none', 'reserved', 'used')),
  quota_day text not null,
  fence integer not null default 0,
  lease_until timestamptz,
  worker text,
  withdrawn_at timestamptz,
  content_hash text,
  case_total integer not null default 0,
  foreign key (benchmark, phase) references phase,
  -- A scored run uses quota and nothing else does; an ended one holds no reservation.
  check (state <> 'scored' or quota = 'used'),
  check (state not in ('refused', 'failed', 'cancelled') or quota = 'none')
);
create index submission_team on submission (team, phase, quota);
create index submission_benchmark on submission (benchmark, id);
create index submission_waiting on submission (queued_at) where state in ('queued', 'scoring');
create index submission_hash on submission (benchmark, content_hash);

create table upload (
  id uuid primary key,
  submission integer not null references submission(id),
  task text collate "C",
  name text not null,
  bytes double precision not null,
  received double precision not null default 0,
  expected_sha256 text,
  sha256 text,
  complete boolean not null default false,
  touched_at timestamptz not null default now(),
  check (received <= bytes)
);
create index upload_submission on upload (submission);

create table upload_part (
  upload uuid not null references upload(id),
  start double precision not null,
  bytes double precision not null,
  blob text not null,
  primary key (upload, start)
);

create table prediction (
  submission integer not null references submission(id),
  task text collate "C" not null,
  case_id text collate "C" not null,
  file_name text not null,
  blob text not null,
  bytes double precision not null,
  sha256 text not null,
  primary key (submission, task, case_id)
);

create table evaluation (
  id serial primary key,
  submission integer not null references submission(id),
  version integer not null,
  rescore uuid,
  references_revision integer not null,
  protocol_hash text not null,
  evaluator text not null,
  state text not null check (state in ('queued', 'scoring', 'done', 'failed', 'cancelled')),
  is_current boolean not null default false,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  summary jsonb,
  unique (submission, version),
  check (not is_current or state = 'done')
);
create unique index evaluation_current on evaluation (submission) where is_current;
create index evaluation_rescore on evaluation (rescore);
create index evaluation_open on evaluation (state) where state in ('queued', 'scoring');

create table evaluation_chunk (
  evaluation integer not null references evaluation(id),
  number integer not null,
  task text collate "C" not null,
  cases jsonb not null,
  state text not null check (state in ('queued', 'running', 'done', 'dead', 'cancelled')),
  fence integer not null default 0,
  attempts integer not null default 0,
  worker text,
  lease_until timestamptz,
  done_cases integer not null default 0,
  seconds double precision,
  primary key (evaluation, number)
);
create index chunk_open on evaluation_chunk (state, lease_until) where state in ('queued', 'running');

create table evaluation_case (
  evaluation integer not null references evaluation(id),
  task text collate "C" not null,
  case_id text collate "C" not null,
  result jsonb not null,
  artefact text,
  seconds double precision not null,
  primary key (evaluation, task, case_id)
);

create table fault (
  id serial primary key,
  submission integer,
  evaluation integer,
  at timestamptz not null default now(),
  worker text,
  message text not null
);
create index fault_submission on fault (submission);

create table api_key (
  id uuid primary key,
  user_id text not null,
  name text not null,
  key_hash text not null unique,
  scopes jsonb not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz
);

create table audit_log (
  id serial primary key,
  at timestamptz not null default now(),
  benchmark text collate "C",
  actor text not null,
  action text not null,
  subject text not null,
  detail jsonb not null
);
create index audit_benchmark on audit_log (benchmark, id);

create table announcement (
  id uuid primary key,
  benchmark text collate "C" not null references benchmark(id),
  title text not null,
  body text not null,
  author text not null,
  created_at timestamptz not null default now()
);

create table erratum (
  id uuid primary key,
  benchmark text collate "C" not null references benchmark(id),
  task text collate "C" not null,
  case_id text collate "C" not null,
  revision integer not null,
  action text not null check (action in ('replace', 'exclude')),
  reason text not null,
  author text not null,
  created_at timestamptz not null default now()
);

create table rescore (
  id uuid primary key,
  benchmark text collate "C" not null,
  phase text collate "C" not null,
  state text not null check (state in ('running', 'ready', 'failed', 'applied', 'discarded')),
  apply_when_ready boolean not null,
  reason text not null,
  author text not null,
  from_references integer not null,
  to_references integer not null,
  difference jsonb,
  problem text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  foreign key (benchmark, phase) references phase
);
create unique index rescore_open on rescore (benchmark, phase) where state in ('running', 'ready');

create table snapshot (
  id uuid primary key,
  benchmark text collate "C" not null,
  phase text collate "C" not null,
  title text not null,
  is_public boolean not null,
  created_at timestamptz not null default now(),
  board jsonb not null,
  foreign key (benchmark, phase) references phase
);

create table data_access (
  id uuid primary key,
  benchmark text collate "C" not null references benchmark(id),
  user_id text not null,
  institution text not null,
  purpose text not null,
  agreement_sha256 text not null,
  status text not null check (status in ('pending', 'approved', 'rejected')),
  requested_at timestamptz not null default now(),
  decided_at timestamptz,
  unique (benchmark, user_id)
);

create table download (
  id serial primary key,
  at timestamptz not null default now(),
  benchmark text collate "C" not null,
  user_id text,
  path text not null,
  bytes double precision not null
);

create table outbox (
  id uuid primary key,
  recipient text not null,
  subject text not null,
  body text not null,
  created_at timestamptz not null default now(),
  sent_at timestamptz
);

create table worker (
  id text primary key,
  host text not null,
  version text not null,
  threads integer not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null
);

create table rate_window (
  key text primary key,
  window_start timestamptz not null,
  hits integer not null
);
`;

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements.split(/;\s*\n/)) {
    if (statement.trim() !== "") await sql.raw(statement).execute(database);
  }
}
