/** The style sheet of reports. The pages share the tokens and the rules of tables and figures ({@link contentCss}). */

/** Tables, figures, buttons and texts, for reports and pages alike. */
export const contentCss = `
*,*::before,*::after{box-sizing:border-box}
html{font-family:var(--sans);font-size:100%;line-height:1.45;font-variant-numeric:tabular-nums;background:var(--bg);color:var(--ink);-webkit-text-size-adjust:100%}
body{margin:0;font-size:var(--text-m)}
h1{font-size:var(--text-xxl);line-height:1.2;font-weight:650;letter-spacing:-.01em;margin:0;text-wrap:balance;overflow-wrap:anywhere}
h2{font-size:var(--text-xl);line-height:1.25;font-weight:650;margin:0 0 var(--space-2)}
h3{font-size:var(--text-l);font-weight:650;margin:var(--space-4) 0 var(--space-2)}
p,ul,ol,dl{margin:0 0 var(--space-3);max-width:72ch}
a{color:var(--accent);text-underline-offset:.15em;text-decoration-thickness:1px}
a:hover{text-decoration-thickness:2px}
code,kbd,pre{font-family:var(--mono);font-size:.92em}
code{overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:2px}
button,.button{font:inherit;font-size:var(--text-s);line-height:1.4;color:var(--ink);background:var(--raised);border:1px solid var(--line-strong);border-radius:var(--radius);padding:.2rem .6rem;min-height:1.75rem;cursor:pointer;text-decoration:none;display:inline-flex;align-items:center;gap:.35rem}
button:hover,.button:hover{border-color:var(--ink);background:var(--surface)}
button:disabled{color:var(--ink-3);border-color:var(--line);cursor:not-allowed}
button.primary,.button.primary{background:var(--accent);border-color:var(--accent);color:var(--accent-ink);font-weight:600}
button.primary:hover,.button.primary:hover{filter:brightness(1.08)}
.muted{color:var(--ink-2)}
.empty{padding:var(--space-4);border:1px dashed var(--line-strong);border-radius:var(--radius);color:var(--ink-2);max-width:none}
.bar{display:flex;align-items:baseline;justify-content:space-between;gap:var(--space-3);flex-wrap:wrap;margin-bottom:var(--space-2)}
.bar .caption{font-weight:600}
.tools{display:inline-flex;gap:var(--space-1)}
.tools button,.tools .button{font-size:var(--text-xs);padding:.1rem .45rem;min-height:1.5rem;color:var(--ink-2);border-color:var(--line)}
.tools button:hover{color:var(--ink);border-color:var(--line-strong)}
.scroll{position:relative;overflow-x:auto;border:1px solid var(--line);border-radius:var(--radius)}
table{border-collapse:separate;border-spacing:0;width:100%;font-size:var(--text-s)}
th,td{padding:.3rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:middle;white-space:nowrap}
tbody tr:last-child>*{border-bottom:0}
th.end,td.end{text-align:right}
thead th{background:var(--surface);color:var(--ink-2);font-weight:600;position:sticky;top:0;z-index:1}
tbody th{font-weight:550;color:var(--ink)}
tbody tr:hover>*{box-shadow:inset 0 0 0 999px color-mix(in srgb,var(--accent) 7%,transparent)}
.head{display:inline-flex;align-items:center;gap:.25rem}
button.sort{border:0;background:none;padding:0;min-height:1.5rem;min-width:1.5rem;justify-content:center;color:var(--ink-3);font-size:.7rem}
button.sort::before{content:"\\2195"}
th[aria-sort=ascending] button.sort,th[aria-sort=descending] button.sort{color:var(--accent)}
th[aria-sort=ascending] button.sort::before{content:"\\25B2"}
th[aria-sort=descending] button.sort::before{content:"\\25BC"}
a.how{display:inline-grid;place-items:center;min-width:1.5rem;min-height:1.5rem;font-size:var(--text-xs);font-weight:600;color:var(--ink-3);text-decoration:none}
a.how:hover{color:var(--accent)}
figure{margin:0 0 var(--space-6)}
figcaption{font-size:var(--text-s);color:var(--ink-2);max-width:90ch;margin-top:var(--space-1)}
figure svg{display:block;max-width:100%;height:auto}
figure svg text{white-space:pre}
.legend{display:flex;flex-wrap:wrap;gap:.2rem .9rem;list-style:none;padding:0;margin:0 0 var(--space-1);font-size:var(--text-s);color:var(--ink-2);max-width:none}
.legend li{display:inline-flex;align-items:center;gap:.35rem;min-width:0;overflow-wrap:anywhere}
.swatch{display:inline-block;width:.75rem;height:.75rem;border-radius:2px;border:1px solid color-mix(in srgb,var(--dot-edge) 45%,transparent);flex:none}
.badge{display:inline-block;font-size:var(--text-xs);font-weight:600;line-height:1.35;padding:.05rem .4rem;border-radius:3px;background:var(--surface);color:var(--ink-2);border:1px solid var(--line)}
.badge.good{background:var(--good-soft);color:var(--good);border-color:transparent}
.badge.warn{background:var(--warn-soft);color:var(--warn);border-color:transparent}
.badge.bad{background:var(--bad-soft);color:var(--bad);border-color:transparent}
.note{border-left:3px solid var(--line-strong);padding:var(--space-2) var(--space-3);background:var(--surface);margin:0 0 var(--space-3);border-radius:0 var(--radius) var(--radius) 0;max-width:none;overflow-wrap:anywhere}
.note.warn{border-color:var(--warn)}
.note.bad{border-color:var(--bad)}
.note.good{border-color:var(--good)}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:var(--space-3) var(--space-4);margin:0 0 var(--space-4);max-width:none}
.facts>div{min-width:0}
.facts dt{font-size:var(--text-xs);color:var(--ink-3)}
.facts dd{margin:0;font-weight:550;overflow-wrap:anywhere}
.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (prefers-reduced-motion:reduce){*{animation-duration:.01ms!important;transition-duration:.01ms!important;scroll-behavior:auto!important}}
`;

/** The frame of a report: header, contents at the side on wide screens, sections. */
export const reportCss = `
html{scroll-padding-top:1rem}
.page{max-width:76rem;margin:0 auto;padding:var(--space-6) clamp(1rem,4vw,2.5rem) var(--space-8)}
.report-header{display:flex;justify-content:space-between;align-items:flex-start;gap:var(--space-4);margin-bottom:var(--space-4)}
.report-header p{margin:var(--space-1) 0 0;color:var(--ink-2)}
.contents{font-size:var(--text-s);margin-bottom:var(--space-6)}
.contents ol{list-style:none;padding:0;margin:0;display:flex;flex-wrap:wrap;gap:.1rem 1rem}
.contents a{color:var(--ink-2);text-decoration:none;display:inline-block;padding:.2rem 0;min-height:1.5rem}
.contents a:hover{color:var(--accent);text-decoration:underline}
section{margin:0 0 var(--space-8);min-width:0}
section>h2{border-top:1px solid var(--line);padding-top:var(--space-3)}
.table{margin-bottom:var(--space-6)}
.drawing.narrow{display:none}
.report-footer{border-top:1px solid var(--line);padding-top:var(--space-3);color:var(--ink-3);font-size:var(--text-xs)}
@media (min-width:72rem){
.columns{display:grid;grid-template-columns:11rem minmax(0,1fr);gap:var(--space-8)}
.contents{position:sticky;top:var(--space-6);align-self:start}
.contents ol{flex-direction:column}
}
@media (max-width:47rem){.drawing.wide{display:none}.drawing.narrow{display:block}th,td{padding:.3rem .45rem}}
@media print{.contents,.tools,button{display:none!important}.page{max-width:none;padding:0}section{break-inside:avoid-page}.scroll{overflow:visible;border:0}}
`;
