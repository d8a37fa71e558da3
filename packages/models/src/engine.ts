/**
 * The seam between a model package and what runs its graph: onnxruntime-node, onnxruntime-web or our own kernels. An engine that is
 * not installed says so; which engine ran is recorded in the result.
 */
import type { ModelDocument } from "./model-document.ts";
import type { WindowNetwork } from "./sliding-window.ts";

export type EngineName = "onnxruntime-node" | "onnxruntime-web" | "segathlon-wasm";

export interface LoadedModel {
  readonly engine: EngineName;
  /** Version of the engine's package. */
  readonly version: string;
  readonly network: WindowNetwork;
  /** Frees the engine's memory; the network must not be used afterwards. */
  release(): Promise<void>;
}

export interface Engine {
  readonly name: EngineName;
  /**
   * Loads a graph.
   *
   * @throws SegathlonError SEG502 when the engine is not installed, SEG503 when the graph cannot be loaded
   */
  load(model: ModelDocument, onnx: Uint8Array, options?: { readonly threads?: number }): Promise<LoadedModel>;
}
