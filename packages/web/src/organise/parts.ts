/** The parts of the organiser's page, in the order of their tabs. */
export const organiseParts = [
  ["submissions", "Submissions"],
  ["document", "Document"],
  ["phases", "Phases"],
  ["teams", "Teams"],
  ["corrections", "Corrections"],
  ["leak", "Leak budget"],
  ["audit", "Audit log"],
] as const;

export type OrganisePart = (typeof organiseParts)[number][0];
