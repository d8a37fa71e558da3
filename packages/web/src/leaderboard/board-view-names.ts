/** The views below a leaderboard, in the order of their tabs. */
export const boardViews = [
  ["regions", "Regions"],
  ["intervals", "Intervals"],
  ["significance", "Significance"],
  ["stability", "Stability"],
  ["schemes", "Schemes"],
  ["slices", "Slices"],
  ["cases", "Cases"],
] as const;

export type BoardView = (typeof boardViews)[number][0];
