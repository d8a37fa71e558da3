import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Affine,
  type Axis,
  type AxisTransform,
  affineSpacing,
  compareGeometry,
  describeComparison,
  describeTransform,
  type Geometry,
  invertTransform,
  type LabelMap,
  labelMapToRas,
  orientationCodes,
  reorientLabelMap,
  reorientVolume,
  type Shape,
  toRasTransform,
  transformGeometry,
  transformVoxels,
  volumeToRas,
} from "./index.ts";

const orders: readonly (readonly [Axis, Axis, Axis])[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];
const anyTransform: fc.Arbitrary<AxisTransform> = fc.record({
  axes: fc.constantFrom(...orders),
  flips: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
});

/** A rotation by three angles (radians) times spacings, anywhere within two metres. */
const geometryWithin = (largestAngle: number): fc.Arbitrary<Geometry> =>
  fc
    .record({
      shape: fc.tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 2, max: 9 }), fc.integer({ min: 2, max: 9 })),
      spacing: fc.tuple(...([0, 1, 2] as const).map(() => fc.integer({ min: 3, max: 60 }).map((value) => value / 10))),
      angles: fc.tuple(
        ...([0, 1, 2] as const).map(() => fc.double({ min: -largestAngle, max: largestAngle, noNaN: true })),
      ),
      offset: fc.tuple(...([0, 1, 2] as const).map(() => fc.integer({ min: -1000, max: 1000 }))),
    })
    .map(({ shape, spacing, angles, offset }) => {
      const [a, b, c] = angles as [number, number, number];
      const [ca, sa, cb, sb, cc, sc] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b), Math.cos(c), Math.sin(c)];
      const rotation = [
        cb * cc,
        -cb * sc,
        sb,
        sa * sb * cc + ca * sc,
        -sa * sb * sc + ca * cc,
        -sa * cb,
        -ca * sb * cc + sa * sc,
        ca * sb * sc + sa * cc,
        ca * cb,
      ];
      const rows = [0, 1, 2].flatMap((row) => [
        ...[0, 1, 2].map((axis) => rotation[row * 3 + axis]! * spacing[axis]!),
        offset[row]!,
      ]);
      return { shape: shape as Shape, spacingMm: spacing as unknown as Shape, affine: rows as unknown as Affine };
    });

const anyGeometry = geometryWithin(0.7);
/** Near 45 degrees two codes are equally right, and which one comes out depends on the order of the axes (in nibabel, too). */
const plainGeometry = geometryWithin(0.3);

const ct: Geometry = {
  shape: [512, 512, 100],
  spacingMm: [0.7, 0.7, 5],
  affine: [-0.7, 0, 0, 180, 0, -0.7, 0, 170, 0, 0, 5, -900],
};

function moved(by: number, geometry = ct): Geometry {
  const affine = [...geometry.affine];
  affine[3]! += by;
  return { ...geometry, affine: affine as unknown as Affine };
}

test("the same affine is exact, whatever the pixel spacing says", () => {
  expect(compareGeometry(ct, ct)).toEqual({ kind: "exact" });
  expect(compareGeometry(ct, { ...ct, spacingMm: [1, 1, 1] })).toEqual({ kind: "exact" });
});

test("noise ends at a thousandth of the smallest spacing, measured at the corners", () => {
  expect(compareGeometry(ct, moved(0.0006))).toMatchObject({ kind: "noise", limitMm: 0.7e-3 });
  expect(compareGeometry(ct, moved(0.0008))).toMatchObject({ kind: "mismatch", what: "affine" });
  // A rotation too small to see near the origin moves the far corner by 511 times as much.
  const turned = (angle: number): Geometry => ({
    ...ct,
    affine: [
      -0.7 * Math.cos(angle),
      -0.7 * Math.sin(angle),
      0,
      180,
      0.7 * Math.sin(angle),
      -0.7 * Math.cos(angle),
      0,
      170,
      0,
      0,
      5,
      -900,
    ],
  });
  expect(compareGeometry(ct, turned(1e-6)).kind).toBe("noise");
  expect(compareGeometry(ct, turned(1e-5)).kind).toBe("mismatch");
});

test("mismatches say what differs", () => {
  const shape = compareGeometry(ct, { ...ct, shape: [512, 512, 99] });
  expect(describeComparison(shape)).toBe("shapes differ: reference 512x512x100, prediction 512x512x99");
  const spacing = compareGeometry(ct, {
    ...ct,
    spacingMm: [0.7, 0.7, 3],
    affine: [-0.7, 0, 0, 180, 0, -0.7, 0, 170, 0, 0, 3, -900],
  });
  expect(spacing).toMatchObject({ kind: "mismatch", what: "spacing", expected: [0.7, 0.7, 5], found: [0.7, 0.7, 3] });
  expect(describeComparison(spacing)).toMatch(
    /^spacings differ: reference 0\.7 x 0\.7 x 5 mm, prediction 0\.7 x 0\.7 x 3 mm; corner voxels differ by 198 mm \(limit 0\.0007 mm\)$/,
  );
  expect(describeComparison(compareGeometry(ct, moved(10)))).toMatch(/^affines differ: corner voxels differ by 10 mm/);
  // A left-right flip in the header only: same shape, other place.
  const flipped: Geometry = { ...ct, affine: [0.7, 0, 0, 180, 0, -0.7, 0, 170, 0, 0, 5, -900] };
  expect(compareGeometry(ct, flipped)).toMatchObject({ kind: "mismatch", what: "affine" });
  const broken: Geometry = { ...ct, affine: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] };
  expect(compareGeometry(ct, broken).kind).toBe("mismatch");
  expect(compareGeometry(ct, { ...ct, affine: [Number.NaN, ...ct.affine.slice(1)] as unknown as Affine }).kind).toBe(
    "mismatch",
  );
});

test("the same grid along other axes is found for all 48 transforms, and the transform brings every voxel home", () => {
  fc.assert(
    fc.property(anyGeometry, anyTransform, (geometry, transform) => {
      const size = geometry.shape[0] * geometry.shape[1] * geometry.shape[2];
      const reference: LabelMap = { geometry, labels: Uint16Array.from({ length: size }, (_, index) => index) };
      const stored = reorientLabelMap(reference, transform);
      const comparison = compareGeometry(geometry, stored.geometry);
      if (comparison.kind === "reoriented") {
        const home = reorientLabelMap(stored, comparison.transform);
        expect(home.labels).toEqual(reference.labels);
        expect(home.geometry.shape).toEqual(geometry.shape);
        expect(compareGeometry(geometry, home.geometry).kind).toMatch(/exact|noise/);
        expect(describeComparison(comparison)).toContain(describeTransform(comparison.transform));
      } else {
        expect(describeTransform(transform)).toBe("i, j, k");
        expect(comparison.kind).toBe("exact");
      }
    }),
    { numRuns: 300 },
  );
});

test("a transform and its inverse give back the same bytes; corners keep their places", () => {
  fc.assert(
    fc.property(anyGeometry, anyTransform, (geometry, transform) => {
      const size = geometry.shape[0] * geometry.shape[1] * geometry.shape[2];
      const data = BigInt64Array.from({ length: size * 2 }, (_, index) => BigInt(index) * 2n ** 40n);
      const turned = transformVoxels(data, geometry.shape, transform, 2);
      const shape = transformGeometry(geometry, transform).shape;
      expect(transformVoxels(turned, shape, invertTransform(transform), 2)).toEqual(data);
      const back = transformGeometry(transformGeometry(geometry, transform), invertTransform(transform));
      expect(back.shape).toEqual(geometry.shape);
      for (const [index, value] of back.affine.entries()) expect(value).toBeCloseTo(geometry.affine[index]!, 9);
      expect(affineSpacing(transformGeometry(geometry, transform).affine)[0]).toBeCloseTo(
        affineSpacing(geometry.affine)[transform.axes[0]],
        9,
      );
    }),
    { numRuns: 200 },
  );
});

test("codes of known affines", () => {
  expect(orientationCodes([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0])).toBe("RAS");
  expect(orientationCodes([-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0])).toBe("LPS");
  expect(orientationCodes([0, 0, 1, 0, -1, 0, 0, 0, 0, 1, 0, 0])).toBe("PSR");
  expect(() => orientationCodes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])).toThrow(RangeError);
});

test("to RAS and back is lossless, and the codes say so", () => {
  fc.assert(
    fc.property(plainGeometry, anyTransform, (base, transform) => {
      const geometry = transformGeometry(base, transform);
      const size = geometry.shape[0] * geometry.shape[1] * geometry.shape[2];
      const labelMap: LabelMap = { geometry, labels: Uint16Array.from({ length: size }, (_, index) => index) };
      const { labelMap: ras, back } = labelMapToRas(labelMap);
      expect(orientationCodes(ras.geometry.affine)).toBe("RAS");
      expect(reorientLabelMap(ras, back).labels).toEqual(labelMap.labels);
      expect(compareGeometry(geometry, ras.geometry).kind).toMatch(/exact|reoriented/);
      expect(orientationCodes(geometry.affine)).toBe(
        toRasTransform(geometry.affine)
          .axes.map((axis, world) => [axis, world] as const)
          .toSorted(([one], [other]) => one - other)
          .map(([, world]) => (toRasTransform(geometry.affine).flips[world] ? "LPI" : "RAS")[world])
          .join(""),
      );
    }),
    { numRuns: 200 },
  );
});

test("volumes of several channels are turned channel by channel", () => {
  const volume = {
    format: "nifti1",
    geometry: { shape: [2, 1, 1], spacingMm: [1, 1, 1], affine: [-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] },
    channels: 2,
    voxelType: "float32",
    slope: 2,
    intercept: 1,
    data: Float32Array.of(1, 2, 3, 4),
  } as const;
  const { volume: ras, back } = volumeToRas(volume);
  expect([...ras.data]).toEqual([2, 1, 4, 3]);
  expect(ras.geometry.affine).toEqual([1, 0, 0, -1, 0, 1, 0, 0, 0, 0, 1, 0]);
  expect(reorientVolume(ras, back)).toEqual(volume);
  expect(() => transformVoxels(volume.data, [3, 1, 1], back)).toThrow(RangeError);
});
