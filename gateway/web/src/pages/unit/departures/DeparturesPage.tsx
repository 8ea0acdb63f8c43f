import { Flex, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { Page } from '../../../design/Page';
import { FailureState } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import { type Tile, Tiles } from '../Tiles';
import { UnitField } from '../UnitField';
import '../unit.css';
import { DependenceRanking } from './DependenceRanking';
import type { UnitDependence } from './departure';
import { Foreseen } from './Foreseen';
import { Plans } from './Plans';
import { ProposePlan } from './ProposePlan';
import { WhatIf } from './WhatIf';

/** How a unit depends on single people, what would go with them, and what is done about it. */
export default function DeparturesPage() {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const { scopePath } = useAccess();
  const [filters, change] = useFilters({ unit: scopePath, view: 'dependence', people: '' });
  const [planned, setPlanned] = useState('');
  const dependence = api.useQuery('get', '/v1/unitDependence', { params: { query: { organisationPath: filters.unit } } });
  const people = filters.people ? filters.people.split(',') : [];
  return (
    <Page
      title={t('departures.title')}
      note={dependence.data?.asOfDate ? t('asOf', { date: formats.date(dependence.data.asOfDate) }) : t('departures.note')}
    >
      <Flex wrap gap={8} className="unit-filters">
        <UnitField value={filters.unit} onChange={(unit) => change({ unit, people: '' })} />
      </Flex>
      {dependence.error && !dependence.data ? (
        <FailureState error={dependence.error} onRetry={() => void dependence.refetch()} />
      ) : (
        <DependenceTiles dependence={dependence.data} />
      )}
      <Tabs
        activeKey={filters.view}
        onChange={(view) => change({ view })}
        items={[
          {
            key: 'dependence',
            label: t('departures.dependence'),
            children: (
              <div className="unit-columns">
                <DependenceRanking
                  unit={filters.unit}
                  chosen={people}
                  onChoose={(chosen) => change({ people: chosen.join(',') })}
                  onPlan={setPlanned}
                />
                <WhatIf people={people} onPlan={setPlanned} />
              </div>
            ),
          },
          { key: 'plans', label: t('departures.plans'), children: <Plans unit={filters.unit} /> },
          { key: 'foreseen', label: t('departures.foreseen'), children: <Foreseen unit={filters.unit} /> },
        ]}
      />
      {planned && <ProposePlan personId={planned} onClose={() => setPlanned('')} />}
    </Page>
  );
}

function DependenceTiles({ dependence }: { dependence: UnitDependence | undefined }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const first = dependence?.people[0];
  const tiles: Tile[] = [
    {
      key: 'index',
      label: t('departures.keyPersonIndex'),
      value: dependence && formats.basisPoints(dependence.keyPersonIndexBasisPoints),
      note: first ? t('departures.mostOn', { name: first.personName }) : t('departures.nobody'),
    },
    {
      key: 'half',
      label: t('departures.half'),
      value: dependence && t('people', { count: dependence.halfPeopleCount }),
      note: dependence && t('departures.ofPeople', { count: dependence.peopleCount }),
    },
    {
      key: 'risk',
      label: t('departures.atRisk'),
      value: dependence && <Amount money={dependence.atRisk} />,
      note: dependence && t('departures.ofAll', { share: formats.basisPoints(dependence.dependenceBasisPoints) }),
    },
    {
      key: 'balance',
      label: t('departures.balance'),
      value: dependence && <Amount money={dependence.balance} />,
      note: dependence && t('departures.customers', { count: dependence.customerCount }),
    },
  ];
  return <Tiles label={t('departures.figures')} tiles={tiles} />;
}
