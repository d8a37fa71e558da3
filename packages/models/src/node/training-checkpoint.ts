/**
 * A checkpoint: weights and optimiser state after a number of steps, with the recipe and a hash of the data that they belong to. One
 * file, written beside the old one and renamed, so that a kill at any moment leaves a whole checkpoint.
 *
 * Layout: `SEGCKPT1`, uint32 little-endian length of a JSON header, the header, the parameter block, both moment blocks.
 */
import { randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { SegathlonError } from "@segathlon/errors";
import { z } from "zod";

const MAGIC = "SEGCKPT1";

const headerSchema = z.strictObject({
  step: z.number().int().nonnegative(),
  /** Hash of recipe, design and training data: a checkpoint of another run is refused. */
  run: z.string(),
  bytes: z.number().int().positive(),
  curve: z.strictObject({
    loss: z.array(z.tuple([z.number(), z.number()])),
    dice: z.array(z.tuple([z.number(), z.array(z.number())])),
    seconds: z.number(),
  }),
});

export type CheckpointHeader = z.infer<typeof headerSchema>;

export async function writeCheckpoint(file: string, header: CheckpointHeader, state: Uint8Array): Promise<void> {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(12 + json.length + state.length);
  bytes.set(new TextEncoder().encode(MAGIC));
  new DataView(bytes.buffer).setUint32(8, json.length, true);
  bytes.set(json, 12);
  bytes.set(state, 12 + json.length);
  const temporary = `${file}.${randomUUID()}`;
  try {
    await writeFile(temporary, bytes, { flush: true });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Reads a checkpoint.
 *
 * @returns null when there is none
 * @throws SegathlonError SEG506 when the file is damaged or belongs to another run
 */
export async function readCheckpoint(
  file: string,
  run: string,
  stateBytes: number,
): Promise<{ readonly header: CheckpointHeader; readonly state: Uint8Array } | null> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const broken = (what: string): SegathlonError =>
    new SegathlonError("SEG506", `${file}: ${what}`, {
      where: { file },
      hint: "Delete the file to start from the beginning, or give the options and data of the interrupted run.",
    });
  if (bytes.length < 12 || new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) throw broken("not a checkpoint");
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  if (12 + length > bytes.length) throw broken("the header is cut off");
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes.subarray(12, 12 + length)));
  } catch {
    throw broken("the header is not JSON");
  }
  const parsed = headerSchema.safeParse(json);
  if (!parsed.success) throw broken(z.prettifyError(parsed.error));
  if (parsed.data.run !== run) throw broken("it belongs to a run with other options or other training data");
  const state = bytes.subarray(12 + length);
  if (state.length !== stateBytes || parsed.data.bytes !== stateBytes)
    throw broken(`${state.length} bytes of state; expected ${stateBytes}`);
  return { header: parsed.data, state };
}
