/** Light or dark: the reader's system decides until the reader does. */

export type Theme = "light" | "dark";
const key = "segathlon.theme";

/** Applies the choice of an earlier visit. */
export function applyStoredTheme(): void {
  const stored = localStorage.getItem(key);
  if (stored === "light" || stored === "dark") document.documentElement.dataset.theme = stored;
}

/** The theme that is shown now. */
export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Shows the other theme and remembers it. */
export function switchTheme(): Theme {
  const next = currentTheme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  localStorage.setItem(key, next);
  return next;
}
