/** A trained network as an ONNX graph on full-resolution patches: space to depth, stages, head, depth to space. */
import { type OnnxNode, type OnnxTensor, writeOnnx } from "../onnx-writer.ts";
import type { StageTensors } from "./network-design.ts";
import type { NetworkMemory } from "./network-memory.ts";

/** NaN-free copies of all parameters in ONNX order ([output][input][kd][kh][kw]). */
function onnxTensors(buffer: ArrayBufferLike, memory: NetworkMemory): OnnxTensor[] {
  return memory.parameters.tensors.map((tensor, index) => {
    const stored = new Float32Array(buffer, memory.weights + (memory.offsets[index] ?? 0), tensor.size);
    if (tensor.kind !== "conv3" && tensor.kind !== "conv1")
      return { name: tensor.name, shape: [tensor.outputs], data: stored.slice() };
    const taps = tensor.kind === "conv3" ? 27 : 1;
    const data = new Float32Array(tensor.size);
    for (let o = 0; o < tensor.outputs; o++) {
      for (let i = 0; i < tensor.inputs; i++) {
        for (let k = 0; k < taps; k++)
          data[(o * tensor.inputs + i) * taps + k] =
            stored[(((o >> 3) * taps + k) * tensor.inputs + i) * 8 + (o & 7)] ?? 0;
      }
    }
    const kernel = tensor.kind === "conv3" ? [3, 3, 3] : [1, 1, 1];
    return { name: tensor.name, shape: [tensor.outputs, tensor.inputs, ...kernel], data };
  });
}

/**
 * Writes the network as ONNX (opset 18): input `image` [1, channels, z, y, x], output `logits` [1, classes, z, y, x].
 *
 * @returns the bytes and the number of parameters
 */
export function exportNetwork(
  buffer: ArrayBufferLike,
  memory: NetworkMemory,
): { readonly onnx: Uint8Array; readonly parameters: number } {
  const { design, parameters } = memory;
  const [x, y, z] = design.patch;
  const half = [z / 2, y / 2, x / 2];
  const initializers: OnnxTensor[] = onnxTensors(buffer, memory);
  const nodes: OnnxNode[] = [];
  const shape = (name: string, values: readonly number[]): string => {
    initializers.push({ name, shape: [values.length], data: BigInt64Array.from(values, BigInt) });
    return name;
  };
  const node = (op: string, inputs: readonly string[], output: string, attributes?: OnnxNode["attributes"]): string => {
    nodes.push({ op, inputs, outputs: [output], ...(attributes === undefined ? {} : { attributes }) });
    return output;
  };
  const name = (index: number): string => parameters.tensors[index]?.name ?? "";
  const pads3 = { kernel_shape: [3, 3, 3], pads: [1, 1, 1, 1, 1, 1] };
  const norm = (input: string, first: number, output: string): string =>
    node("InstanceNormalization", [input, name(first + 1), name(first + 2)], output, { epsilon: { float: 1e-5 } });
  const stage = (entry: StageTensors, input: string, label: string): string => {
    const rawA = node("Conv", [input, name(entry.first)], `${label}.rawA`, pads3);
    const a = node("LeakyRelu", [norm(rawA, entry.first, `${label}.normA`)], `${label}.a`, { alpha: { float: 0.01 } });
    const rawB = node("Conv", [a, name(entry.first + 3)], `${label}.rawB`, pads3);
    const sum = node("Add", [norm(rawB, entry.first + 3, `${label}.normB`), a], `${label}.sum`);
    return node("LeakyRelu", [sum], `${label}.b`, { alpha: { float: 0.01 } });
  };
  // Channel 8 c + 4 (z & 1) + 2 (y & 1) + (x & 1) of the half-resolution grid.
  const split = node(
    "Reshape",
    ["image", shape("split.shape", [1, design.channels, half[0] ?? 1, 2, half[1] ?? 1, 2, half[2] ?? 1, 2])],
    "split",
  );
  const gathered = node("Transpose", [split], "gathered", { perm: [0, 1, 3, 5, 7, 2, 4, 6] });
  let value = node("Reshape", [gathered, shape("input.shape", [1, 8 * design.channels, ...half])], "input");
  const skips: string[] = [];
  parameters.encoder.forEach((entry, l) => {
    if (l > 0) value = node("MaxPool", [value], `pooled${l}`, { kernel_shape: [2, 2, 2], strides: [2, 2, 2] });
    value = stage(entry, value, `encoder${l}`);
    skips.push(value);
  });
  initializers.push({ name: "twice", shape: [5], data: Float32Array.of(1, 1, 2, 2, 2) });
  for (let l = design.levels - 2; l >= 0; l--) {
    const entry = parameters.decoder[l];
    const up = parameters.up[l];
    if (entry === undefined || up === undefined) continue;
    const narrow = node("Conv", [value, name(up), name(up + 1)], `up${l}`, { kernel_shape: [1, 1, 1] });
    const repeated = node("Resize", [narrow, "", "twice"], `repeated${l}`, {
      mode: "nearest",
      coordinate_transformation_mode: "asymmetric",
      nearest_mode: "floor",
    });
    value = stage(entry, node("Add", [repeated, skips[l] ?? ""], `sum${l}`), `decoder${l}`);
  }
  const head = node("Conv", [value, name(parameters.head), name(parameters.head + 1)], "head", {
    kernel_shape: [1, 1, 1],
  });
  const parts = node("Reshape", [head, shape("parts.shape", [1, design.classes, 2, 2, 2, ...half])], "parts");
  const woven = node("Transpose", [parts], "woven", { perm: [0, 1, 5, 2, 6, 3, 7, 4] });
  node("Reshape", [woven, shape("logits.shape", [1, design.classes, z, y, x])], "logits");
  const onnx = writeOnnx({
    name: "segathlon-unet",
    nodes,
    initializers,
    inputs: [{ name: "image", shape: [1, design.channels, z, y, x] }],
    outputs: [{ name: "logits", shape: [1, design.classes, z, y, x] }],
  });
  return { onnx, parameters: parameters.size };
}
