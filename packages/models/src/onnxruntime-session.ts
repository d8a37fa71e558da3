/**
 * What onnxruntime-node and onnxruntime-web have in common: the same API over different binaries. The package is handed in, so that
 * this file loads neither.
 */
import { SegathlonError } from "@segathlon/errors";
import type { EngineName, LoadedModel } from "./engine.ts";
import { voxelCount } from "./grid3.ts";
import type { ModelDocument } from "./model-document.ts";

/** The part of onnxruntime-common that is used. */
export interface OnnxRuntime {
  readonly env: { readonly versions: { readonly common: string; readonly node?: string; readonly web?: string } };
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: Record<string, unknown>): Promise<OnnxSession>;
  };
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => unknown;
}

interface OnnxSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(
    feeds: Record<string, unknown>,
  ): Promise<Record<string, { readonly data: unknown; readonly dims: readonly number[] }>>;
  release(): Promise<void>;
}

/** Loads a model's graph into a session and checks that its inputs and outputs are those that model.json names. */
export async function openSession(
  runtime: OnnxRuntime,
  engine: EngineName,
  executionProviders: readonly string[],
  model: ModelDocument,
  onnx: Uint8Array,
  threads: number | undefined,
): Promise<LoadedModel> {
  let session: OnnxSession;
  try {
    session = await runtime.InferenceSession.create(onnx, {
      executionProviders,
      logSeverityLevel: 3,
      ...(threads === undefined ? {} : { intraOpNumThreads: threads, interOpNumThreads: 1 }),
    });
  } catch (cause) {
    throw new SegathlonError(
      "SEG503",
      `${model.name}: ${engine} cannot load model.onnx: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  const { input, output } = model.onnx;
  if (!session.inputNames.includes(input) || !session.outputNames.includes(output)) {
    const found = `inputs ${session.inputNames.join(", ")}; outputs ${session.outputNames.join(", ")}`;
    await session.release();
    throw new SegathlonError(
      "SEG503",
      `${model.name}: model.json names input ${input} and output ${output}; model.onnx has ${found}`,
    );
  }
  const [nx, ny, nz] = model.patch;
  const dims = [1, model.channels.length, nz, ny, nx];
  const expected = model.outputs.length * voxelCount(model.patch);
  const { versions } = runtime.env;
  return {
    engine,
    version: (engine === "onnxruntime-node" ? versions.node : versions.web) ?? versions.common,
    network: async (window) => {
      let result: unknown;
      try {
        result = (await session.run({ [input]: new runtime.Tensor("float32", window, dims) }))[output]?.data;
      } catch (cause) {
        throw new SegathlonError(
          "SEG503",
          `${model.name}: ${engine} cannot run the graph: ${cause instanceof Error ? cause.message : String(cause)}`,
          { cause },
        );
      }
      if (!(result instanceof Float32Array) || result.length !== expected) {
        const found = result instanceof Float32Array ? `${result.length} values` : typeof result;
        throw new SegathlonError(
          "SEG503",
          `${model.name}: output ${output} has ${found}; expected ${model.outputs.length} x ${nz}x${ny}x${nx} float32 values`,
        );
      }
      return result;
    },
    release: () => session.release(),
  };
}
