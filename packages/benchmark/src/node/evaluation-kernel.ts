/** The kernel of this thread, loaded once. */
import { type Kernel, typeScriptKernel } from "@segathlon/metrics";

/** The kernel that evaluations in this thread use. */
export async function evaluationKernel(): Promise<Kernel> {
  return typeScriptKernel;
}
