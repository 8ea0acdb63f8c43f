import { lazy, Suspense } from 'react';
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { useAccess } from './access/access';
import { LoadingState } from './design/States';
import { mayOpen, type PageRoute } from './pages/area';
import { AREAS } from './pages/areas';
import { NotFoundPage } from './shell/NotFoundPage';
import { firstPath } from './shell/navigation';
import { PageFault } from './shell/PageFault';
import { Shell } from './shell/Shell';

function Opened({ page, component: Component }: { page: PageRoute; component: React.ComponentType }) {
  const access = useAccess();
  // What a post may not open is not there, just as its data is not.
  if (!mayOpen(page, access)) return <NotFoundPage />;
  return (
    <Suspense fallback={<LoadingState rows={8} />}>
      <Component />
    </Suspense>
  );
}

function Start() {
  return <Navigate to={firstPath(useAccess())} replace />;
}

const pages: RouteObject[] = AREAS.flatMap((area) =>
  area.pages.map((page) => ({
    path: page.path,
    element: <Opened page={page} component={lazy(page.load)} />,
    errorElement: <PageFault />,
  })),
);

export const router = createBrowserRouter(
  [
    {
      element: <Shell />,
      errorElement: <PageFault />,
      children: [{ index: true, element: <Start /> }, ...pages, { path: '*', element: <NotFoundPage /> }],
    },
  ],
  { basename: '/app' },
);
