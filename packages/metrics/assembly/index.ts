/**
 * The metric kernel. One case: `beginCase`, `setLabels`, then for each side `beginSide`, `scanBlock` ..., `endSide` (or `adoptRuns`, or `scanGzip`),
 * then `clearWorkSpace` once. One region: a box, planes, counts, surfaces, two directions, `endRegion`. All numbers are whole until
 * the squared distances, which are float64 in a fixed order of roundings; nothing here depends on the order of the search.
 */
export { allocate, clearWorkSpace, forgetAll, mark, outOfMemoryBytes, releaseClean, releaseUsed } from "./memory";
export { findLabels, foundLabelCount, foundLabels, setLabels } from "./label-table";
export { scanGzip } from "./gzip-scan";
export { adoptRuns, beginSide, endSide, packRuns, runsOf, scanBlock, setRows } from "./runs";
export { setBox, setBoxOfLabels, voxelsOfLabels } from "./region";
export { allocatePlanes, clearPlanes, countOverlap, countPlane, drawRuns, drawVoxels } from "./planes";
export { allocateSurfaces, clearSurfaces, drawSurface } from "./surface";
export { allocateTables, setSpacing, setSteps, setTarget } from "./nearest";
export { beginHistogram, distinctDistances, listRows } from "./histogram";
export { allocateShells, resetShells, setShells } from "./shells";
export { measure, setClasses } from "./measure";
