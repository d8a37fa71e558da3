/** The whole network: gradients against differences of its own loss along random directions, and determinism. */
import { expect, test } from "vitest";
import { seededRandom } from "../seeded-random.ts";
import { initialiseNetwork } from "./initialise-network.ts";
import type { NetworkDesign } from "./network-design.ts";
import { instantiateNetworkKernels, sharedNetworkMemory } from "./network-kernels.ts";
import { networkMemory } from "./network-memory.ts";
import { NetworkPass } from "./network-pass.ts";
import { readOutputs, writeInput, writeLabels } from "./network-tensors.ts";

function network(design: NetworkDesign) {
  const layout = networkMemory(design, 1);
  const memory = sharedNetworkMemory(layout.bytes);
  const pass = new NetworkPass(instantiateNetworkKernels(memory), layout);
  initialiseNetwork(memory.buffer, layout, 3);
  for (const i of layout.parameters.tensors.keys()) pass.refreshFlipped(i);
  const sample = layout.samples[0];
  if (sample === undefined) throw new Error("a batch of one has one sample");
  const random = seededRandom(9);
  const voxels = design.patch[0] * design.patch[1] * design.patch[2];
  writeInput(
    memory.buffer,
    design,
    sample,
    Float32Array.from({ length: voxels * design.channels }, () => 2 * random.uniform() - 1),
  );
  writeLabels(
    memory.buffer,
    design,
    sample,
    Uint8Array.from({ length: voxels }, () => random.integer(design.classes)),
  );
  const loss = (): number => {
    pass.forward(sample);
    pass.loss(sample);
    const sums = new Float64Array(memory.buffer, sample.sums, 2 + 3 * design.classes);
    let value = (sums[0] ?? 0) / (sums[1] ?? 1);
    for (let k = 1; k < design.classes; k++)
      value -=
        (2 * (sums[2 + 3 * k] ?? 0) + 1) / ((sums[3 + 3 * k] ?? 0) + (sums[4 + 3 * k] ?? 0) + 1) / (design.classes - 1);
    return value;
  };
  return { layout, memory, pass, sample, loss };
}

test.each([
  [{ channels: 1, classes: 3, width: 8, levels: 3, patch: [24, 16, 16] } satisfies NetworkDesign],
  [{ channels: 2, classes: 2, width: 8, levels: 2, patch: [12, 8, 4] } satisfies NetworkDesign],
  [{ channels: 1, classes: 4, width: 16, levels: 1, patch: [6, 4, 8] } satisfies NetworkDesign],
])("gradients of $patch at width $width and $levels levels follow the loss", (design) => {
  const { layout, memory, pass, sample, loss } = network(design);
  loss();
  pass.backward(sample, 0);
  layout.parameters.tensors.forEach((tensor, index) => {
    const weights = new Float32Array(memory.buffer, layout.weights + (layout.offsets[index] ?? 0), tensor.size);
    const gradient = Float32Array.from(
      new Float32Array(memory.buffer, layout.gradients + (layout.offsets[index] ?? 0), tensor.size),
    );
    const random = seededRandom(index + 1);
    // Along the gradient itself the change is largest against float32 noise; a random part keeps other entries honest.
    const norm = Math.hypot(...gradient) || 1;
    const direction = Float64Array.from(
      gradient,
      (g) => g / norm + (0.3 * (2 * random.uniform() - 1)) / Math.sqrt(tensor.size),
    );
    const slope = direction.reduce((sum, v, i) => sum + v * (gradient[i] ?? 0), 0);
    const start = Float32Array.from(weights);
    const step = 4e-3;
    const at = (t: number): number => {
      for (let i = 0; i < start.length; i++) weights[i] = (start[i] ?? 0) + t * (direction[i] ?? 0);
      const value = loss();
      weights.set(start);
      return value;
    };
    const measured = (at(step) - at(-step)) / (2 * step);
    expect(Math.abs(measured - slope), `${tensor.name}: measured ${measured}, gradient says ${slope}`).toBeLessThan(
      0.03 * Math.abs(slope) + 2e-4,
    );
  });
});

test("outputs lie where the input's voxels lie", () => {
  const design: NetworkDesign = { channels: 1, classes: 2, width: 8, levels: 1, patch: [4, 6, 8] };
  const { memory, pass, sample } = network(design);
  const voxels = 4 * 6 * 8;
  const window = new Float32Array(voxels);
  window[1 + 4 * (2 + 6 * 5)] = 50;
  writeInput(memory.buffer, design, sample, new Float32Array(voxels));
  pass.forward(sample);
  const quiet = readOutputs(memory.buffer, design, sample);
  writeInput(memory.buffer, design, sample, window);
  pass.forward(sample);
  const loud = readOutputs(memory.buffer, design, sample);
  // Two 3x3x3 convolutions at half resolution see at most two half-resolution voxels, four voxels, away; norms spread a constant.
  const change = (x: number, y: number, z: number): number =>
    Math.abs((loud[x + 4 * (y + 6 * z)] ?? 0) - (quiet[x + 4 * (y + 6 * z)] ?? 0));
  expect(change(1, 2, 5)).toBeGreaterThan(0);
  expect(loud.length).toBe(2 * voxels);
});
