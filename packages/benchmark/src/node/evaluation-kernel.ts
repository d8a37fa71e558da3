/** The kernel of this thread, loaded once. */
import { type Kernel, loadKernel } from "@segathlon/metrics";

let loaded: Promise<Kernel> | undefined;

/** The kernel that evaluations in this thread use; every one gives the same bits. */
export function evaluationKernel(): Promise<Kernel> {
  loaded ??= loadKernel();
  return loaded;
}
