/** A small challenge for tests: one task with ball-shaped structures, and people who take part in it. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encodeNifti, labelMapVolume } from "@segathlon/volume";
import { type Client, type CreateSubmission, createClient, type Session, type Submission } from "../api/index.ts";
import type { SettingsInput } from "../settings.ts";
import { type RunningServer, startServer } from "../start-server.ts";

const side = 16;
const geometry = {
  shape: [side, side, side],
  spacingMm: [1, 1, 1],
  affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0],
} as const;

/** A ball of label 1 and a smaller one of label 2, moved by `shift` voxels: the larger the shift, the worse the prediction. */
export function ballLabels(seed: number, shift: number): Uint8Array {
  const labels = new Uint8Array(side ** 3);
  const centre = [6 + (seed % 3) + shift, 7, 6 + (seed % 2)] as const;
  for (let z = 0; z < side; z += 1)
    for (let y = 0; y < side; y += 1)
      for (let x = 0; x < side; x += 1) {
        const distance = Math.hypot(x - centre[0], y - centre[1], z - centre[2]);
        if (distance <= 4) labels[x + side * (y + side * z)] = distance <= 2 ? 2 : 1;
      }
  return labels;
}

export function labelFile(labels: Uint8Array): Uint8Array {
  return gzipSync(encodeNifti(labelMapVolume({ geometry, labels })));
}

/** A plain ustar archive of files. */
export function tarOf(files: Readonly<Record<string, Uint8Array>>): Buffer {
  const blocks: Buffer[] = [];
  for (const [name, bytes] of Object.entries(files)) {
    const header = Buffer.alloc(512);
    header.write(name, 0, 100, "utf8");
    header.write("0000644\0", 100);
    header.write("0000000\0", 108);
    header.write("0000000\0", 116);
    header.write(`${bytes.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("00000000000\0", 136);
    header.write("        ", 148);
    header.write("0", 156);
    header.write("ustar\u000000", 257, "latin1");
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    const padded = Buffer.alloc(Math.ceil(bytes.length / 512) * 512);
    padded.set(bytes);
    blocks.push(header, padded);
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export const caseNames = ["ball_001", "ball_002", "ball_003", "ball_004"] as const;

/** Predictions of every case, as an archive. */
export function predictions(shift: number, names: readonly string[] = caseNames): Buffer {
  return tarOf(
    Object.fromEntries(
      names.map((name, index) => [
        `predictions/${name}.nii.gz`,
        labelFile(ballLabels(caseNames.indexOf(name as never) < 0 ? index : caseNames.indexOf(name as never), shift)),
      ]),
    ),
  );
}

export interface FixtureOptions {
  readonly quota?: string;
  readonly phases?: string;
  readonly missing?: "worst" | "reject";
  readonly folderName?: string;
}

/** Writes `benchmark.yaml` with its data folder. */
export function writeChallenge(folder: string, options: FixtureOptions = {}): string {
  const id = options.folderName ?? "balls";
  const root = join(folder, id);
  for (const name of ["imagesTr", "labelsTr", "imagesTs", "labelsTs"])
    mkdirSync(join(root, "data", name), { recursive: true });
  const phases =
    options.phases ??
    `  - { id: sanity, tasks: [Balls], feedback: per-case, quota: unlimited }
  - { id: live, tasks: [Balls], feedback: { aggregate: true, decimals: 3 }, quota: ${options.quota ?? "{ per_day: 2, total: 5 }"} }
  - { id: final, tasks: [Balls], feedback: none-until-close, quota: { total: 1 } }`;
  writeFileSync(
    join(root, "benchmark.yaml"),
    `benchmark: ${id}
title: Balls
tasks:
  - id: Balls
    data: { format: msd, path: ./data }
    channels: [CT]
    labels: { background: 0, ball: 1, core: 2 }
    regions: { whole: [1, 2], core: [2] }
protocol:
  profile: deepmind
  metrics: [dice, { nsd: { tolerance_mm: 1 } }, hd95]
  policy: { missing_prediction: ${options.missing ?? "worst"} }
  ranking: { scheme: mean-then-rank, bootstrap: 50, seed: 1 }
phases:
${phases}
`,
  );
  const write = (place: string, name: string, bytes: Uint8Array): void =>
    writeFileSync(join(root, "data", place, `${name}.nii.gz`), bytes);
  write("imagesTr", "ball_100", labelFile(ballLabels(5, 0)));
  write("labelsTr", "ball_100", labelFile(ballLabels(5, 0)));
  for (const [index, name] of caseNames.entries()) {
    write("imagesTs", name, labelFile(ballLabels(index, 0)));
    write("labelsTs", name, labelFile(ballLabels(index, 0)));
  }
  writeFileSync(
    join(root, "data", "dataset.json"),
    JSON.stringify({
      name: "Balls",
      tensorImageSize: "3D",
      modality: { "0": "CT" },
      labels: { "0": "background", "1": "ball", "2": "core" },
      numTraining: 1,
      numTest: caseNames.length,
      training: [{ image: "./imagesTr/ball_100.nii.gz", label: "./labelsTr/ball_100.nii.gz" }],
      test: caseNames.map((name) => `./imagesTs/${name}.nii.gz`),
    }),
  );
  writeFileSync(
    join(root, "data", "cases.csv"),
    `case,centre\n${caseNames.map((name, index) => `${name},${index % 2 === 0 ? "A" : "B"}`).join("\n")}\nball_100,A\n`,
  );
  return root;
}

/** A person with a session. */
export interface Person {
  readonly client: Client;
  readonly cookie: string;
  readonly session: Session;
  /** A plain request with the session. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

export function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

function withCookie(url: string, cookie: string): typeof fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    if (cookie !== "") headers.set("cookie", cookie);
    return fetch(String(input).startsWith("/") ? `${url}${String(input)}` : input, { ...init, headers });
  };
}

const password = "a long password";

export async function signUp(url: string, name: string): Promise<Person> {
  const response = await fetch(`${url}/api/v1/accounts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name, email: `${name.toLowerCase().replace(/\W/g, "")}@example.org`, password }),
  });
  if (!response.ok) throw new Error(`sign-up: ${response.status} ${await response.text()}`);
  const cookie = cookiesOf(response);
  const send = withCookie(url, cookie);
  return {
    client: createClient({ baseUrl: url, fetch: send }),
    cookie,
    session: (await response.json()) as Session,
    fetch: (path, init) => send(path, init),
  };
}

export function anonymous(url: string): Person {
  const send = withCookie(url, "");
  return {
    client: createClient({ baseUrl: url, fetch: send }),
    cookie: "",
    session: { user: null, memberships: [] },
    fetch: (path, init) => send(path, init),
  };
}

/** Signs in through the one-time link, as the form of the link does. */
export async function becomeAdministrator(server: RunningServer, name = "Ada Admin"): Promise<Person> {
  const token = new URL(server.adminLink ?? (await server.newAdminLink())).searchParams.get("token") ?? "";
  const form = new URLSearchParams({
    token,
    name,
    email: `${name.toLowerCase().replace(/\W/g, "")}@example.org`,
    password,
  });
  const response = await fetch(`${server.url}/enter`, { method: "POST", body: form, redirect: "manual" });
  if (response.status !== 303) throw new Error(`administrator link: ${response.status} ${await response.text()}`);
  const cookie = cookiesOf(response);
  const send = withCookie(server.url, cookie);
  const client = createClient({ baseUrl: server.url, fetch: send });
  return { client, cookie, session: await client.call("getSession", {}), fetch: (path, init) => send(path, init) };
}

export async function registerTeam(person: Person, benchmark: string, name: string): Promise<string> {
  const team = await person.client.call("registerTeam", { params: { benchmark }, body: { name } });
  return team.id;
}

/** Announces and uploads an archive in one PUT. */
export async function submit(
  person: Person,
  place: { benchmark: string; phase: string },
  archive: Buffer,
  method = "method",
): Promise<Submission> {
  const body: CreateSubmission = {
    method: { name: method, description: "", links: [], runtimeSeconds: null },
    upload: {
      kind: "archive",
      name: "predictions.tar",
      bytes: archive.length,
      sha256: createHash("sha256").update(archive).digest("hex"),
    },
  };
  const made = await person.client.call("createSubmission", { params: place, body });
  return person.client.call("putSubmissionArchive", {
    params: { submission: made.id },
    upload: new Uint8Array(archive),
  });
}

const pollMilliseconds = 200;

/** Waits until a submission has ended. */
export async function ended(person: Person, id: number, seconds = 60): Promise<Submission> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const submission = await person.client.call("getSubmission", { params: { submission: id } });
    if (["scored", "refused", "failed", "cancelled"].includes(submission.state)) return submission;
    if (Date.now() > until) throw new Error(`submission ${id} is still ${submission.state}: ${submission.stateText}`);
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
  }
}

export interface TestServer extends AsyncDisposable {
  readonly server: RunningServer;
  readonly folder: string;
  readonly challenge: string;
}

/** A server on a fresh data directory with the challenge in it. */
export async function startTestServer(options: FixtureOptions = {}, settings: SettingsInput = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), "segathlon-test-"));
  const challenge = writeChallenge(folder, options);
  const server = await startServer({
    dataDir: join(folder, "data"),
    port: 0,
    rateLimits: "off",
    logLevel: process.env.SEGATHLON_LOG ?? "silent",
    minFreeBytes: 0,
    ...settings,
  });
  await server.importFolder({ folder: challenge });
  return {
    server,
    folder,
    challenge,
    async [Symbol.asyncDispose]() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
