/**
 * Reading volumes from bytes, in a browser or in Node, with the platform's own gzip decoder where that works.
 *
 * In Node, `@segathlon/volume/node` reads files by path and is faster (zlib).
 */
import { checkPlausibleSize, gunzipExactly } from "./gzip.ts";
import { checkOneChannel, toLabelMap } from "./label-map.ts";
import type { ReadOptions } from "./limits.ts";
import type { LabelMap, Volume, VolumeHeader } from "./volume.ts";
import { decodeVoxels, locateVoxels, type OpenedVolume, openVolume, type VoxelSource } from "./volume-file.ts";
import { unzlibExactly } from "./zlib-stream.ts";

/**
 * Reads the header of a NIfTI-1/2, Analyze or NRRD file. The voxels are not inflated.
 *
 * @param bytes the file; of a two-file volume the header file
 * @throws SegathlonError SEG002 unknown format, SEG003 cut off, SEG004 damaged gzip, SEG006 impossible field, SEG007 unsupported
 * type, SEG015 unusable affine
 *
 * @example
 * ```ts
 * const header = await readHeader(new Uint8Array(await file.arrayBuffer()));
 * console.log(header.geometry.shape, orientationCodes(header.geometry.affine));
 * ```
 */
export async function readHeader(bytes: Uint8Array, options: ReadOptions = {}): Promise<VolumeHeader> {
  return openVolume(bytes, options.fileName).header;
}

/**
 * Reads a volume with its stored (unscaled) voxels; {@link scaledValues} applies slope and intercept.
 *
 * @throws SegathlonError as {@link readHeader}, and SEG005 more data than announced, SEG009 more than the limit
 *
 * @example
 * ```ts
 * const volume = await readVolume(bytes, { fileName: "ct.nii.gz" });
 * const hounsfield = scaledValues(volume);
 * ```
 */
export async function readVolume(bytes: Uint8Array, options: ReadOptions = {}): Promise<Volume> {
  return readOpened(bytes, openVolume(bytes, options.fileName), options);
}

/**
 * Reads a label map: labels rounded after scaling, in the narrowest unsigned type.
 *
 * @throws SegathlonError as {@link readVolume}, and SEG008 values that are not labels, SEG010 more than one channel
 *
 * @example
 * ```ts
 * const { labels, geometry } = await readLabelMap(bytes, { fileName: "liver.nii.gz" });
 * ```
 */
export async function readLabelMap(bytes: Uint8Array, options: ReadOptions = {}): Promise<LabelMap> {
  const opened = openVolume(bytes, options.fileName);
  checkOneChannel(opened.header, options.fileName);
  return toLabelMap(await readOpened(bytes, opened, options), options.fileName);
}

async function readOpened(bytes: Uint8Array, opened: OpenedVolume, options: ReadOptions): Promise<Volume> {
  const source = locateVoxels(bytes, opened, options);
  const inflated = source.compression === "none" ? source.bytes : await decompress(source);
  return { ...opened.header, data: decodeVoxels(opened, source, inflated) };
}

/** From this ratio on a stream is mostly long copies, at which our decoder is three times as fast as the platform's stream. */
const highRatio = 20;

/**
 * The platform's decoder first, except for label maps that compress very well. It refuses streams of several members and says little about what is wrong, so whatever it cannot
 * do goes to our own decoder, which either reads it or names the fault.
 */
async function decompress(source: VoxelSource): Promise<Uint8Array> {
  const { bytes, totalBytes, file, compression } = source;
  checkPlausibleSize(bytes.length, totalBytes, file);
  const own = totalBytes >= highRatio * bytes.length;
  const output = own ? null : await platformInflate(source);
  if (output !== null) return output;
  return compression === "zlib" ? unzlibExactly(bytes, totalBytes, file) : gunzipExactly(bytes, totalBytes, file);
}

async function platformInflate({ bytes, totalBytes, compression }: VoxelSource): Promise<Uint8Array | null> {
  if (typeof DecompressionStream === "undefined") return null;
  const output = new Uint8Array(totalBytes);
  let produced = 0;
  const format = compression === "zlib" ? "deflate" : "gzip";
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream(format));
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return produced === totalBytes ? output : null;
      if (produced + value.length > totalBytes) {
        await reader.cancel();
        return null;
      }
      output.set(value, produced);
      produced += value.length;
    }
  } catch {
    // Damaged or of several members: our own decoder decides which.
    return null;
  }
}
