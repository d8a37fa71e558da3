/** onnxruntime-web: WASM SIMD in browsers, and the fallback in Node. */
import { SegathlonError } from "@segathlon/errors";
import type { Engine } from "./engine.ts";
import { type OnnxRuntime, openSession } from "./onnxruntime-session.ts";

export const onnxruntimeWebEngine: Engine = {
  name: "onnxruntime-web",
  async load(model, onnx, options) {
    let runtime: OnnxRuntime & { env: { wasm: { numThreads?: number } } };
    try {
      runtime = (await import("onnxruntime-web")) as unknown as typeof runtime;
    } catch (cause) {
      throw new SegathlonError("SEG502", "onnxruntime-web is not installed", {
        hint: "npm install onnxruntime-web@1.30.0",
        cause,
      });
    }
    // Threads need cross-origin isolation in a page; one thread runs everywhere and gives the same numbers.
    runtime.env.wasm.numThreads = options?.threads ?? 1;
    return openSession(runtime, "onnxruntime-web", ["wasm"], model, onnx, undefined);
  },
};
