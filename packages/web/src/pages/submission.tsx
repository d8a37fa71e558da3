import type { ReactNode } from "react";
export function SubmissionPage(): ReactNode {
  return null;
}
