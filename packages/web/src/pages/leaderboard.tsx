import type { ReactNode } from "react";
export function LeaderboardPage(): ReactNode {
  return null;
}
