/** What an export gives: path below the output folder -> content. */
export type ExportFiles = Readonly<Record<string, string>>;
