import type { ReactNode } from "react";
export function SubmissionsPage(): ReactNode {
  return null;
}
