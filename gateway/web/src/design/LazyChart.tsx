import { Skeleton } from 'antd';
import { type ComponentProps, lazy, Suspense } from 'react';
import type Chart from './Chart';

const Drawn = lazy(() => import('./Chart'));

/** A chart whose library is loaded when it is first shown. */
export function LazyChart(props: ComponentProps<typeof Chart>) {
  return (
    <Suspense fallback={<Skeleton.Node active style={{ width: '100%', height: props.height }} />}>
      <Drawn {...props} />
    </Suspense>
  );
}
