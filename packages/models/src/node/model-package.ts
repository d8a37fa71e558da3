/**
 * A model package on disk: a folder with `model.json` and `model.onnx`. Reading checks the document against its schema and the graph
 * against its hash before anything is loaded; writing goes through temporary files.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { SegathlonError } from "@segathlon/errors";
import { z } from "zod";
import type { Engine, LoadedModel } from "../engine.ts";
import { type ModelDocument, modelDocumentSchema } from "../model-document.ts";
import { onnxruntimeWebEngine } from "../onnxruntime-web-engine.ts";
import { segathlonWasmEngine } from "../segathlon-wasm-engine.ts";
import { runSelfTest } from "../self-test.ts";
import { onnxruntimeNodeEngine } from "./onnxruntime-node-engine.ts";

/** Larger graphs are refused before they are read (nnU-Net's 3D networks have about 125 MB). */
const MAX_ONNX_BYTES = 2 ** 31;
const MAX_DOCUMENT_BYTES = 16 * 2 ** 20;

export interface ModelPackage {
  readonly folder: string;
  readonly document: ModelDocument;
  readonly onnx: Uint8Array;
}

async function readBounded(file: string, limit: number): Promise<Uint8Array> {
  const size = await stat(file).then(
    (found) => found.size,
    (cause: unknown) => {
      throw new SegathlonError("SEG500", `${file}: no such file`, { where: { file }, cause });
    },
  );
  if (size > limit)
    throw new SegathlonError("SEG500", `${file}: ${size} bytes; at most ${limit} are read`, { where: { file } });
  return readFile(file);
}

/**
 * Reads a model package.
 *
 * @throws SegathlonError SEG500 when a file is missing or too large, the document is invalid, or the graph is not the one it names
 */
export async function readModelPackage(folder: string): Promise<ModelPackage> {
  const file = path.join(folder, "model.json");
  const text = new TextDecoder().decode(await readBounded(file, MAX_DOCUMENT_BYTES));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new SegathlonError("SEG500", `${file}: not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, {
      where: { file },
      cause,
    });
  }
  const parsed = modelDocumentSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new SegathlonError("SEG500", `${file}: ${z.prettifyError(parsed.error)}`, {
      where: { file, field: issue?.path.join(".") ?? "" },
    });
  }
  const graph = path.join(folder, "model.onnx");
  const onnx = await readBounded(graph, MAX_ONNX_BYTES);
  const hash = createHash("sha256").update(onnx).digest("hex");
  if (hash !== parsed.data.onnx.sha256) {
    throw new SegathlonError("SEG500", `${graph}: sha256 is ${hash}; model.json names ${parsed.data.onnx.sha256}`, {
      where: { file: graph },
      hint: "The graph was changed or damaged after the package was made: get the package again.",
    });
  }
  return { folder, document: parsed.data, onnx };
}

/** Writes a model package; the document's hash is set from the graph. An interrupted write leaves the old files. */
export async function writeModelPackage(folder: string, document: ModelDocument, onnx: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true });
  const sha256 = createHash("sha256").update(onnx).digest("hex");
  const complete = modelDocumentSchema.parse({ ...document, onnx: { ...document.onnx, sha256 } });
  const put = async (name: string, content: Uint8Array | string): Promise<void> => {
    const temporary = path.join(folder, `.${name}.${randomUUID()}`);
    try {
      await writeFile(temporary, content, { flush: true });
      await rename(temporary, path.join(folder, name));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  };
  await put("model.onnx", onnx);
  await put("model.json", `${JSON.stringify(complete, null, 2)}\n`);
}

/** The engines of this platform, the quickest first; our own kernels need nothing, but run our own networks only. */
export const engines: readonly Engine[] = [onnxruntimeNodeEngine, segathlonWasmEngine, onnxruntimeWebEngine];

/** One line on every engine that was tried and not taken. */
export interface OpenedModel extends LoadedModel {
  readonly passedOver: readonly string[];
}

/**
 * Loads a package into the first engine that is installed and passes the self-test, or into the one that is named.
 *
 * @throws SegathlonError of the named engine; SEG502 when none of several can be used
 */
export async function openModel(
  model: ModelPackage,
  options: { readonly engine?: string; readonly threads?: number } = {},
): Promise<OpenedModel> {
  const candidates =
    options.engine === undefined ? engines : engines.filter((engine) => engine.name === options.engine);
  if (candidates.length === 0)
    throw new SegathlonError(
      "SEG502",
      `no engine is named ${options.engine}; there are ${engines.map((engine) => engine.name).join(", ")}`,
    );
  const passedOver: string[] = [];
  for (const engine of candidates) {
    let loaded: LoadedModel | undefined;
    try {
      loaded = await engine.load(
        model.document,
        model.onnx,
        options.threads === undefined ? {} : { threads: options.threads },
      );
      await runSelfTest(model.document, loaded);
      return { ...loaded, passedOver };
    } catch (error) {
      await loaded?.release();
      if (!(error instanceof SegathlonError) || options.engine !== undefined) throw error;
      passedOver.push(`${engine.name}: ${error.message}`);
    }
  }
  throw new SegathlonError("SEG502", `${model.document.name}: no engine can run this model: ${passedOver.join("; ")}`);
}
