/** Entry of an evaluation worker: one message, one unit. */
import { type EvaluationUnit, evaluateUnit, type UnitContext, type UnitResult } from "./evaluation-unit.ts";

export function evaluateInWorker(message: { unit: EvaluationUnit; context: UnitContext }): Promise<UnitResult> {
  return evaluateUnit(message.unit, message.context);
}
