import type { ReactNode } from "react";
export function OrganisePage(): ReactNode {
  return null;
}
