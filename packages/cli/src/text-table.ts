/** Aligned columns for the terminal. */

export interface TextColumn {
  readonly title: string;
  readonly align: "left" | "right";
}

/** Width on a terminal: combining marks take none, East Asian wide characters two. */
export function textWidth(text: string): number {
  let width = 0;
  for (const char of text) {
    if (/\p{Mark}/u.test(char)) continue;
    width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(char)
      ? 2
      : 1;
  }
  return width;
}

/** Control characters from file names must not reach the terminal as commands. */
export function terminalText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Lines of a table: titles, then rows; every line without trailing spaces. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string[] {
  const clean = rows.map((row) => row.map(terminalText));
  const widths = columns.map((column, index) =>
    Math.max(textWidth(column.title), ...clean.map((row) => textWidth(row[index] ?? ""))),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, index) => {
        const cell = cells[index] ?? "";
        const fill = " ".repeat(Math.max(0, (widths[index] ?? 0) - textWidth(cell)));
        return align === "left" ? cell + fill : fill + cell;
      })
      .join("  ")
      .trimEnd();
  return [line(columns.map((column) => column.title)), ...clean.map(line)];
}
