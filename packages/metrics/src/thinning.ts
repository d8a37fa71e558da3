/**
 * Skeleton of a 3D mask by the thinning of Lee, Kashyap and Chu (1994), in the order in which scikit-image's
 * `skeletonize(image, method="lee")` does it on the array [x][y][z], so that the skeletons agree voxel for voxel.
 *
 * Rounds of six passes, one a direction, until a round removes nothing. A pass first collects candidates: voxels whose neighbour in
 * the pass's direction is background, that are no end point (exactly one of the 26 neighbours set), and whose removal changes
 * neither the Euler characteristic nor the number of 26-connected pieces of the neighbourhood (at most one piece). Then it takes
 * the candidates in array order (x slowest, z fastest) and removes each whose neighbours are still at most one piece. Directions:
 * -y, +y, +z, -z, +x, -x; an image one voxel wide along x takes the first four only.
 *
 * The second look asks for one piece only, so the last voxel of a small compact object (2 x 2 x 2) goes as well, there as here: such
 * an object has no skeleton.
 */
import type { BitMask } from "./bit-mask.ts";

/** Cell (dx, dy, dz) of a 3 x 3 x 3 neighbourhood is bit 9 (dx + 1) + 3 (dy + 1) + dz + 1. */
function cell(dx: number, dy: number, dz: number): number {
  return 1 << (9 * (dx + 1) + 3 * (dy + 1) + dz + 1);
}

const AROUND = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dz) => [dx, dy, dz] as const)));
const CENTRE = cell(0, 0, 0);

/** By bit number: the other cells, centre excepted, that touch this one. */
const TOUCHING = AROUND.map(([x, y, z]) =>
  AROUND.filter(
    ([a, b, c]) =>
      Math.abs(a - x) <= 1 && Math.abs(b - y) <= 1 && Math.abs(c - z) <= 1 && (a !== x || b !== y || c !== z),
  ).reduce((cells, [a, b, c]) => cells | cell(a, b, c), 0),
).map((cells) => cells & ~CENTRE);

/** For each vertex, edge and face of the centre cube: the other cells that share it. Dimension = number of zeros. */
const SHARING = AROUND.filter(([x, y, z]) => x !== 0 || y !== 0 || z !== 0).map((direction) => ({
  sign: direction.filter((step) => step === 0).length % 2 === 0 ? 1 : -1,
  cells:
    AROUND.filter((other) => other.every((step, axis) => step === 0 || step === direction[axis])).reduce(
      (cells, [x, y, z]) => cells | cell(x, y, z),
      0,
    ) & ~CENTRE,
}));

/** Change of the Euler characteristic (26-connected foreground) when the centre is added: vertices - edges + faces - cube. */
function eulerChange(neighbours: number): number {
  let change = -1;
  for (const { sign, cells } of SHARING) if ((neighbours & cells) === 0) change += sign;
  return change;
}

/** true when the neighbours form no piece or one. */
function inOnePiece(neighbours: number): boolean {
  let piece = neighbours & -neighbours;
  let frontier = piece;
  while (frontier !== 0) {
    const lowest = frontier & -frontier;
    const reached = (TOUCHING[31 - Math.clz32(lowest)] as number) & neighbours & ~piece;
    piece |= reached;
    frontier = (frontier ^ lowest) | reached;
  }
  return piece === neighbours;
}

export type Voxel = readonly [x: number, y: number, z: number];

/**
 * Thins a mask.
 *
 * @param mask one box; outside is background.
 * @param imageWidth voxels along x of the whole image: an image of width 1 is thinned as a plane.
 * @returns coordinates in the box of the voxels that remain, in array order.
 */
export function skeletonOf(mask: BitMask, imageWidth: number): readonly Voxel[] {
  const { width, height, depth, wordsPerRow, bits } = mask;
  const stepX = (height + 2) * (depth + 2);
  const stepY = depth + 2;
  const grid = new Uint8Array((width + 2) * stepX);
  let voxels: number[] = [];
  for (let x = 0; x < width; x += 1) {
    for (let y = 0; y < height; y += 1) {
      for (let z = 0; z < depth; z += 1) {
        const word = bits[((z + 1) * (height + 2) + y + 1) * wordsPerRow + (x >>> 5)] as number;
        if (((word >>> (x & 31)) & 1) === 0) continue;
        const at = (x + 1) * stepX + (y + 1) * stepY + z + 1;
        grid[at] = 1;
        voxels.push(at);
      }
    }
  }
  const neighbourhood = (at: number): number => {
    let cells = 0;
    let bit = 0;
    for (let dx = -stepX; dx <= stepX; dx += stepX) {
      for (let dy = -stepY; dy <= stepY; dy += stepY) {
        const row = at + dx + dy;
        cells |= ((grid[row - 1] as number) | ((grid[row] as number) << 1) | ((grid[row + 1] as number) << 2)) << bit;
        bit += 3;
      }
    }
    return cells & ~CENTRE;
  };
  // One neighbour is an end point; a voxel without neighbours is a whole object, which the Euler characteristic protects.
  const removable = (neighbours: number): boolean =>
    (neighbours & (neighbours - 1)) !== 0 && eulerChange(neighbours) === 0 && inOnePiece(neighbours);
  const directions = [-stepY, stepY, 1, -1, stepX, -stepX].slice(0, imageWidth === 1 ? 4 : 6);
  for (let unchanged = 0; unchanged < directions.length; ) {
    unchanged = 0;
    for (const direction of directions) {
      const candidates = voxels.filter((at) => grid[at + direction] === 0 && removable(neighbourhood(at)));
      let removed = 0;
      for (const at of candidates) {
        if (!inOnePiece(neighbourhood(at))) continue;
        grid[at] = 0;
        removed += 1;
      }
      if (removed === 0) unchanged += 1;
      else voxels = voxels.filter((at) => grid[at] === 1);
    }
  }
  return voxels.map((at): Voxel => {
    const x = Math.floor(at / stepX);
    const y = Math.floor((at - x * stepX) / stepY);
    return [x - 1, y - 1, at - x * stepX - y * stepY - 1];
  });
}
