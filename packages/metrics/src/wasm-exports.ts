/** What the compiled kernel (`packages/metrics/assembly`) exports. Addresses and counts are u32, byte counts of `allocate` u64. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;

  allocate(bytes: bigint): number;
  mark(): number;
  forgetAll(): void;
  clearWorkSpace(): void;
  releaseClean(to: number): void;
  releaseUsed(to: number): void;
  outOfMemoryBytes(): number;

  setRows(width: number, height: number, runLimit: number): void;
  setLabels(labels: number, count: number, tableSize: number): void;
  findLabels(most: number): void;
  foundLabels(): number;
  foundLabelCount(): number;
  scanGzip(file: number, length: number, headerBytes: number, voxels: number, bytesPerVoxel: number): number;
  beginSide(side: number): void;
  scanBlock(block: number, voxels: number, bytesPerVoxel: number): number;
  endSide(): number;
  adoptRuns(side: number, id: number, kept: number, count: number): void;
  runsOf(side: number, id: number): number;
  packRuns(side: number, id: number, to: number): void;

  setBox(left: number, right: number, front: number, back: number, bottom: number, up: number): void;
  setBoxOfLabels(ids: number, count: number): number;
  voxelsOfLabels(side: number, ids: number, count: number): number;
  allocatePlanes(): void;
  drawRuns(side: number, height: number, ids: number, count: number): void;
  drawVoxels(
    side: number,
    voxels: number,
    bytesPerVoxel: number,
    firstRow: number,
    rows: number,
    member: number,
    single: number,
  ): void;
  countPlane(side: number): number;
  countOverlap(): number;
  clearPlanes(): void;

  allocateSurfaces(): void;
  drawSurface(side: number): void;
  clearSurfaces(): void;
  setSpacing(x: number, y: number, z: number): void;
  setSteps(list: number, count: number, reach: number): void;
  setShells(list: number, count: number, reachY: number, reachZ: number): void;
  allocateShells(): void;
  resetShells(): void;
  setClasses(table: number): void;
  allocateTables(): void;
  setTarget(side: number): void;
  beginHistogram(areaClasses: number): void;
  measure(from: number): void;
  distinctDistances(): number;
  listRows(): number;
}
