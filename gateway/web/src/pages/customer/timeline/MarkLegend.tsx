import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useNamed } from '../../../design/Named';
import { lookOf, type Mark, type TimelineItem } from './lanes';
import { colourOf, pointsOf } from './marks';
import { usePalette } from './usePalette';

const SIZE = 16;
const MIDDLE = SIZE / 2;

/** Which shape stands for what, of what there is. */
export function MarkLegend({ items }: { items: readonly TimelineItem[] }) {
  const { t } = useTranslation('customer');
  const named = useNamed();
  const palette = usePalette();
  const kinds = useMemo(() => {
    const first = new Map<string, TimelineItem>();
    for (const item of items) {
      const key = item.kind === 'TIMELINE_ITEM_KIND_SIGNAL' ? `${item.kind}:${item.severity}` : item.kind;
      if (!first.has(key)) first.set(key, item);
    }
    return [...first.entries()].sort(([one], [other]) => one.localeCompare(other));
  }, [items]);
  return (
    <ul className="mark-legend" aria-label={t('timeline.legend')}>
      {kinds.map(([key, item]) => {
        const { lane, mark } = lookOf(item.kind);
        const colour = colourOf({ item, lane, mark, row: 0, from: 0, to: 0 }, palette);
        const severity = lane === 'signal' ? ` · ${t(`timeline.severity.${item.severity}`, { defaultValue: '' })}` : '';
        return (
          <li key={key}>
            <MarkIcon mark={mark} colour={colour} ground={palette.ground} thick={lane === 'signal' ? item.severity : 1} />
            {named(item.kind)}
            {severity}
          </li>
        );
      })}
    </ul>
  );
}

export function MarkIcon({ mark, colour, ground, thick }: { mark: Mark; colour: string; ground: string; thick: number }) {
  const points = pointsOf(mark, MIDDLE, MIDDLE);
  const height = 5 + 3 * thick;
  return (
    <svg width={SIZE} height={SIZE} aria-hidden="true" className="mark-icon">
      {points && <polygon points={points.map((point) => point.join(',')).join(' ')} fill={colour} />}
      {mark === 'span' && <rect x={1} y={MIDDLE - height / 2} width={SIZE - 2} height={height} rx={3} fill={colour} />}
      {mark === 'square' && <rect x={3} y={3} width={10} height={10} rx={1} fill={colour} />}
      {mark === 'dot' && <circle cx={MIDDLE} cy={MIDDLE} r={5} fill={colour} />}
      {mark === 'ring' && <circle cx={MIDDLE} cy={MIDDLE} r={4.2} fill={ground} stroke={colour} strokeWidth={1.8} />}
    </svg>
  );
}
