/** A worker of local evaluation: plans, scores cases, writes the report. One instance per core; nothing leaves the computer. */
import {
  type CaseDraft,
  catalogueBenchmarks,
  evaluateCaseFromBytes,
  evaluationCsv,
  evaluationFromCases,
  type NamedBytes,
} from "@segathlon/benchmark";
import { SegathlonError } from "@segathlon/errors";
import { type Kernel, loadKernel, PROFILES } from "@segathlon/metrics";
import type { EvaluationAnswer, EvaluationMessage, EvaluationReply, EvaluationRequest } from "./evaluation-job.ts";
import { planEvaluation } from "./evaluation-plan.ts";

let kernel: Promise<Kernel> | undefined;

async function bytesOf(side: { readonly name: string; readonly file: File }): Promise<NamedBytes> {
  return { name: side.name, bytes: new Uint8Array(await side.file.arrayBuffer()) };
}

async function answer(request: EvaluationRequest): Promise<EvaluationAnswer> {
  switch (request.kind) {
    case "catalogue":
      return {
        kind: "catalogue",
        tasks: catalogueBenchmarks().flatMap((benchmark) =>
          benchmark.tasks.map((task) => ({
            id: `${benchmark.benchmark}/${task.id}`,
            title: `${benchmark.title}: ${task.title ?? task.id}`,
          })),
        ),
        profiles: PROFILES.map(({ id }) => id),
      };
    case "plan":
      return { kind: "plan", plan: planEvaluation(request.choices, request.reference, request.prediction) };
    case "case": {
      kernel ??= loadKernel();
      const loaded = await kernel;
      const draft = await evaluateCaseFromBytes(
        {
          case: request.case,
          reference: await bytesOf(request.reference),
          prediction: request.prediction === null ? null : await bytesOf(request.prediction),
        },
        { protocol: request.protocol, geometry: request.geometry, kernel: loaded },
      );
      return { kind: "case", draft, kernel: loaded.name };
    }
    case "report": {
      const { protocol, notes } = request.plan;
      const document = evaluationFromCases(request.drafts as readonly CaseDraft[], {
        protocol,
        method: request.method,
        kernel: request.kernel,
        notes,
      });
      return { kind: "report", document, csv: evaluationCsv(document) };
    }
  }
}

addEventListener("message", (event: MessageEvent<EvaluationMessage>) => {
  const { id, request } = event.data;
  answer(request).then(
    (reply) => postMessage({ id, answer: reply } satisfies EvaluationReply),
    (error: unknown) => {
      const problem =
        error instanceof SegathlonError
          ? error.toProblem()
          : {
              code: "",
              message: error instanceof Error ? error.message : String(error),
              hint: "Check the choices above; if it happens again, report it with this text.",
            };
      postMessage({ id, problem } satisfies EvaluationReply);
    },
  );
});
