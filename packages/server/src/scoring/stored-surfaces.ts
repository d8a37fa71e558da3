/**
 * What a scored case keeps so that other tolerances need no voxels: the distance histogram of every region, and what they were made
 * under. Text in `evaluation_case.artefact`; no route gives it out.
 */
import { type CaseDraft, canonicalJson, type ScoringProtocol, scoreStoredRegion } from "@segathlon/benchmark";
import { decodeSurface, encodeSurface, type SurfaceHistogram } from "@segathlon/metrics";

interface Artefact {
  /** Profile, regions and known labels: with others the histograms say nothing. */
  readonly made: string;
  /** By region, base64 of `encodeSurface`. */
  readonly surfaces: Readonly<Record<string, string>>;
}

function madeUnder({ profile, regions, knownLabels }: ScoringProtocol): string {
  return canonicalJson({ profile, regions, knownLabels });
}

/** The text to store. */
export function writeArtefact(protocol: ScoringProtocol, surfaces: ReadonlyMap<string, SurfaceHistogram>): string {
  const packed = [...surfaces].map(
    ([region, surface]) => [region, Buffer.from(encodeSurface(surface)).toString("base64")] as const,
  );
  return JSON.stringify({ made: madeUnder(protocol), surfaces: Object.fromEntries(packed) } satisfies Artefact);
}

/**
 * Scores a stored case under another protocol, the same bits as from its files.
 *
 * @returns null where the files are needed: the case was not compared, its regions or profile are others now, or a metric needs
 *   more than its histograms.
 */
export function scoreAgain(draft: CaseDraft, artefact: string, protocol: ScoringProtocol): CaseDraft | null {
  const { made, surfaces } = JSON.parse(artefact) as Artefact;
  if (draft.status !== "ok" || draft.grid === null || made !== madeUnder(protocol)) return null;
  const regions: CaseDraft["regions"] = {};
  for (const [region, before] of Object.entries(draft.regions)) {
    if (before.counts === null || before.status === "missing-file" || before.status === "invalid") return null;
    const packed = surfaces[region];
    const surface = packed === undefined ? null : decodeSurface(Buffer.from(packed, "base64"));
    const again = scoreStoredRegion(
      { status: before.status, counts: before.counts, surface },
      region,
      protocol,
      draft.grid,
    );
    if (again === null) return null;
    regions[region] = again;
  }
  return { ...draft, regions };
}
