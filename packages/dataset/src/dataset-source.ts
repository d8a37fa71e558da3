/** Where the files of a dataset are: a folder, an archive, a browser's file list. Readers ask for nothing else. */

export interface SourceFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly bytes: number;
}

export interface DatasetSource {
  /** Name of the folder or archive, without extension. */
  readonly name: string;
  readonly files: readonly SourceFile[];
  /**
   * The bytes of one file.
   *
   * @throws SegathlonError SEG001 when it cannot be read, SEG005 when it is larger than `maxBytes`
   */
  readonly read: (path: string, maxBytes?: number) => Promise<Uint8Array>;
  /** Releases what the source holds (open archives, temporary folders). */
  readonly close: () => Promise<void>;
}

/** A source out of memory, for tests and for files dropped on a page. */
export function memorySource(name: string, files: Readonly<Record<string, Uint8Array | string>>): DatasetSource {
  const contents = new Map(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    ]),
  );
  return {
    name,
    files: [...contents].map(([path, bytes]) => ({ path, bytes: bytes.length })),
    read(path) {
      const bytes = contents.get(path);
      return bytes === undefined ? Promise.reject(new RangeError(`no file ${path}`)) : Promise.resolve(bytes);
    },
    close: () => Promise.resolve(),
  };
}
