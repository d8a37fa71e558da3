/**
 * Type sizes, spaces and colours of every page and report, as CSS custom properties (ARCHITECTURE.md section 9: calm, dense,
 * exact; one type scale, one accent, light and dark, tabular numerals).
 *
 * Text colours have at least 4.5:1 on every background they are used on (`tokens.test.ts`).
 */

export type ThemeName = "light" | "dark";

const lightColours = {
  "--bg": "#ffffff",
  "--surface": "#f5f6f8",
  "--raised": "#ffffff",
  "--line": "#d8dce2",
  "--line-strong": "#868f9b",
  "--ink": "#14181d",
  "--ink-2": "#444c57",
  "--ink-3": "#5d6672",
  "--accent": "#0a6590",
  "--accent-ink": "#ffffff",
  "--accent-soft": "#dcecf4",
  "--good": "#146c43",
  "--good-soft": "#dcf0e4",
  "--warn": "#7a4f00",
  "--warn-soft": "#f8ecd2",
  "--bad": "#a8231a",
  "--bad-soft": "#fae3e0",
  "--dot-edge": "#14181d",
} as const;

export type ColourToken = keyof typeof lightColours;

const darkColours: Record<ColourToken, string> = {
  "--bg": "#0f1215",
  "--surface": "#171b20",
  "--raised": "#1c2127",
  "--line": "#2e353e",
  "--line-strong": "#6d7784",
  "--ink": "#e9ecf0",
  "--ink-2": "#b3bbc5",
  "--ink-3": "#949eaa",
  "--accent": "#67bfe6",
  "--accent-ink": "#06222f",
  "--accent-soft": "#12323f",
  "--good": "#6cc996",
  "--good-soft": "#143324",
  "--warn": "#e2b354",
  "--warn-soft": "#3a2c0d",
  "--bad": "#f08f86",
  "--bad-soft": "#421c18",
  "--dot-edge": "#e9ecf0",
};

/** The colours of both themes, by custom property. */
export const themes: Readonly<Record<ThemeName, Readonly<Record<ColourToken, string>>>> = {
  light: lightColours,
  dark: darkColours,
};

/** Font families: those of the reader's system, so that nothing is fetched. */
export const fonts = {
  sans: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  mono: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, "DejaVu Sans Mono", monospace',
} as const;

/** The one type scale. Sizes are in rem, so that they follow the reader's own setting. */
export const typeScale = {
  "--text-xs": "0.75rem",
  "--text-s": "0.8125rem",
  "--text-m": "0.875rem",
  "--text-l": "1rem",
  "--text-xl": "1.25rem",
  "--text-xxl": "1.625rem",
} as const;

const spaces = {
  "--space-1": "0.25rem",
  "--space-2": "0.5rem",
  "--space-3": "0.75rem",
  "--space-4": "1rem",
  "--space-6": "1.5rem",
  "--space-8": "2rem",
  "--radius": "4px",
} as const;

function declarations(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}:${value};`)
    .join("");
}

/**
 * The style sheet that declares every token: light, dark by the reader's system, and either by `data-theme` on the root.
 *
 * @example
 * ```ts
 * document.head.append(Object.assign(document.createElement("style"), { textContent: tokensCss }));
 * ```
 */
export const tokensCss = [
  `:root{color-scheme:light;--sans:${fonts.sans};--mono:${fonts.mono};${declarations(typeScale)}${declarations(spaces)}${declarations(lightColours)}}`,
  `@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${declarations(darkColours)}}}`,
  `:root[data-theme=dark]{color-scheme:dark;${declarations(darkColours)}}`,
].join("\n");
