/** A place to drop files or folders on, with buttons that do the same for keyboards and phones. */
import { type DragEvent, type ReactNode, useId, useRef, useState } from "react";
import type { DroppedFile } from "./dropped-file.ts";

/** Most files that one drop may hold: a whole hard disk dropped by accident must not stop the browser. */
const mostFiles = 50_000;

async function readEntry(entry: FileSystemEntry, into: DroppedFile[]): Promise<void> {
  if (into.length >= mostFiles)
    throw new Error(`more than ${mostFiles} files were dropped; drop the folder of the predictions only`);
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    into.push({ path: entry.fullPath.replace(/^\//, ""), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader gives at most a hundred entries at a time.
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return;
    for (const inner of entries) await readEntry(inner, into);
  }
}

async function droppedFiles(transfer: DataTransfer): Promise<DroppedFile[]> {
  // Entries must be taken before the first await: the transfer is emptied after the event.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const files: DroppedFile[] = [];
  for (const entry of entries) await readEntry(entry, files);
  return files;
}

interface DropAreaProps {
  readonly children: ReactNode;
  readonly onFiles: (files: readonly DroppedFile[]) => void;
  readonly onProblem: (error: unknown) => void;
  readonly disabled?: boolean;
  /** For screen readers: what is chosen here. */
  readonly what: string;
}

export function DropArea({ children, onFiles, onProblem, disabled = false, what }: DropAreaProps): ReactNode {
  const [over, setOver] = useState(false);
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const id = useId();
  const take = (list: FileList | null): void => {
    if (list !== null && list.length > 0)
      onFiles(
        [...list].map((file) => ({ path: file.webkitRelativePath === "" ? file.name : file.webkitRelativePath, file })),
      );
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    if (!disabled) droppedFiles(event.dataTransfer).then(onFiles, onProblem);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping needs a pointer; the two buttons do the same by keyboard
    <div
      className={over ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      {children}
      <div className="row">
        <button type="button" disabled={disabled} onClick={() => folder.current?.click()}>
          Choose a folder<span className="visually-hidden"> of {what}</span>
        </button>
        <button type="button" disabled={disabled} onClick={() => files.current?.click()}>
          Choose files<span className="visually-hidden"> of {what}</span>
        </button>
      </div>
      <input
        ref={(element) => {
          folder.current = element;
          // React knows no such attribute; every browser does.
          element?.setAttribute("webkitdirectory", "");
        }}
        id={`${id}-folder`}
        type="file"
        multiple
        hidden
        aria-label={`Folder of ${what}`}
        onChange={(event) => take(event.target.files)}
      />
      <input
        ref={files}
        id={`${id}-files`}
        type="file"
        multiple
        hidden
        aria-label={`Files of ${what}`}
        onChange={(event) => take(event.target.files)}
      />
    </div>
  );
}
