import type { ReactNode } from "react";
export function NewBenchmarkPage(): ReactNode {
  return null;
}
