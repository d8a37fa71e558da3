/**
 * Our own kernels as an engine: runs the networks that `segathlon train` exports, in Node and in browsers, with nothing else
 * installed. Other graphs are refused by name; onnxruntime runs those.
 */
import { SegathlonError } from "@segathlon/errors";
import type { Engine } from "./engine.ts";
import { type OnnxInitialisers, readOnnxInitialisers } from "./onnx-initialisers.ts";
import type { NetworkDesign } from "./training/network-design.ts";
import { instantiateNetworkKernels, sharedNetworkMemory } from "./training/network-kernels.ts";
import { networkMemory } from "./training/network-memory.ts";
import { NetworkPass } from "./training/network-pass.ts";
import { readOutputs, writeInput } from "./training/network-tensors.ts";

function designOf(
  found: OnnxInitialisers,
  channels: number,
  classes: number,
  patch: readonly [number, number, number],
): NetworkDesign {
  const width = found.tensors.get("encoder0.a.weight")?.shape[0] ?? 0;
  let levels = 0;
  while (found.tensors.has(`encoder${levels}.a.weight`)) levels += 1;
  return { channels, classes, width, levels, patch };
}

export const segathlonWasmEngine: Engine = {
  name: "segathlon-wasm",
  async load(model, onnx) {
    const found = readOnnxInitialisers(onnx);
    if (found.producer !== "segathlon" || found.graph !== "segathlon-unet") {
      throw new SegathlonError(
        "SEG503",
        `${model.name}: our kernels run graphs of segathlon train only; this one is ${found.graph || "unnamed"} by ${found.producer || "an unnamed producer"}`,
        {
          hint: "Install onnxruntime-node or onnxruntime-web.",
        },
      );
    }
    const design = designOf(found, model.channels.length, model.outputs.length, model.patch);
    let layout: ReturnType<typeof networkMemory>;
    try {
      layout = networkMemory(design, 1);
    } catch (cause) {
      throw new SegathlonError(
        "SEG503",
        `${model.name}: the graph and model.json do not describe one network: ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      );
    }
    const memory = sharedNetworkMemory(layout.bytes);
    layout.parameters.tensors.forEach((tensor, index) => {
      const stored = found.tensors.get(tensor.name);
      if (stored === undefined || stored.data.length !== tensor.size) {
        throw new SegathlonError(
          "SEG503",
          `${model.name}: tensor ${tensor.name} has ${stored?.data.length ?? 0} values; expected ${tensor.size}`,
        );
      }
      const target = new Float32Array(memory.buffer, layout.weights + (layout.offsets[index] ?? 0), tensor.size);
      if (tensor.kind !== "conv3" && tensor.kind !== "conv1") {
        target.set(stored.data);
        return;
      }
      const taps = tensor.kind === "conv3" ? 27 : 1;
      for (let o = 0; o < tensor.outputs; o++) {
        for (let i = 0; i < tensor.inputs; i++) {
          for (let k = 0; k < taps; k++)
            target[(((o >> 3) * taps + k) * tensor.inputs + i) * 8 + (o & 7)] =
              stored.data[(o * tensor.inputs + i) * taps + k] ?? 0;
        }
      }
    });
    const pass = new NetworkPass(instantiateNetworkKernels(memory), layout);
    const sample = layout.samples[0];
    if (sample === undefined) throw new RangeError("a network has at least one sample arena");
    return {
      engine: "segathlon-wasm",
      version: model.provenance.version,
      network: async (window) => {
        writeInput(memory.buffer, design, sample, window);
        pass.forward(sample);
        return readOutputs(memory.buffer, design, sample);
      },
      release: async () => {},
    };
  },
};
