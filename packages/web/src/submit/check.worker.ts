/** Checks predictions off the page's thread, one after the other. */
import type { Problem } from "@segathlon/errors";
import { checkPrediction, type ExpectedPrediction } from "./check-prediction.ts";

export interface CheckJob {
  readonly id: number;
  readonly file: File;
  readonly expected: ExpectedPrediction;
}

export interface CheckReply {
  readonly id: number;
  readonly problem: Problem | null;
}

addEventListener("message", (event: MessageEvent<CheckJob>) => {
  const { id, file, expected } = event.data;
  void (async () => {
    const problem = await checkPrediction(new Uint8Array(await file.arrayBuffer()), expected);
    postMessage({ id, problem } satisfies CheckReply);
  })();
});
