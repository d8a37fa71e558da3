export { type LoadedImage, readCaseImage, readCaseLabels } from "./case-image.ts";
export {
  engines,
  type ModelPackage,
  type OpenedModel,
  openModel,
  readModelPackage,
  writeModelPackage,
} from "./model-package.ts";
export { onnxruntimeNodeEngine } from "./onnxruntime-node-engine.ts";
export { predictFile, predictFileWithBaseline, readTrainingCase } from "./predict-files.ts";
export { type TrainedModel, type TrainingFiles, type TrainModelOptions, trainModel } from "./train-model.ts";
export { type TrainedNetwork, type TrainingCurve, type TrainingProgress, trainNetwork } from "./train-network.ts";
