/** Sends an archive resumably (tus 1.0) and says how far it is and how long it will take. */
import type { Submission } from "@segathlon/server/api";
import { Upload } from "tus-js-client";

export interface UploadProgress {
  readonly sent: number;
  readonly total: number;
  readonly bytesPerSecond: number | null;
  /** The connection is lost and tried again. */
  readonly waiting: boolean;
}

const retryDelays = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000, 60_000];

/**
 * Resolves when the server has every byte. A lost connection is tried again for minutes; after that it rejects, and a second call
 * with the same submission goes on where the first one stopped.
 */
export function uploadArchive(
  submission: Submission,
  archive: Blob,
  onProgress: (progress: UploadProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const { tusUrl } = submission.upload;
  if (tusUrl === null)
    return Promise.reject(
      new Error("the server gave no upload address for this submission; reload the page and try again"),
    );
  return new Promise((resolve, reject) => {
    let started: { readonly at: number; readonly sent: number } | null = null;
    const upload = new Upload(archive, {
      uploadUrl: tusUrl,
      chunkSize: 16 * 1024 * 1024,
      retryDelays,
      storeFingerprintForResuming: false,
      onProgress: (sent, total) => {
        started ??= { at: performance.now(), sent };
        const seconds = (performance.now() - started.at) / 1000;
        onProgress({
          sent,
          total: total ?? archive.size,
          bytesPerSecond: seconds > 1 ? (sent - started.sent) / seconds : null,
          waiting: false,
        });
      },
      onShouldRetry: () => {
        onProgress({ sent: started?.sent ?? 0, total: archive.size, bytesPerSecond: null, waiting: true });
        started = null;
        return true;
      },
      onSuccess: () => resolve(),
      onError: (error) => reject(error),
    });
    signal.addEventListener("abort", () => {
      void upload.abort();
      reject(signal.reason);
    });
    upload.start();
  });
}
