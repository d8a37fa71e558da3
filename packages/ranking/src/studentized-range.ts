/** The studentised range of k independent normal variables with infinite degrees of freedom (Tukey; Copenhaver & Holland 1988). */
import { normalDensity, normalUpperTail } from "./normal-distribution.ts";

/**
 * Probability that the range of `k` standard normal variables is larger than `q`: R's `ptukey(q, k, Inf, lower.tail = FALSE)`, absolute
 * error below 1e-10.
 *
 * P(range <= q) = k * integral of phi(z) * (Phi(z) - Phi(z - q))^(k-1) dz, by Simpson's rule on a smooth integrand.
 */
export function studentizedRangeUpperTail(q: number, k: number): number {
  if (Number.isNaN(q) || k < 2) return Number.NaN;
  if (q <= 0) return 1;
  const low = -8.5;
  const high = q + 8.5;
  const steps = 2 * Math.ceil((high - low) / 0.05);
  const h = (high - low) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const z = low + i * h;
    const inside = normalUpperTail(z - q) - normalUpperTail(z);
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * normalDensity(z) * inside ** (k - 1);
  }
  return Math.min(1, Math.max(0, 1 - (k * sum * h) / 3));
}
