/** What every page has around it: skip link, site name, navigation, account, theme. */
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { serverQuery, sessionQuery } from "../api.ts";
import { currentTheme, switchTheme } from "../theme.ts";

function ThemeButton(): ReactNode {
  const [theme, setTheme] = useState(currentTheme);
  const other = theme === "dark" ? "light" : "dark";
  return (
    <button
      type="button"
      className="quiet"
      aria-label={`Switch to ${other} colours`}
      onClick={() => setTheme(switchTheme())}
    >
      {other === "dark" ? "Dark" : "Light"}
    </button>
  );
}

export function SiteFrame(): ReactNode {
  const session = useQuery(sessionQuery);
  const server = useQuery(serverQuery);
  const location = useRouterState({ select: (state) => state.location.href });
  const user = session.data?.user ?? null;
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="site-head">
        <div className="site-bar">
          <Link to="/" className="site-name">
            <img src="/icon.svg" alt="" width="20" height="20" />
            {server.data?.name ?? "Segathlon"}
          </Link>
          <nav aria-label="Site">
            <Link to="/" activeOptions={{ exact: true }}>
              Benchmarks
            </Link>
            <Link to="/evaluate">Evaluate here</Link>
            <Link to="/definitions">Definitions</Link>
          </nav>
          <div className="site-end">
            {user === null ? (
              <Link to="/sign-in" search={{ next: location.startsWith("/sign-in") ? "/" : location }}>
                Sign in
              </Link>
            ) : (
              <Link to="/account" className="account-link">
                {user.name}
              </Link>
            )}
            <ThemeButton />
          </div>
        </div>
      </header>
      <main id="main">
        <Outlet />
      </main>
      <footer className="site-foot">
        Segathlon {server.data?.version ?? ""} · <a href="/api/v1/openapi.json">API</a> ·{" "}
        <Link to="/definitions">How every number is computed</Link>
      </footer>
    </>
  );
}
