/** HTML text in which every inserted value is escaped: names from participants never become markup. */

/** Text that is HTML already. Only {@link html} and {@link trustedHtml} make one. */
export interface Html {
  readonly html: string;
}

type Part = string | number | Html | null | undefined | readonly Part[];

/** Escapes text for element content and quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function render(part: Part): string {
  if (part === null || part === undefined) return "";
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  if ("html" in part) return part.html;
  return part.map(render).join("");
}

/**
 * A template tag: inserted strings are escaped, inserted {@link Html} and lists of it are kept.
 *
 * @example
 * ```ts
 * html`<td>${"a < b"}</td>`.html; // "<td>a &lt; b</td>"
 * ```
 */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: texts.map((text, index) => text + (index < parts.length ? render(parts[index]) : "")).join("") };
}

/** Marks text as HTML. Only for markup that this program made itself, such as a drawn SVG. */
export function trustedHtml(text: string): Html {
  return { html: text };
}

/** JSON that can stand inside a `<script type="application/json">` element: no `<`, no line separators. */
export function scriptJson(value: unknown): Html {
  const text = JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "number" && !Number.isFinite(item)) throw new RangeError(`scriptJson: ${item} is not JSON`);
    return item;
  });
  return { html: text.replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029") };
}
