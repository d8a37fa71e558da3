import type { ReactNode } from "react";
export function EvaluatePage(): ReactNode {
  return null;
}
