import { Card } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Amount } from '../../../design/Amount';
import type { BoardFilters } from './WarningBoard';
import { type Overview, useSignalName } from './warning';

interface Props {
  overview: Overview | undefined;
  filters: BoardFilters;
  change: (changed: Partial<BoardFilters>) => void;
}

/** Open warnings by whose they are and by sign; a click narrows the list, another one widens it again. */
export function Facets({ overview, filters, change }: Props) {
  const { t } = useTranslation('unit');
  const signalName = useSignalName();
  const people = overview?.byAssignee.filter((each) => each.assigneePersonId) ?? [];
  const signals = overview?.bySignal.filter((each) => each.openCount > 0) ?? [];
  const losses = Math.max(1, ...people.map((each) => Number(each.expectedLoss?.amount ?? 0)));
  const counts = Math.max(1, ...signals.map((each) => each.openCount));
  return (
    <div className="unit-facet-cards">
      <Card size="small" title={t('warnings.byPerson')}>
        <ul className="unit-facets">
          {people.map((each) => (
            <Facet
              key={each.assigneePersonId}
              pressed={filters.person === each.assigneePersonId}
              onToggle={(on) => change({ person: on ? each.assigneePersonId : '' })}
              name={each.assigneeName}
              value={
                <>
                  {each.openCount} · <Amount money={each.expectedLoss} />
                </>
              }
              late={each.overdueCount > 0 ? t('late', { count: each.overdueCount }) : ''}
              share={Number(each.expectedLoss?.amount ?? 0) / losses}
            />
          ))}
        </ul>
      </Card>
      <Card size="small" title={t('warnings.bySign')}>
        <ul className="unit-facets">
          {signals.map((each) => (
            <Facet
              key={each.signalCode}
              pressed={filters.signal === each.signalCode}
              onToggle={(on) => change({ signal: on ? each.signalCode : '' })}
              name={signalName(each.signalCode)}
              value={each.openCount}
              late=""
              share={each.openCount / counts}
            />
          ))}
        </ul>
      </Card>
    </div>
  );
}

interface FacetProps {
  pressed: boolean;
  onToggle: (on: boolean) => void;
  name: string;
  value: ReactNode;
  late: string;
  /** Of the greatest. */
  share: number;
}

function Facet({ pressed, onToggle, name, value, late, share }: FacetProps) {
  return (
    <li>
      <button type="button" className="unit-facet" aria-pressed={pressed} onClick={() => onToggle(!pressed)}>
        <span>
          {name} {late && <span className="unit-late">{late}</span>}
        </span>
        <span className="amount">{value}</span>
        <span className="unit-bar" style={{ width: `${Math.round(share * 100)}%` }} />
      </button>
    </li>
  );
}
