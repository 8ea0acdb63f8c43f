import { type ComponentType, lazy, Suspense } from 'react';
import { matchRoutes, Navigate, type RouteObject, useLocation, useRoutes } from 'react-router';
import { useAccess } from './access/access';
import { LoadingState } from './design/States';
import { mayOpen, type PageRoute } from './pages/area';
import { AREAS } from './pages/areas';
import { FaultBoundary } from './shell/FaultBoundary';
import { NotFoundPage } from './shell/NotFoundPage';
import { firstPath } from './shell/navigation';
import { Shell } from './shell/Shell';

function Opened({ page, component: Component }: { page: PageRoute; component: ComponentType }) {
  const access = useAccess();
  const { pathname } = useLocation();
  // What a post may not open is not there, just as its data is not.
  if (!mayOpen(page, access)) return <NotFoundPage />;
  return (
    <FaultBoundary address={pathname}>
      <Suspense fallback={<LoadingState rows={8} />}>
        <Component />
      </Suspense>
    </FaultBoundary>
  );
}

function Start() {
  return <Navigate to={firstPath(useAccess())} replace />;
}

const pages: RouteObject[] = AREAS.flatMap((area) =>
  area.pages.map((page) => ({ path: page.path, element: <Opened page={page} component={lazy(page.load)} /> })),
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
  // It fails once more, and is told, where the page itself is opened.
  known
    .find(({ path }) => path === found?.route.path)
    ?.load()
    .catch(() => undefined);
}

/** The page of the address, in its frame. */
export function Routes() {
  const { pathname } = useLocation();
  return <FaultBoundary address={pathname}>{useRoutes(routes)}</FaultBoundary>;
}
