export {
  engines,
  type ModelPackage,
  type OpenedModel,
  openModel,
  readModelPackage,
  writeModelPackage,
} from "./model-package.ts";
export { onnxruntimeNodeEngine } from "./onnxruntime-node-engine.ts";
