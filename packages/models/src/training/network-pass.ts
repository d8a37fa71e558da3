/** Forward and backward pass of one sample through the network, on the shared memory. */
import { levelShape, type StageTensors } from "./network-design.ts";
import type { NetworkKernels } from "./network-kernels.ts";
import type { NetworkMemory, SampleArena, StageArena } from "./network-memory.ts";

const EPS = 1e-5;

export class NetworkPass {
  private readonly kernels: NetworkKernels;
  private readonly memory: NetworkMemory;
  /** Kernel order of a level: d, h, w. */
  private readonly sizes: readonly (readonly [number, number, number])[];

  constructor(kernels: NetworkKernels, memory: NetworkMemory) {
    this.kernels = kernels;
    this.memory = memory;
    this.sizes = Array.from({ length: memory.design.levels }, (_, level) => {
      const [x, y, z] = levelShape(memory.design, level);
      return [z, y, x] as const;
    });
  }

  private size(level: number): readonly [number, number, number] {
    return this.sizes[level] ?? [0, 0, 0];
  }

  private weight(index: number): number {
    return this.memory.weights + (this.memory.offsets[index] ?? 0);
  }

  private flippedWeight(index: number): number {
    return this.memory.flipped + (this.memory.offsets[index] ?? 0);
  }

  private stageForward(stage: StageTensors, arena: StageArena, input: number): void {
    const { kernels } = this;
    const [d, h, w] = this.size(stage.level);
    const c = stage.outputs;
    kernels.conv3(input, arena.rawA, this.weight(stage.first), d, h, w, stage.inputs, c, 0);
    kernels.normStatistics(arena.rawA, arena.statisticsA, d, h, w, c, EPS);
    kernels.normApply(
      arena.rawA,
      arena.a,
      0,
      arena.statisticsA,
      this.weight(stage.first + 1),
      this.weight(stage.first + 2),
      d,
      h,
      w,
      c,
    );
    kernels.conv3(arena.a, arena.rawB, this.weight(stage.first + 3), d, h, w, c, c, 0);
    kernels.normStatistics(arena.rawB, arena.statisticsB, d, h, w, c, EPS);
    kernels.normApply(
      arena.rawB,
      arena.b,
      arena.a,
      arena.statisticsB,
      this.weight(stage.first + 4),
      this.weight(stage.first + 5),
      d,
      h,
      w,
      c,
    );
  }

  /** From the input in the sample's arena to logits in `logits`. */
  forward(sample: SampleArena): void {
    const { kernels, memory } = this;
    const { design, parameters } = memory;
    const last = design.levels - 1;
    parameters.encoder.forEach((stage, l) => {
      const arena = sample.encoder[l];
      if (arena === undefined) return;
      if (l > 0) {
        const [d, h, w] = this.size(l);
        kernels.maxPool(sample.encoder[l - 1]?.b ?? 0, sample.pooled[l] ?? 0, d, h, w, stage.inputs);
      }
      this.stageForward(stage, arena, l === 0 ? sample.input : (sample.pooled[l] ?? 0));
    });
    let deeper = sample.encoder[last]?.b ?? 0;
    for (let l = last - 1; l >= 0; l--) {
      const stage = parameters.decoder[l];
      const arena = sample.decoder[l];
      if (stage === undefined || arena === undefined) continue;
      const [d, h, w] = this.size(l + 1);
      const up = parameters.up[l] ?? 0;
      kernels.conv1(
        deeper,
        sample.up[l] ?? 0,
        this.weight(up),
        this.weight(up + 1),
        d,
        h,
        w,
        2 * stage.outputs,
        stage.outputs,
        0,
      );
      kernels.upAdd(sample.up[l] ?? 0, sample.encoder[l]?.b ?? 0, sample.sum[l] ?? 0, d, h, w, stage.outputs);
      this.stageForward(stage, arena, sample.sum[l] ?? 0);
      deeper = arena.b;
    }
    const [d, h, w] = this.size(0);
    kernels.conv1(
      deeper,
      sample.logits,
      this.weight(parameters.head),
      this.weight(parameters.head + 1),
      d,
      h,
      w,
      design.width,
      8 * design.classes,
      0,
    );
  }

  /** Softmax and the sums of the loss, over the logits in place. */
  loss(sample: SampleArena): void {
    const [d, h, w] = this.size(0);
    this.kernels.softmaxSums(sample.logits, sample.labels, sample.sums, d, h, w, this.memory.design.classes);
  }

  private stageBackward(
    stage: StageTensors,
    arena: StageArena,
    input: number,
    gradient: number,
    inputGradient: number,
    scratch: number,
    block: number,
  ): void {
    const { kernels } = this;
    const [d, h, w] = this.size(stage.level);
    const c = stage.outputs;
    const at = (index: number): number => block + (this.memory.offsets[stage.first + index] ?? 0);
    kernels.normBackward(
      arena.rawB,
      arena.b,
      gradient,
      scratch,
      arena.statisticsB,
      this.weight(stage.first + 4),
      at(4),
      at(5),
      d,
      h,
      w,
      c,
    );
    kernels.conv3WeightGradient(arena.a, scratch, at(3), d, h, w, c, c);
    // `gradient` now holds what flows through the residual; the convolution's part is added to it.
    kernels.conv3(scratch, gradient, this.flippedWeight(stage.first + 3), d, h, w, c, c, 1);
    kernels.normBackward(
      arena.rawA,
      arena.a,
      gradient,
      scratch,
      arena.statisticsA,
      this.weight(stage.first + 1),
      at(1),
      at(2),
      d,
      h,
      w,
      c,
    );
    kernels.conv3WeightGradient(input, scratch, at(0), d, h, w, stage.inputs, c);
    if (inputGradient !== 0)
      kernels.conv3(scratch, inputGradient, this.flippedWeight(stage.first), d, h, w, c, stage.inputs, 0);
  }

  /** From the probabilities that {@link loss} left to the gradients of all parameters, in gradient block `slot`. */
  backward(sample: SampleArena, slot: number): void {
    const { kernels, memory } = this;
    const { design, parameters } = memory;
    const block = memory.gradients + slot * memory.blockBytes;
    const at = (index: number): number => block + (memory.offsets[index] ?? 0);
    const last = design.levels - 1;
    const [d0, h0, w0] = this.size(0);
    kernels.lossGradient(sample.logits, sample.labels, sample.sums, sample.logits, d0, h0, w0, design.classes, 1);
    const top = last === 0 ? sample.encoder[0]?.b : sample.decoder[0]?.b;
    const topGradient = (last === 0 ? sample.encoderGradient[0] : sample.decoderGradient[0]) ?? 0;
    kernels.conv1WeightGradient(
      top ?? 0,
      sample.logits,
      at(parameters.head),
      at(parameters.head + 1),
      d0,
      h0,
      w0,
      design.width,
      8 * design.classes,
    );
    kernels.conv1(
      sample.logits,
      topGradient,
      this.flippedWeight(parameters.head),
      0,
      d0,
      h0,
      w0,
      8 * design.classes,
      design.width,
      0,
    );
    for (let l = 0; l < last; l++) {
      const stage = parameters.decoder[l];
      const arena = sample.decoder[l];
      if (stage === undefined || arena === undefined) continue;
      // The gradient of the sum is both the skip's (encoder level l) and, summed over blocks, the up path's.
      const sumGradient = sample.encoderGradient[l] ?? 0;
      this.stageBackward(
        stage,
        arena,
        sample.sum[l] ?? 0,
        sample.decoderGradient[l] ?? 0,
        sumGradient,
        sample.scratch[l] ?? 0,
        block,
      );
      const [d, h, w] = this.size(l + 1);
      const up = parameters.up[l] ?? 0;
      const upGradient = sample.upGradient[l] ?? 0;
      kernels.upBackward(sumGradient, upGradient, d, h, w, stage.outputs);
      const deeper = l + 1 === last ? sample.encoder[last]?.b : sample.decoder[l + 1]?.b;
      const deeperGradient = (l + 1 === last ? sample.encoderGradient[last] : sample.decoderGradient[l + 1]) ?? 0;
      kernels.conv1WeightGradient(
        deeper ?? 0,
        upGradient,
        at(up),
        at(up + 1),
        d,
        h,
        w,
        2 * stage.outputs,
        stage.outputs,
      );
      kernels.conv1(
        upGradient,
        deeperGradient,
        this.flippedWeight(up),
        0,
        d,
        h,
        w,
        stage.outputs,
        2 * stage.outputs,
        0,
      );
    }
    for (let l = last; l >= 0; l--) {
      const stage = parameters.encoder[l];
      const arena = sample.encoder[l];
      if (stage === undefined || arena === undefined) continue;
      const pooledGradient = sample.pooledGradient[l] ?? 0;
      this.stageBackward(
        stage,
        arena,
        l === 0 ? sample.input : (sample.pooled[l] ?? 0),
        sample.encoderGradient[l] ?? 0,
        pooledGradient,
        sample.scratch[l] ?? 0,
        block,
      );
      if (l > 0) {
        const [d, h, w] = this.size(l);
        kernels.maxPoolBackward(
          sample.encoder[l - 1]?.b ?? 0,
          sample.pooled[l] ?? 0,
          pooledGradient,
          sample.encoderGradient[l - 1] ?? 0,
          d,
          h,
          w,
          stage.inputs,
        );
      }
    }
  }

  /** Flipped weights of parameter `index`, if it has any. */
  refreshFlipped(index: number): void {
    const tensor = this.memory.parameters.tensors[index];
    if (tensor?.kind === "conv3")
      this.kernels.conv3Flip(this.weight(index), this.flippedWeight(index), tensor.inputs, tensor.outputs);
    if (tensor?.kind === "conv1")
      this.kernels.conv1Transpose(this.weight(index), this.flippedWeight(index), tensor.inputs, tensor.outputs);
  }
}
