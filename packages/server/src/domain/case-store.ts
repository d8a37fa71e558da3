/** Cases of a benchmark: images and first references, from the API or from a folder. */
import { createHash, randomUUID } from "node:crypto";
import { SegathlonError } from "@segathlon/errors";
import type { ThreadPool } from "../scoring/thread-pool.ts";
import type { ServerContext } from "../server-context.ts";
import { type BenchmarkRow, documentOf } from "./benchmark-store.ts";
import { dividedPart } from "./phase-state.ts";
import { storeReference } from "./reference-store.ts";

type Split = "training" | "validation" | "test";

export interface ImageTarget {
  readonly benchmark: string;
  readonly task: string;
  readonly case: string;
  readonly channel: string;
  readonly split: Split;
}

function checkName(value: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(value))
    throw new SegathlonError("SEG404", `"${value.slice(0, 60)}" is not a name of a case`, {
      hint: "Use letters, digits, points, dashes and underscores.",
    });
}

/** Checks where an image is to go. */
export async function imageUploadTarget(
  _context: ServerContext,
  benchmark: BenchmarkRow,
  place: { readonly task: string; readonly case: string; readonly channel: string },
  split: Split,
): Promise<ImageTarget> {
  checkName(place.case);
  const task = documentOf(benchmark).tasks.find((entry) => entry.id === place.task);
  if (task === undefined) throw new SegathlonError("SEG403", `there is no task ${place.task}`);
  if (!task.channels.includes(place.channel) && place.channel !== "all")
    throw new SegathlonError(
      "SEG404",
      `task ${task.id} has the channels ${task.channels.join(", ")}, not ${place.channel}`,
      { hint: "Name one of them, or `all` for one file with every channel." },
    );
  return { benchmark: benchmark.id, ...place, split };
}

async function ensureCase(
  context: ServerContext,
  place: { readonly benchmark: string; readonly task: string; readonly case: string },
  facts: {
    readonly split: Split;
    readonly part: "public" | "private" | null;
    readonly attributes: Readonly<Record<string, string | number>> | null;
  },
): Promise<void> {
  const part = facts.split === "test" ? (facts.part ?? dividedPart(place.benchmark, place.task, place.case)) : null;
  const before = await context.database
    .insertInto("benchmark_case")
    .values({
      benchmark: place.benchmark,
      task: place.task,
      case_id: place.case,
      split: facts.split,
      part,
      attributes: JSON.stringify(facts.attributes ?? {}),
    })
    .onConflict((conflict) =>
      conflict
        .columns(["benchmark", "task", "case_id"])
        .doUpdateSet(
          facts.attributes === null
            ? { split: (eb) => eb.ref("benchmark_case.split") }
            : { attributes: JSON.stringify(facts.attributes) },
        ),
    )
    .returning("split")
    .executeTakeFirstOrThrow();
  // A case that moved from hidden to public would open its reference.
  if (before.split !== facts.split)
    throw new SegathlonError(
      "SEG405",
      `case ${place.case} belongs to the ${before.split} split, not to ${facts.split}`,
    );
}

export async function storeCaseImage(
  context: ServerContext,
  pool: ThreadPool,
  image: ImageTarget & {
    readonly bytes: Uint8Array;
    readonly fileName?: string;
    readonly attributes?: Readonly<Record<string, string | number>>;
  },
): Promise<void> {
  await ensureCase(context, image, { split: image.split, part: null, attributes: image.attributes ?? null });
  const sha256 = createHash("sha256").update(image.bytes).digest("hex");
  const bytes = image.bytes.length;
  const blob = `images/${randomUUID()}`;
  await context.store.put(blob, image.bytes);
  const zipped = image.bytes[0] === 0x1f && image.bytes[1] === 0x8b;
  const fileName =
    image.fileName ?? `${image.case}${image.channel === "all" ? "" : `_${image.channel}`}.nii${zipped ? ".gz" : ""}`;
  const { geometry, problem } = await pool.run(
    { kind: "inspect", name: fileName, bytes: image.bytes, as: "image" },
    { seconds: 120 },
  );
  if (geometry === null) {
    await context.store.remove(blob);
    throw new SegathlonError("SEG404", problem?.message ?? "the image cannot be read");
  }
  const row = { file_name: fileName, blob, bytes, sha256 };
  await context.database
    .insertInto("case_image")
    .values({ benchmark: image.benchmark, task: image.task, case_id: image.case, channel: image.channel, ...row })
    .onConflict((conflict) => conflict.columns(["benchmark", "task", "case_id", "channel"]).doUpdateSet(row))
    .execute();
  await context.database
    .updateTable("benchmark_case")
    .set({ geometry: JSON.stringify(geometry) })
    .where("benchmark", "=", image.benchmark)
    .where("task", "=", image.task)
    .where("case_id", "=", image.case)
    .where("geometry", "is", null)
    .execute();
}

export interface FirstReference {
  readonly task: string;
  readonly case: string;
  readonly split: Split;
  readonly part: "public" | "private" | null;
  readonly attributes: Readonly<Record<string, string | number>> | null;
  readonly bytes: Uint8Array;
  readonly fileName: string;
}

/** Stores the first reference of a case. A later one is an erratum, with a reason and a re-scoring. */
export async function storeFirstReference(
  context: ServerContext,
  pool: ThreadPool,
  benchmark: BenchmarkRow,
  reference: FirstReference,
): Promise<void> {
  checkName(reference.case);
  if (!documentOf(benchmark).tasks.some((entry) => entry.id === reference.task))
    throw new SegathlonError("SEG403", `there is no task ${reference.task}`);
  const place = { benchmark: benchmark.id, task: reference.task, case: reference.case };
  await ensureCase(context, place, reference);
  const known = await context.database
    .selectFrom("case_reference")
    .select("revision")
    .where("benchmark", "=", benchmark.id)
    .where("task", "=", reference.task)
    .where("case_id", "=", reference.case)
    .executeTakeFirst();
  if (known !== undefined)
    throw new SegathlonError("SEG405", `case ${reference.case} has a reference already`, {
      hint: "Correct it with an erratum; scored submissions then are scored again.",
    });
  // The thread takes the bytes away; seal a copy.
  const row = await storeReference(context, {
    ...place,
    revision: 1,
    fileName: reference.fileName,
    bytes: Uint8Array.from(reference.bytes),
    hidden: reference.split !== "training",
  });
  const { geometry, problem } = await pool.run(
    { kind: "inspect", name: reference.fileName, bytes: reference.bytes, as: "label-map" },
    { seconds: 120 },
  );
  if (geometry === null) {
    if (row.blob !== null) await context.store.remove(row.blob);
    throw new SegathlonError("SEG415", `case ${reference.case}: ${problem?.message ?? "the reference cannot be read"}`);
  }
  await context.database.insertInto("case_reference").values(row).execute();
  await context.database
    .updateTable("benchmark_case")
    .set({ geometry: JSON.stringify(geometry) })
    .where("benchmark", "=", benchmark.id)
    .where("task", "=", reference.task)
    .where("case_id", "=", reference.case)
    .execute();
}
