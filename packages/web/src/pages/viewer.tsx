import type { ReactNode } from "react";
export function ViewerPage(): ReactNode {
  return null;
}
