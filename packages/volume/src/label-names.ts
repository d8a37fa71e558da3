/**
 * Names that a file gives to its labels: the label table of Connectome Workbench in a NIfTI extension (TotalSegmentator writes it), and
 * the segments of a 3D Slicer `.seg.nrrd`.
 */
import type { VolumeHeader } from "./volume.ts";

/** Names longer than this are cut; a header is not a place for texts. */
const longestName = 200;
/** Label tables are a few kilobytes; a larger extension is something else. */
const mostTableBytes = 1024 * 1024;

/**
 * Label values and their names, as far as the header has them; empty where it has none. Names come from the file: escape them before
 * showing them as HTML.
 *
 * @example
 * ```ts
 * labelNames(await readHeaderFile("segmentations.nii.gz")).get(5); // "liver"
 * ```
 */
export function labelNames({ details }: VolumeHeader): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const { content } of details?.nifti?.extensions ?? []) {
    if (content.length > mostTableBytes) continue;
    const text = new TextDecoder().decode(content);
    if (!text.includes("<LabelTable>")) continue;
    const label = /<Label\s+Key="(\d{1,10})"[^>]*>\s*(?:<!\[CDATA\[([^\]]*)\]\]>|([^<]*))/g;
    for (const [, key, quoted, plain] of text.matchAll(label)) add(names, key, quoted ?? unescapeXml(plain ?? ""));
  }
  for (const [key, value] of Object.entries(details?.keyValues ?? {})) {
    const segment = /^(Segment\d+_)Name$/.exec(key)?.[1];
    if (segment !== undefined) add(names, details?.keyValues?.[`${segment}LabelValue`], value);
  }
  return names;
}

function add(names: Map<number, string>, key: string | undefined, name: string): void {
  const label = Number(key);
  const trimmed = name.trim().slice(0, longestName);
  if (key !== undefined && Number.isInteger(label) && label >= 0 && trimmed !== "") names.set(label, trimmed);
}

/** The five entities of XML. */
function unescapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_match, name: string) => entities[name] ?? "");
}
