/** Benchmarks, tasks, cases, downloads, access to data. */
import { compareNames, evaluatorVersion } from "@segathlon/benchmark";
import { SegathlonError } from "@segathlon/errors";
import { sql } from "kysely";
import type { Benchmark, BenchmarkSummary, Case, PhaseSummary, TaskSummary } from "../api/index.ts";
import { routeUrl } from "../api/index.ts";
import { audit } from "../domain/audit.ts";
import {
  type BenchmarkRow,
  documentOf,
  findBenchmark,
  phaseDocumentOf,
  phasesOf,
  putBenchmark,
  taskColumns,
} from "../domain/benchmark-store.ts";
import { imageUploadTarget, storeCaseImage, storeFirstReference } from "../domain/case-store.ts";
import { phaseState } from "../domain/phase-state.ts";
import { readReference, referenceAt } from "../domain/reference-store.ts";
import type { Standing } from "../identity/caller.ts";
import { encodeGrayPng } from "../scoring/gray-png.ts";
import { dataAllowed } from "./access.ts";
import { answered, type Call, type Handlers, type HttpContext } from "./http-context.ts";
import { readBody } from "./read-body.ts";
import { sendBlob, sendBytes } from "./send-blob.ts";

async function phaseSummaries(context: HttpContext, benchmark: string): Promise<PhaseSummary[]> {
  const now = new Date();
  return (await phasesOf(context.database, benchmark)).map((phase) => {
    const document = phaseDocumentOf(phase);
    return {
      id: phase.id,
      title: document.title ?? phase.id,
      state: phaseState(phase, now),
      opens: phase.opens?.toISOString() ?? null,
      closes: phase.closes?.toISOString() ?? null,
      tasks: document.tasks,
    };
  });
}

async function summaryOf(context: HttpContext, row: BenchmarkRow): Promise<BenchmarkSummary> {
  const document = documentOf(row);
  const count = sql<number>`count(*)::int`.as("count");
  const teams = await context.database
    .selectFrom("team")
    .select(count)
    .where("benchmark", "=", row.id)
    .where("status", "=", "approved")
    .executeTakeFirstOrThrow();
  const submissions = await context.database
    .selectFrom("submission")
    .select(count)
    .where("benchmark", "=", row.id)
    .where("state", "=", "scored")
    .executeTakeFirstOrThrow();
  return {
    id: row.id,
    title: document.title,
    description: document.description ?? null,
    tasks: document.tasks.length,
    phases: await phaseSummaries(context, row.id),
    teams: teams.count,
    submissions: submissions.count,
    listed: row.listed,
  };
}

async function taskList(context: HttpContext, row: BenchmarkRow): Promise<TaskSummary[]> {
  const document = documentOf(row);
  const counts = await context.database
    .selectFrom("benchmark_case")
    .select(["task", "split", sql<number>`count(*)::int`.as("count")])
    .where("benchmark", "=", row.id)
    .groupBy(["task", "split"])
    .execute();
  return document.tasks.map((task) => {
    const hosted = (split: string): number =>
      counts.find((entry) => entry.task === task.id && entry.split === split)?.count ?? 0;
    return {
      id: task.id,
      title: task.title ?? task.id,
      description: task.description ?? null,
      modality: task.modality ?? null,
      channels: task.channels,
      labels: task.labels,
      regions: task.regions,
      licence: task.licence ?? null,
      counts: task.counts ?? { training: null, validation: null, test: null },
      hosted: { training: hosted("training"), validation: hosted("validation"), test: hosted("test") },
      metrics: taskColumns(document, task.id),
    };
  });
}

async function viewOf(context: HttpContext, row: BenchmarkRow, standing: Standing): Promise<Benchmark> {
  const document = documentOf(row);
  return {
    ...(await summaryOf(context, row)),
    citation: document.citation ?? null,
    licence: document.licence ?? null,
    licenceConflicts: document.licence_conflicts ?? [],
    homepage: document.homepage ?? null,
    taskList: await taskList(context, row),
    protocol: document.protocol,
    protocolHash: row.protocol_hash,
    evaluatorVersion,
    dataAccess: row.settings.dataAccess,
    dataUseAgreement: row.settings.dataUseAgreement,
    registration: row.settings.registration,
    maxTeamSize: row.settings.maxTeamSize,
    document: standing.organiser ? (document as unknown as Record<string, unknown>) : null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** Above every revision. */
const newestRevision = 2_147_483_647;

function required(row: BenchmarkRow | null): BenchmarkRow {
  if (row === null) throw new SegathlonError("SEG403", "there is no such benchmark");
  return row;
}

/** Whether a caller may have the reference of a case: training always with the data; test and validation only organisers. */
function referencePublic(split: string, standing: Standing): boolean {
  return split === "training" || standing.organiser;
}

async function findCase(context: HttpContext, params: { benchmark: string; task: string; case: string }) {
  const row = await context.database
    .selectFrom("benchmark_case")
    .selectAll()
    .where("benchmark", "=", params.benchmark)
    .where("task", "=", params.task)
    .where("case_id", "=", params.case)
    .executeTakeFirst();
  if (row === undefined) throw new SegathlonError("SEG403", `there is no case ${params.case} in ${params.task}`);
  return row;
}

async function logDownload(
  context: HttpContext,
  call: Pick<Call<"getCaseImage">, "caller" | "params">,
  path: string,
  bytes: number,
): Promise<void> {
  await context.database
    .insertInto("download")
    .values({ benchmark: call.params.benchmark, user_id: call.caller.user?.id ?? null, path, bytes })
    .execute();
}

export const benchmarkHandlers = {
  async listBenchmarks(context, { caller }) {
    const rows = await context.database.selectFrom("benchmark").selectAll().orderBy("created_at", "desc").execute();
    const own = new Set(
      caller.user === null
        ? []
        : (
            await context.database
              .selectFrom("organiser")
              .select("benchmark")
              .where("user_id", "=", caller.user.id)
              .execute()
          ).map((row) => row.benchmark),
    );
    const seen = rows.filter((row) => row.listed || caller.user?.administrator === true || own.has(row.id));
    return Promise.all(seen.map((row) => summaryOf(context, row)));
  },

  async createBenchmark(context, { body, caller, standing }) {
    const { listed, registration, maxTeamSize, dataAccess, dataUseAgreement } = body.settings;
    const id = await putBenchmark(context.database, {
      text: body.document,
      settings: withoutUndefined({ listed, registration, maxTeamSize, dataAccess, dataUseAgreement }),
      actor: caller.user?.id ?? "system",
      existing: "refuse",
    });
    return viewOf(context, await findBenchmark(context.database, id), { ...standing, organiser: true });
  },

  async getBenchmark(context, { benchmark, standing }) {
    return viewOf(context, required(benchmark), standing);
  },

  async updateBenchmark(context, { body, params, caller, standing }) {
    const { listed, registration, maxTeamSize, dataAccess, dataUseAgreement } = body.settings;
    const id = await putBenchmark(context.database, {
      text: body.document,
      settings: withoutUndefined({ listed, registration, maxTeamSize, dataAccess, dataUseAgreement }),
      actor: caller.user?.id ?? "system",
      existing: params.benchmark,
    });
    return viewOf(context, await findBenchmark(context.database, id), standing);
  },

  async patchBenchmarkSettings(context, { body, benchmark, caller, standing }) {
    const row = required(benchmark);
    const { listed, ...changes } = withoutUndefined(body);
    await context.database
      .updateTable("benchmark")
      .set({
        settings: JSON.stringify({ ...row.settings, ...changes }),
        listed: listed ?? row.listed,
        updated_at: new Date(),
      })
      .where("id", "=", row.id)
      .execute();
    await audit(context.database, {
      benchmark: row.id,
      actor: caller.user?.id ?? "system",
      action: "benchmark.settings",
      subject: row.id,
      detail: withoutUndefined(body),
    });
    return viewOf(context, await findBenchmark(context.database, row.id), standing);
  },

  async listCases(context, { params, query, caller, standing, benchmark }) {
    const row = required(benchmark);
    if (!documentOf(row).tasks.some((task) => task.id === params.task))
      throw new SegathlonError("SEG403", `there is no task ${params.task}`);
    let select = context.database
      .selectFrom("benchmark_case")
      .selectAll()
      .where("benchmark", "=", row.id)
      .where("task", "=", params.task);
    if (query.split !== undefined) select = select.where("split", "=", query.split);
    const cases = (await select.execute()).sort((a, b) => compareNames(a.case_id, b.case_id));
    const images = await context.database
      .selectFrom("case_image")
      .selectAll()
      .where("benchmark", "=", row.id)
      .where("task", "=", params.task)
      .execute();
    const references = await context.database
      .selectFrom("case_reference")
      .select(["case_id", "revision", "bytes", "blob"])
      .where("benchmark", "=", row.id)
      .where("task", "=", params.task)
      .orderBy("revision")
      .execute();
    const allowed = await dataAllowed(context, caller, standing, row);
    return cases.map((entry): Case => {
      const place = { benchmark: row.id, task: params.task, case: entry.case_id };
      const own = images.filter((image) => image.case_id === entry.case_id);
      const reference =
        allowed && referencePublic(entry.split, standing)
          ? references.findLast((candidate) => candidate.case_id === entry.case_id && candidate.blob !== null)
          : undefined;
      return {
        case: entry.case_id,
        task: params.task,
        split: entry.split,
        part: standing.organiser ? entry.part : null,
        attributes: entry.attributes,
        shape: entry.geometry === null ? null : [...entry.geometry.shape],
        spacingMm: entry.geometry === null ? null : [...entry.geometry.spacingMm],
        images: allowed
          ? own.map((image) => ({
              channel: image.channel,
              url: routeUrl("getCaseImage", { ...place, channel: image.channel }),
              bytes: image.bytes,
            }))
          : [],
        reference:
          reference === undefined
            ? null
            : { url: routeUrl("getCaseReference", place), bytes: reference.bytes, revision: reference.revision },
        thumbnail: allowed && own.length > 0 ? routeUrl("getCaseThumbnail", place) : null,
      };
    });
  },

  async putCaseImage(context, { params, query, request, benchmark }) {
    const target = await imageUploadTarget(context, required(benchmark), params, query.split ?? "test");
    const bytes = await readBody(request, context.settings.maxFileBytes);
    await storeCaseImage(context, context.pool, { ...target, bytes });
    return undefined;
  },

  async putCaseReference(context, { params, query, request, benchmark, caller }) {
    const bytes = await readBody(request, context.settings.maxFileBytes);
    await storeFirstReference(context, context.pool, required(benchmark), {
      task: params.task,
      case: params.case,
      split: query.split ?? "test",
      part: query.part ?? null,
      attributes: null,
      bytes,
      fileName: fileNameOf(params.case, bytes),
    });
    await audit(context.database, {
      benchmark: params.benchmark,
      actor: caller.user?.id ?? "system",
      action: "reference.put",
      subject: `${params.task}/${params.case}`,
    });
    return undefined;
  },

  async getCaseImage(context, call) {
    const { params, request, reply } = call;
    const image = await context.database
      .selectFrom("case_image")
      .selectAll()
      .where("benchmark", "=", params.benchmark)
      .where("task", "=", params.task)
      .where("case_id", "=", params.case)
      .where("channel", "=", params.channel)
      .executeTakeFirst();
    if (image === undefined) throw new SegathlonError("SEG403", "there is no such image");
    await logDownload(context, call, `${params.task}/${params.case}/${params.channel}`, image.bytes);
    await sendBlob(context.store, request, reply, {
      blob: image.blob,
      bytes: image.bytes,
      fileName: image.file_name,
      etag: image.sha256.slice(0, 32),
    });
    return answered;
  },

  async getCaseReference(context, call) {
    const { params, standing, request, reply } = call;
    const entry = await findCase(context, params);
    // The same answer whether a hidden reference is there or not.
    if (!referencePublic(entry.split, standing))
      throw new SegathlonError("SEG403", "there is no reference for you to have");
    const reference = await referenceAt(context.database, params, newestRevision);
    if (reference === undefined) throw new SegathlonError("SEG403", "there is no reference for you to have");
    const bytes = await readReference(context, reference);
    await logDownload(
      context,
      { caller: call.caller, params: { ...params, channel: "" } },
      `${params.task}/${params.case}/reference`,
      bytes.length,
    );
    await sendBytes(request, reply, { bytes, fileName: reference.file_name });
    return answered;
  },

  async getCaseThumbnail(context, { params, request, reply }) {
    const image = await context.database
      .selectFrom("case_image")
      .selectAll()
      .where("benchmark", "=", params.benchmark)
      .where("task", "=", params.task)
      .where("case_id", "=", params.case)
      .orderBy("channel")
      .limit(1)
      .executeTakeFirst();
    if (image === undefined) throw new SegathlonError("SEG403", "there is no such image");
    const key = `thumbnails/${image.sha256}`;
    let png: Uint8Array;
    if ((await context.store.size(key)) !== null) png = await context.store.get(key);
    else {
      const bytes = await context.store.get(image.blob);
      const { thumbnail, problem } = await context.pool.run(
        { kind: "inspect", name: image.file_name, bytes, as: "image" },
        { seconds: 60 },
      );
      if (thumbnail === null)
        throw new SegathlonError("SEG403", problem?.message ?? "there is no picture of this image");
      png = encodeGrayPng(thumbnail);
      await context.store.put(key, png);
    }
    reply.header("cache-control", "private, max-age=86400").type("image/png");
    await sendBytes(request, reply, { bytes: png, fileName: null });
    return answered;
  },

  async listDownloads(context, { benchmark, query, standing }) {
    const row = required(benchmark);
    const cases = await context.database
      .selectFrom("benchmark_case")
      .selectAll()
      .where("benchmark", "=", row.id)
      .execute();
    const split = new Map(cases.map((entry) => [`${entry.task}\n${entry.case_id}`, entry.split]));
    const images = await context.database
      .selectFrom("case_image")
      .selectAll()
      .where("benchmark", "=", row.id)
      .execute();
    const references = await context.database
      .selectFrom("case_reference")
      .selectAll()
      .where("benchmark", "=", row.id)
      .orderBy("revision")
      .execute();
    const folder = { training: "Tr", validation: "Va", test: "Ts" } as const;
    const files = images.flatMap((image) => {
      const part = split.get(`${image.task}\n${image.case_id}`);
      if (part === undefined || (query.split !== undefined && part !== query.split)) return [];
      return [
        {
          path: `${image.task}/images${folder[part]}/${image.file_name}`,
          url: routeUrl("getCaseImage", {
            benchmark: row.id,
            task: image.task,
            case: image.case_id,
            channel: image.channel,
          }),
          bytes: image.bytes,
          sha256: image.sha256,
        },
      ];
    });
    const newest = new Map(references.map((reference) => [`${reference.task}\n${reference.case_id}`, reference]));
    for (const [key, reference] of newest) {
      const part = split.get(key);
      if (part === undefined || reference.blob === null || !referencePublic(part, standing)) continue;
      if (query.split !== undefined && part !== query.split) continue;
      files.push({
        path: `${reference.task}/labels${folder[part]}/${reference.file_name}`,
        url: routeUrl("getCaseReference", { benchmark: row.id, task: reference.task, case: reference.case_id }),
        bytes: reference.bytes,
        sha256: reference.sha256,
      });
    }
    files.sort((a, b) => compareNames(a.path, b.path));
    return { split: query.split ?? null, files, totalBytes: files.reduce((sum, file) => sum + file.bytes, 0) };
  },
} satisfies Partial<Handlers>;

/** Drops keys whose value is undefined, as `exactOptionalPropertyTypes` wants it. */
function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** `.nii.gz` for gzip, else `.nii` or `.nrrd` by the first bytes. */
export function fileNameOf(caseId: string, bytes: Uint8Array): string {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return `${caseId}.nii.gz`;
  const start = Buffer.from(bytes.subarray(0, 10)).toString("latin1");
  if (start.startsWith("NRRD")) return `${caseId}.nrrd`;
  if (start.startsWith("ObjectType")) return `${caseId}.mha`;
  return `${caseId}.nii`;
}
