/** Ranks in a worker and hands the page what is there so far. */
import type { RankingDocument, ScoreTable, TableSelection } from "@segathlon/ranking";
import { useEffect, useRef, useState } from "react";
import type {
  PairwiseResult,
  RankingJob,
  RankingReply,
  SchemeRanks,
  SliceResult,
  StabilityResult,
} from "./ranking-job.ts";

export interface RankingRequest {
  readonly scheme: string;
  readonly selection: TableSelection;
  readonly draws: number;
  readonly seed: number;
}

export interface RankingState {
  readonly document: RankingDocument | null;
  readonly stability: StabilityResult | null;
  readonly pairwise: readonly PairwiseResult[] | null;
  readonly schemes: readonly SchemeRanks[] | null;
  readonly slices: readonly SliceResult[] | null;
  /** Bootstrap draws done, of how many; null before and after. */
  readonly progress: { readonly done: number; readonly draws: number } | null;
  readonly problem: { readonly message: string; readonly hint: string } | null;
  /** What `document` or `problem` answers; while it is not the page's request, the answer to that is still being computed. */
  readonly request: RankingRequest | null;
}

const nothing: RankingState = {
  document: null,
  stability: null,
  pairwise: null,
  schemes: null,
  slices: null,
  progress: null,
  problem: null,
  request: null,
};

function next(state: RankingState, reply: RankingReply, request: RankingRequest): RankingState {
  switch (reply.kind) {
    case "ranking":
      return { ...nothing, document: reply.document, request };
    case "progress":
      return { ...state, progress: { done: reply.done, draws: reply.draws } };
    case "stability":
      return { ...state, document: reply.document, stability: reply.stability, progress: null };
    case "pairwise":
      return { ...state, pairwise: reply.pairwise };
    case "schemes":
      return { ...state, schemes: reply.schemes };
    case "slices":
      return { ...state, slices: reply.slices };
    case "problem":
      return { ...nothing, problem: { message: reply.message, hint: reply.hint }, request };
  }
}

/**
 * @param table null: nothing to compute (the phase shows no per-case scores).
 * @param request Must keep its identity while it says the same.
 */
export function useRanking(table: ScoreTable | null, request: RankingRequest): RankingState {
  const [state, setState] = useState<RankingState>(nothing);
  const worker = useRef<Worker | null>(null);
  const sent = useRef<ScoreTable | null>(null);
  const lastId = useRef(0);
  const asked = useRef(request);
  useEffect(() => {
    if (table === null) {
      setState(nothing);
      return;
    }
    if (worker.current === null) {
      worker.current = new Worker(new URL("./ranking.worker.ts", import.meta.url), { type: "module" });
      sent.current = null;
      worker.current.addEventListener("message", (event: MessageEvent<RankingReply>) => {
        if (event.data.id === lastId.current) setState((before) => next(before, event.data, asked.current));
      });
      worker.current.addEventListener("error", (event) => {
        setState({
          ...nothing,
          problem: { message: `The ranking could not be computed: ${event.message}`, hint: "Reload the page." },
        });
      });
    }
    lastId.current += 1;
    asked.current = request;
    const job: RankingJob = { id: lastId.current, ...(sent.current === table ? {} : { table }), ...request };
    sent.current = table;
    worker.current.postMessage(job);
  }, [table, request]);
  useEffect(
    () => () => {
      worker.current?.terminate();
      worker.current = null;
    },
    [],
  );
  return state;
}
