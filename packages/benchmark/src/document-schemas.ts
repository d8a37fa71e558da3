/** JSON Schemas (draft 2020-12) of our documents, for editors and for other languages; made from the zod schemas. */
import { z } from "zod";
import { benchmarkDocumentSchema } from "./benchmark-document.ts";
import { evaluationDocumentSchema } from "./evaluation-document.ts";

/** By file name without ending: `benchmark`, `evaluation`. What an author writes (defaults may be left out). */
export function documentSchemas(): Record<string, object> {
  return {
    benchmark: { title: "Segathlon benchmark document", ...z.toJSONSchema(benchmarkDocumentSchema, { io: "input" }) },
    evaluation: { title: "segathlon/evaluation@1", ...z.toJSONSchema(evaluationDocumentSchema, { io: "output" }) },
  };
}
