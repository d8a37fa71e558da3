/**
 * Area of the surface element ("surfel") at one point of the dual grid, for each of the 256 states of its eight voxels.
 *
 * Source of the triangles: marching cubes (Lorensen and Cline, 1987), the public 256-row triangle table in the corner and edge
 * numbering of P. Bourke's "Polygonising a scalar field", with vertices at edge midpoints. Source of the convention:
 * google-deepmind/surface-distance (1f805ce), which reads corner (i, j, k) as array axes 0, 1, 2 and uses, for a state with more
 * than four set corners, the triangles of its complement.
 *
 * The last bit of an area depends on the order of two sums, so both are part of this file: triangles are listed in the order in
 * which the reference adds their areas, and the three squares of a normal are added as `(a*a + c*c) + b*b`, the order of the
 * OpenBLAS dot product with which the published reference values were computed. (Other builds of that library add in another
 * order or contract to FMA and differ in the last bit.)
 */

/** Edges of the triangles, one hexadecimal digit per vertex, for every state with one to four set corners, in ascending order. */
const TRIANGLE_EDGES =
  "a65 12a 165261 954 a4964a 12a954 264124149 019 9015a6 92a029 026906965 054150 640a60a01 40254252a 024426 76b " +
  "b5a75b a126b7 751b71b12 49576b 9ab49b4b7 954a1276b 4b79b492b912 019b76 5b75ab190 2902a96b7 2b7927975902 " +
  "76b501540 1b41ab74b140 40276b42a54a 3b2 23ba65 3a1ba3 51363b653 95423b b23a49a64 a3ba13954 936913b63964 19023b " +
  "01923b5a6 ba93b9390 0360653b6059 23b054015 0640163b261a 5ba50bb03540 723627 37523525a 137a76a17 135375 " +
  "723762549 27929a749237 954137176a16 019276237 5375a39013a2 07a0376a70a9 362376150540 478 5a6478 12a847 " +
  "478612651 978579 89a78a7a6 978957a12 168189867126 019847 1905a6847 84792a902 026065847905 157017078 " +
  "1a7178a67180 802825857a52 684b86 ab85a8584 2a16846b8 2b8285251458 b896b9695 9a8ab8 12ab5695b9b8 86b846901 " +
  "8ab84a019a45 4b846b0292a9 0b805b01556b 8473b2 3b2784a65 7843a13ba 3518473b55b6 7957893b2 a89a6823b867 " +
  "958857a13a3b 90184723b 01947823b5a6 9ba90b478b03 15717823b018 462842823 35225a345384 8618136a1846 528562589382 " +
  "246234190438 083 0835a6 08312a 165126308 954083 4a649a083 30812a495 264249308129 183981 5a6183198 2832a8a98 " +
  "582526598328 315835854 81683161a864 3252a5354348 308b76 b5ab75830 12a3086b7 17512708372b 083495b76 " +
  "9ab9b7083497 6b712a083495 819831b76 a75ab7981831 a98a836b72a3 315b76354834 0b28b0 a65b08b20 8ba08a0a1 " +
  "08b0b50515b6 4950b208b 08228b49a4a6 8ba8a1495081 1b219b98b 5a61929b298b 98aa8b 28b258215485 620760708 " +
  "820852875a25 17a187a76108 062086954687 186198876162 430734 65a430473 34730412a 125526304347 573953930 " +
  "0a707367a09a 573530a12950 731471419 a65173197794 2972a9794273 153357 04630636b 5ab5b0b30504 04606b12a30b " +
  "06305636b095 963931b36946 204b47b24 4205a647227b 14b1ba7b4104 27b972957920 47b94b9b2921 042462";

/** Corners in Bourke's numbering, as (axis 0, axis 1, axis 2). */
const CORNERS = ["000", "100", "110", "010", "001", "101", "111", "011"].map((corner) => [...corner].map(Number));
const EDGE_ENDS = ["01", "12", "23", "30", "45", "56", "67", "74", "04", "15", "26", "37"];

type Vector = readonly [number, number, number];

function edgeMidpoint(edge: string): Vector {
  const [from, to] = [...(EDGE_ENDS[Number.parseInt(edge, 16)] ?? "")].map((corner) => CORNERS[Number(corner)]);
  const middle = (axis: number) => ((from?.[axis] ?? 0) + (to?.[axis] ?? 0)) / 2;
  return [middle(0), middle(1), middle(2)];
}

/** Components of the triangle's normal, without sign; its length is the triangle's area in voxel units. */
function triangleNormal(p: Vector, q: Vector, r: Vector): Vector {
  const u = [q[0] - p[0], q[1] - p[1], q[2] - p[2]] as const;
  const v = [r[0] - p[0], r[1] - p[1], r[2] - p[2]] as const;
  return [
    Math.abs(u[1] * v[2] - u[2] * v[1]) / 2,
    Math.abs(u[2] * v[0] - u[0] * v[2]) / 2,
    Math.abs(u[0] * v[1] - u[1] * v[0]) / 2,
  ];
}

function setCorners(code: number): number {
  let count = 0;
  for (let rest = code; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

function buildNormals(): readonly (readonly Vector[])[] {
  const rows = TRIANGLE_EDGES.split(" ");
  const normals: (readonly Vector[])[] = [];
  let row = 0;
  for (let code = 0; code < 256; code += 1) {
    if (code === 0 || setCorners(code) > 4) {
      normals.push([]);
      continue;
    }
    const edges = rows[row] ?? "";
    row += 1;
    const triangles: Vector[] = [];
    for (let at = 0; at < edges.length; at += 3) {
      triangles.push(
        triangleNormal(
          edgeMidpoint(edges.charAt(at)),
          edgeMidpoint(edges.charAt(at + 1)),
          edgeMidpoint(edges.charAt(at + 2)),
        ),
      );
    }
    normals.push(triangles);
  }
  return normals.map((own, code) => (setCorners(code) > 4 ? (normals[255 - code] ?? []) : own));
}

let cachedNormals: readonly (readonly Vector[])[] | undefined;

/**
 * Area of a surface element by neighbour code.
 *
 * The code of the dual-grid point (i, j, k) is `128 v[i-1,j-1,k-1] + 64 v[i-1,j-1,k] + 32 v[i-1,j,k-1] + 16 v[i-1,j,k] +
 * 8 v[i,j-1,k-1] + 4 v[i,j-1,k] + 2 v[i,j,k-1] + v[i,j,k]`; voxels outside the volume are 0.
 *
 * @param spacingMm millimetres per voxel along each axis, positive and finite.
 * @returns 256 areas in mm^2, float64, equal to `create_table_neighbour_code_to_surface_area` of google-deepmind/surface-distance
 *   (1f805ce) to the last bit. Codes 0 and 255 are no surface: 0. A code and its complement have the same area.
 * @throws RangeError for a spacing that is not positive and finite.
 * @example
 * const areas = surfelAreas([1, 1, 1]);
 * areas[1]; // 0.21650635094610965: one corner of eight set, sqrt(3) / 8
 */
export function surfelAreas(spacingMm: readonly [number, number, number]): Float64Array {
  for (const spacing of spacingMm) {
    if (!(spacing > 0 && Number.isFinite(spacing))) {
      throw new RangeError(`spacing must be positive and finite, got [${spacingMm.join(", ")}]`);
    }
  }
  cachedNormals ??= buildNormals();
  const [s0, s1, s2] = spacingMm;
  const areas = new Float64Array(256);
  cachedNormals.forEach((triangles, code) => {
    let area = 0;
    for (const [n0, n1, n2] of triangles) {
      const a = n0 * s1 * s2;
      const b = n1 * s0 * s2;
      const c = n2 * s0 * s1;
      area += Math.sqrt(a * a + c * c + b * b);
    }
    areas[code] = area;
  });
  return areas;
}
