/** Medical image volumes in memory: reading, geometry, orientation. Runs in browsers and in Node; files are in `./node`. */
export {
  affineSpacing,
  applyAffine,
  composeAffines,
  cornerVoxels,
  determinant,
  identityAffine,
  invertAffine,
  type Point,
  voxelCount,
  voxelVolumeMm3,
} from "./affine.ts";
export {
  type Axis,
  type AxisTransform,
  describeTransform,
  identityTransform,
  invertTransform,
  isIdentityTransform,
  reorientLabelMap,
  reorientVolume,
  transformGeometry,
  transformVoxels,
} from "./axis-transform.ts";
export type { Affine, Geometry, Shape, SpacingMm } from "./geometry.ts";
export {
  compareGeometry,
  cornerDisplacementMm,
  describeComparison,
  type GeometryComparison,
  noiseFraction,
} from "./geometry-comparison.ts";
export { type GzipLabels, locateGzipLabels } from "./gzip-labels.ts";
export { countLabels, type LabelArray, labelTolerance, largestLabel, toLabelMap } from "./label-map.ts";
export { labelNames } from "./label-names.ts";
export { defaultMaxVoxelBytes, type ReadOptions } from "./limits.ts";
export { transformDisagreementMm } from "./nifti-transform.ts";
export { encodeNifti, labelMapVolume, type NiftiWriteOptions } from "./nifti-write.ts";
export { encodeNrrd } from "./nrrd-write.ts";
export { labelMapToRas, orientationCodes, toRasTransform, volumeToRas } from "./orientation.ts";
export { readHeader, readLabelMap, readVolume } from "./read.ts";
export { geometryWithSpacing, type ResampleOptions, resampleLabelMap, resampleVolume } from "./resample.ts";
export { scaledValues } from "./scaled-values.ts";
export type { Interpolation } from "./spline.ts";
export type {
  ByteOrder,
  HeaderDetails,
  LabelMap,
  NiftiDetails,
  NiftiExtension,
  Volume,
  VolumeFormat,
  VolumeHeader,
  VoxelArray,
  VoxelType,
} from "./volume.ts";
export { makeVoxelArray, voxelBytes, voxelTypeOf } from "./voxel-type.ts";
