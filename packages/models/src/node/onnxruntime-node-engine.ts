/** onnxruntime-node: the quick engine where its binary exists. An optional package, loaded only when it is asked for. */
import { SegathlonError } from "@segathlon/errors";
import type { Engine } from "../engine.ts";
import { type OnnxRuntime, openSession } from "../onnxruntime-session.ts";

export const onnxruntimeNodeEngine: Engine = {
  name: "onnxruntime-node",
  async load(model, onnx, options) {
    let runtime: OnnxRuntime;
    try {
      // The name is not a literal, so that bundlers do not follow an optional package.
      const name = "onnxruntime-node";
      runtime = (await import(name)) as OnnxRuntime;
    } catch (cause) {
      throw new SegathlonError("SEG502", "onnxruntime-node is not installed", {
        hint: "ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@1.30.0",
        cause,
      });
    }
    return openSession(runtime, "onnxruntime-node", ["cpu"], model, onnx, options?.threads);
  },
};
