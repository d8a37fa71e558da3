/**
 * The frame of every HTML report: one file that needs nothing else, light and dark, from phone to wide screen.
 *
 * A content security policy in the file forbids every request, so that a report with hostile case names has nowhere to send
 * anything even if escaping failed.
 */
import { standaloneSvgText } from "./figure.ts";
import { type Html, html, scriptJson, trustedHtml } from "./html.ts";
import { reportRuntime } from "./report-runtime.ts";
import { contentCss, reportCss } from "./report-style.ts";
import { tokensCss } from "./tokens.ts";

export interface ReportSection {
  /** Anchor, unique in the report: letters, digits, hyphens. */
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

export interface ReportRequest {
  readonly title: string;
  /** One line under the title: what was compared with what. */
  readonly subtitle?: string;
  /** Label and value pairs at the top: evaluator version, profile, number of cases ... */
  readonly facts?: readonly (readonly [label: string, value: string])[];
  readonly sections: readonly ReportSection[];
  /** Kept in the file as `<script type="application/json" id="report-data">`, for scripts and for reading back. */
  readonly data?: unknown;
  /** JavaScript of this program that runs after the report's own; never text from outside. */
  readonly script?: string;
  /** Last line: program, version, date. */
  readonly footer?: string;
}

/**
 * Writes a report.
 *
 * @returns The text of the HTML file.
 * @throws RangeError when two sections share an id, or `data` holds a number that is not finite.
 * @example
 * ```ts
 * reportShell({ title: "Evaluation", sections: [{ id: "cases", title: "Cases", body: html`<p>Two cases.</p>` }] });
 * ```
 */
export function reportShell(request: ReportRequest): string {
  const ids = new Set<string>();
  for (const { id } of request.sections) {
    if (!/^[a-z][a-z0-9-]*$/.test(id))
      throw new RangeError(`reportShell: section id ${JSON.stringify(id)} is not a-z, 0-9, -`);
    if (ids.has(id)) throw new RangeError(`reportShell: two sections have the id ${id}`);
    ids.add(id);
  }
  const facts =
    request.facts === undefined || request.facts.length === 0
      ? ""
      : html`<dl class="facts">${request.facts.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
  const runtime = `(${reportRuntime.toString()})({standaloneSvgText:${standaloneSvgText.toString()}});`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:; form-action 'none'; base-uri 'none'">
<meta name="generator" content="Segathlon">
<title>${request.title}</title>
<style>${trustedHtml(tokensCss + contentCss + reportCss)}</style>
</head>
<body>
<div class="page">
<header><div class="report-header"><div><h1>${request.title}</h1>${request.subtitle === undefined ? "" : html`<p>${request.subtitle}</p>`}</div><button type="button" data-theme-switch hidden>Dark</button></div>
${facts}</header>
<div class="columns">
<nav class="contents" aria-label="Contents"><ol>${request.sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ol></nav>
<main>
${request.sections.map(({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>\n${body}</section>\n`)}
</main>
</div>
<footer class="report-footer">${request.footer ?? "Made by Segathlon."}</footer>
</div>
${request.data === undefined ? "" : html`<script type="application/json" id="report-data">${scriptJson(request.data)}</script>`}
<script>${trustedHtml(runtime)}</script>
${request.script === undefined ? "" : html`<script>${trustedHtml(request.script.replaceAll("</script", "<\\/script"))}</script>`}
</body>
</html>
`.html;
}
