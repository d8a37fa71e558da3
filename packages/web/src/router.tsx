/** Every page's address. What a reader chooses on a page is in its address too, so that a link shows the same. */
import { createRootRoute, createRoute, createRouter, Link, lazyRouteComponent } from "@tanstack/react-router";
import { Page } from "./frame/page.tsx";
import { ProblemNote } from "./frame/problem-note.tsx";
import { Working } from "./frame/query-view.tsx";
import { SiteFrame } from "./frame/site-frame.tsx";

const rootRoute = createRootRoute({
  component: SiteFrame,
  notFoundComponent: () => (
    <Page title="There is no such page">
      <p>
        The address may be mistyped, or what it named was removed. <Link to="/">All benchmarks</Link>
      </p>
    </Page>
  ),
  errorComponent: ({ error, reset }) => <ProblemNote error={error} retry={reset} />,
});

/** Keeps the known keys of a search that are non-empty texts. */
function texts<K extends string>(...keys: readonly K[]) {
  return (search: Record<string, unknown>): { [P in K]?: string | undefined } => {
    const kept: { [P in K]?: string | undefined } = {};
    for (const key of keys) {
      const value = search[key];
      if (typeof value === "string" && value !== "") kept[key] = value;
      // The router parses `?case=12` as a number.
      else if (typeof value === "number" || typeof value === "boolean") kept[key] = String(value);
    }
    return kept;
  };
}

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/home.tsx"), "HomePage"),
});
const definitionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/definitions",
  component: lazyRouteComponent(() => import("./pages/definitions.tsx"), "DefinitionsPage"),
});
const evaluateRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/evaluate",
  component: lazyRouteComponent(() => import("./pages/evaluate.tsx"), "EvaluatePage"),
});
const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: texts("next", "mode"),
  component: lazyRouteComponent(() => import("./pages/sign-in.tsx"), "SignInPage"),
});
const accountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/account",
  component: lazyRouteComponent(() => import("./pages/account.tsx"), "AccountPage"),
});
const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/invitation",
  validateSearch: texts("token"),
  component: lazyRouteComponent(() => import("./pages/invitation.tsx"), "InvitationPage"),
});
const resetPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/reset-password",
  validateSearch: texts("token"),
  component: lazyRouteComponent(() => import("./pages/reset-password.tsx"), "ResetPasswordPage"),
});

const benchmarkRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/benchmarks/$benchmark",
  component: lazyRouteComponent(() => import("./pages/benchmark-frame.tsx"), "BenchmarkFrame"),
});
const overviewRoute = createRoute({
  getParentRoute: () => benchmarkRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/benchmark.tsx"), "BenchmarkPage"),
});
const leaderboardRoute = createRoute({
  getParentRoute: () => benchmarkRoute,
  path: "/leaderboard/$phase",
  validateSearch: texts("task", "region", "metric", "scheme", "snapshot", "slice", "view"),
  component: lazyRouteComponent(() => import("./pages/leaderboard.tsx"), "LeaderboardPage"),
});
const dataRoute = createRoute({
  getParentRoute: () => benchmarkRoute,
  path: "/data/$task",
  validateSearch: texts("split", "find", "attribute", "value"),
  component: lazyRouteComponent(() => import("./pages/data.tsx"), "DataPage"),
});
const viewerRoute = createRoute({
  getParentRoute: () => benchmarkRoute,
  path: "/view/$task/$case",
  validateSearch: texts("submission", "window", "show", "at", "layout", "channel"),
  component: lazyRouteComponent(() => import("./pages/viewer.tsx"), "ViewerPage"),
});
const submitRoute = createRoute({
  getParentRoute: () => benchmarkRoute,
  path: "/submit/$phase",
  component: lazyRouteComponent(() => import("./pages/submit.tsx"), "SubmitPage"),
});
const submissionsRoute = createRoute({
  getParentRoute: () => benchmarkRoute,
  path: "/submissions",
  component: lazyRouteComponent(() => import("./pages/submissions.tsx"), "SubmissionsPage"),
});
const submissionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/submissions/$submission",
  component: lazyRouteComponent(() => import("./pages/submission.tsx"), "SubmissionPage"),
});
const organiseRoute = createRoute({
  getParentRoute: () => benchmarkRoute,
  path: "/organise",
  validateSearch: texts("part"),
  component: lazyRouteComponent(() => import("./pages/organise.tsx"), "OrganisePage"),
});
const createBenchmarkRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/new-benchmark",
  component: lazyRouteComponent(() => import("./pages/new-benchmark.tsx"), "NewBenchmarkPage"),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    homeRoute,
    definitionsRoute,
    evaluateRoute,
    signInRoute,
    accountRoute,
    invitationRoute,
    resetPasswordRoute,
    createBenchmarkRoute,
    submissionRoute,
    benchmarkRoute.addChildren([
      overviewRoute,
      leaderboardRoute,
      dataRoute,
      viewerRoute,
      submitRoute,
      submissionsRoute,
      organiseRoute,
    ]),
  ]),
  scrollRestoration: true,
  defaultPreload: "intent",
  defaultPendingComponent: () => <Working>Loading the page …</Working>,
  defaultErrorComponent: ({ error, reset }) => <ProblemNote error={error} retry={reset} />,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
