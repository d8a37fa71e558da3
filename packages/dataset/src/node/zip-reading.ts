/** yauzl with promises. It validates sizes and names of entries itself (yauzl 3, `validateEntrySizes`, `strictFileNames`). */
import type { Readable } from "node:stream";
import { type Entry, open, type ZipFile as YauzlFile } from "yauzl";

export type { Entry } from "yauzl";

export interface ZipFile {
  readonly entries: () => AsyncGenerator<Entry>;
  readonly open: (entry: Entry) => Promise<Readable>;
  readonly close: () => void;
}

/** Opens a zip file by path. */
export function openPromise(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    open(
      path,
      { lazyEntries: true, autoClose: false, validateEntrySizes: true, strictFileNames: true, decodeStrings: true },
      (error, zip) => {
        if (error !== null || zip === undefined) reject(error ?? new Error("not a zip file"));
        else resolve(wrap(zip));
      },
    );
  });
}

function wrap(zip: YauzlFile): ZipFile {
  return {
    async *entries() {
      for (;;) {
        const entry = await next(zip);
        if (entry === undefined) return;
        yield entry;
      }
    },
    open: (entry) =>
      new Promise((resolve, reject) => {
        zip.openReadStream(entry, (error, stream) => {
          if (error !== null || stream === undefined) reject(error ?? new Error("entry cannot be opened"));
          else resolve(stream);
        });
      }),
    close: () => zip.close(),
  };
}

function next(zip: YauzlFile): Promise<Entry | undefined> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      zip.removeListener("entry", onEntry);
      zip.removeListener("end", onEnd);
      zip.removeListener("error", onError);
    };
    const onEntry = (entry: Entry): void => {
      done();
      resolve(entry);
    };
    const onEnd = (): void => {
      done();
      resolve(undefined);
    };
    const onError = (error: Error): void => {
      done();
      reject(error);
    };
    zip.on("entry", onEntry);
    zip.on("end", onEnd);
    zip.on("error", onError);
    zip.readEntry();
  });
}
