export { fitAtlasForest } from "./baselines/atlas-forest.ts";
export { fitAtlasPrior, meanForegroundDice } from "./baselines/atlas-prior.ts";
export { fitMajority } from "./baselines/majority.ts";
export { fitThresholdMorphology } from "./baselines/threshold-morphology.ts";
export type { BaselineImage, FittedBaseline, TrainingCase } from "./baselines/training-case.ts";
export type { Engine, EngineName, LoadedModel } from "./engine.ts";
export { type Box3, boxShape, cropGrid, type Grid3, type Triple, voxelCount } from "./grid3.ts";
export { importMonai } from "./import/import-monai.ts";
export { importNnunet, type NnunetImport } from "./import/import-nnunet.ts";
export { type LabelRule, labelsFromLogits } from "./label-logits.ts";
export { keepLargestComponent } from "./largest-component.ts";
export { type ModelDocument, modelDocumentSchema, type Normalisation, normalisationSchema } from "./model-document.ts";
export { type NonzeroRegion, nonzeroRegion } from "./nonzero-region.ts";
export { normaliseChannel } from "./normalise-channel.ts";
export {
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
  writeOnnx,
} from "./onnx-writer.ts";
export { onnxruntimeWebEngine } from "./onnxruntime-web-engine.ts";
export {
  type CaseImage,
  orientationTransform,
  type PredictOptions,
  type PreparedCase,
  predictCase,
  prepareCase,
} from "./predict-case.ts";
export { type ResizeOrder, resizeGrid, resizeSeparately, separateAxis } from "./resize.ts";
export { segathlonWasmEngine } from "./segathlon-wasm-engine.ts";
export { recordSelfTest, runSelfTest, selfTestWindow } from "./self-test.ts";
export {
  countWindows,
  gaussianWeights,
  type LogitSlab,
  predictSlabs,
  type SlidingWindowPlan,
  type SlidingWindowProgress,
  type WindowNetwork,
  windowStarts,
} from "./sliding-window.ts";
