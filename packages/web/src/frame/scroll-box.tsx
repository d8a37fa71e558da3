/** A box that scrolls sideways, reachable by keyboard and named for screen readers. */
import type { ReactNode } from "react";

interface ScrollBoxProps {
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}

export function ScrollBox({ label, className = "scroll", children }: ScrollBoxProps): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard (axe: scrollable-region-focusable)
    <section className={className} aria-label={`Table: ${label}`} tabIndex={0}>
      {children}
    </section>
  );
}
