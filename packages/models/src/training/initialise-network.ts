/**
 * Starting weights: convolutions normal with variance 2 / (taps * inputs) (He et al. 2015), the head's a tenth of that, gains 1, shifts
 * and biases 0. Seeded.
 */
import { seededRandom } from "../seeded-random.ts";
import type { NetworkMemory } from "./network-memory.ts";

export function initialiseNetwork(buffer: ArrayBufferLike, memory: NetworkMemory, seed: number): void {
  const random = seededRandom(seed);
  memory.parameters.tensors.forEach((tensor, index) => {
    const values = new Float32Array(buffer, memory.weights + (memory.offsets[index] ?? 0), tensor.size);
    if (tensor.kind === "gain") values.fill(1);
    else if (tensor.kind === "shift" || tensor.kind === "bias") values.fill(0);
    else {
      const taps = tensor.kind === "conv3" ? 27 : 1;
      const sd = Math.sqrt(2 / (taps * tensor.inputs)) * (tensor.name.startsWith("head") ? 0.1 : 1);
      // A sum of twelve uniforms is normal enough and needs no transcendental function, so it is the same everywhere.
      for (let i = 0; i < values.length; i++) {
        let sum = -6;
        for (let k = 0; k < 12; k++) sum += random.uniform();
        values[i] = sd * sum;
      }
    }
  });
}
