import { type ComponentType, lazy, Suspense, useMemo } from 'react';
import { matchRoutes, Navigate, type RouteObject, useLocation, useRoutes } from 'react-router';
import { useAccess } from './access/access';
import { LoadingState } from './design/States';
import { mayOpen, type PageRoute } from './pages/area';
import { AREAS } from './pages/areas';
import { FaultBoundary } from './shell/FaultBoundary';
import { NotFoundPage } from './shell/NotFoundPage';
import { firstPath } from './shell/navigation';
import { Shell } from './shell/Shell';

/** The code of pages that came already: they are shown at once. */
const codes = new Map<string, ComponentType>();

async function codeOf(page: PageRoute) {
  const code = await page.load();
  codes.set(page.path, code.default);
  return code;
}

function Opened({ page, later }: { page: PageRoute; later: ComponentType }) {
  const access = useAccess();
  const { pathname } = useLocation();
  const Component = useMemo(() => codes.get(page.path) ?? later, [page, later]);
  // What a post may not open is not there, just as its data is not.
  if (!mayOpen(page, access)) return <NotFoundPage />;
  return (
    <FaultBoundary address={pathname}>
      <Suspense fallback={<LoadingState rows={8} />}>
        <Component key={page.path} />
      </Suspense>
    </FaultBoundary>
  );
}

function Start() {
  return <Navigate to={firstPath(useAccess())} replace />;
}

const pages: RouteObject[] = AREAS.flatMap((area) =>
  area.pages.map((page) => ({ path: page.path, element: <Opened page={page} later={lazy(() => codeOf(page))} /> })),
);

const routes: RouteObject[] = [
  { element: <Shell />, children: [{ index: true, element: <Start /> }, ...pages, { path: '*', element: <NotFoundPage /> }] },
];

export const FOLDER = '/app';

/** Sends for the code and the words of an address, so that they are there when it is known who may see them. */
export function loadPageOf(pathname: string): void {
  const known = AREAS.flatMap((area) => area.pages);
  const [found] =
    matchRoutes(
      known.map(({ path }) => ({ path })),
      pathname,
      FOLDER,
    ) ?? [];
  const page = known.find(({ path }) => path === found?.route.path);
  // Where it fails, it is asked for once more as the page opens, and told.
  if (page) codeOf(page).catch(() => undefined);
}

/** The page of the address, in its frame. */
export function Routes() {
  const { pathname } = useLocation();
  return <FaultBoundary address={pathname}>{useRoutes(routes)}</FaultBoundary>;
}
