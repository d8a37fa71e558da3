/** The boundary metrics of a profile from the two directed distance histograms. */
import type { DistanceHistogram, SurfaceHistogram } from "./case-comparison.ts";
import { type Metric, metricKeys, tolerancesFor } from "./metric.ts";
import type { Profile } from "./profile.ts";
import { distancesAtFractions, distancesAtRanks, elementCount, type SurfaceSums, surfaceSums } from "./surface-sums.ts";

/** Distances as the implementation stores them. Rounding keeps order, so the histogram stays sorted. */
function inPrecision(histogram: DistanceHistogram, precision: Profile["precision"]): DistanceHistogram {
  if (precision === "float64") return histogram;
  return { ...histogram, distancesMm: histogram.distancesMm.map(Math.fround) };
}

/** Both directions as one list of distances; for counted boundaries, where every element weighs 1. */
function pool(a: DistanceHistogram, b: DistanceHistogram): DistanceHistogram {
  const rows = [a, b].flatMap((histogram) =>
    Array.from(histogram.distancesMm, (distance, row) => ({ distance, count: rowCount(histogram, row) })),
  );
  rows.sort((x, y) => x.distance - y.distance);
  return {
    distancesMm: Float64Array.from(rows, (row) => row.distance),
    areas: Float64Array.of(1),
    counts: Uint32Array.from(rows, (row) => row.count),
  };
}

function rowCount({ areas, counts }: DistanceHistogram, row: number): number {
  let sum = 0;
  for (let c = 0; c < areas.length; c += 1) sum += counts[row * areas.length + c] as number;
  return sum;
}

/** Percentile between two ranks, as numpy and torch interpolate: from the nearer end. */
function linearPercentile(histogram: DistanceHistogram, percentile: number, precision: Profile["precision"]): number {
  const round = precision === "float32" ? Math.fround : (value: number): number => value;
  const last = elementCount(histogram) - 1;
  const rank = round(round(percentile / 100) * last);
  const [low = Number.NaN, high = Number.NaN] = distancesAtRanks(histogram, [Math.floor(rank), Math.ceil(rank)]);
  const weight = round(rank - Math.floor(rank));
  const step = round(high - low);
  return weight < 0.5 ? round(low + round(weight * step)) : round(high - round(step * round(1 - weight)));
}

/** Percentile distances, one for each percentile. */
function hausdorff(
  surface: SurfaceHistogram,
  sums: readonly [SurfaceSums, SurfaceSums],
  percentiles: readonly number[],
  profile: Profile,
): readonly number[] {
  const { referenceToPrediction: a, predictionToReference: b } = surface;
  const larger = (x: readonly number[], y: readonly number[]): number[] =>
    x.map((value, index) => Math.max(value, y[index] as number));
  if (profile.percentile === "cumulative-weight") {
    const fractions = percentiles.map((percentile) => percentile / 100);
    return larger(distancesAtFractions(a, sums[0].area, fractions), distancesAtFractions(b, sums[1].area, fractions));
  }
  const linear = (histogram: DistanceHistogram): number[] =>
    percentiles.map((percentile) => linearPercentile(histogram, percentile, profile.precision));
  return profile.hausdorffPooling === "pooled" ? linear(pool(a, b)) : larger(linear(a), linear(b));
}

/**
 * Boundary metrics of one region by JSON key.
 *
 * @param surface both directions; both have elements.
 * @param metrics those of other kinds are passed over.
 */
export function surfaceMetrics(
  surface: SurfaceHistogram,
  metrics: readonly Metric[],
  profile: Profile,
  region: string,
): Record<string, number> {
  const stored: SurfaceHistogram = {
    referenceToPrediction: inPrecision(surface.referenceToPrediction, profile.precision),
    predictionToReference: inPrecision(surface.predictionToReference, profile.precision),
  };
  const tolerances = [
    ...new Set(
      metrics.flatMap((metric) =>
        metric.kind === "nsd" || metric.kind === "overlap" ? tolerancesFor(metric, region) : [],
      ),
    ),
  ];
  const compared = profile.precision === "float32" ? tolerances.map(Math.fround) : tolerances;
  const sums = [
    surfaceSums(stored.referenceToPrediction, compared),
    surfaceSums(stored.predictionToReference, compared),
  ] as const;
  const [a, b] = sums;
  const percentiles = [...new Set(metrics.flatMap((metric) => (metric.kind === "hd" ? [metric.percentile] : [])))];
  const hausdorffDistances = hausdorff(stored, sums, percentiles, profile);
  const meanA = a.distanceArea / a.area;
  const meanB = b.distanceArea / b.area;
  const pooledMean = (a.distanceArea + b.distanceArea) / (a.area + b.area);
  const meanOfDirections = (meanA + meanB) / 2;
  const values: Record<string, number> = {};
  for (const metric of metrics) {
    const keys = metricKeys(metric, region);
    const set = (...numbers: number[]): void => {
      keys.forEach((key, index) => {
        values[key] = numbers[index] as number;
      });
    };
    if (metric.kind === "hd") set(hausdorffDistances[percentiles.indexOf(metric.percentile)] as number);
    else if (metric.kind === "asd") set(meanA, meanB);
    else if (metric.kind === "assd") set(profile.assd === "pooled" ? pooledMean : meanOfDirections);
    else if (metric.kind === "masd") set(meanOfDirections);
    else if (metric.kind === "nsd" || metric.kind === "overlap") {
      const within = tolerancesFor(metric, region).map((tolerance) => {
        const index = tolerances.indexOf(tolerance);
        return [a.areaWithin[index] as number, b.areaWithin[index] as number] as const;
      });
      if (metric.kind === "nsd") set(...within.map(([fromA, fromB]) => (fromA + fromB) / (a.area + b.area)));
      else set(...within.flatMap(([fromA, fromB]) => [fromA / a.area, fromB / b.area]));
    }
  }
  return values;
}
