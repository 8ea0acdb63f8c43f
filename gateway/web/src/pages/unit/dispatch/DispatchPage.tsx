import { Button, Flex, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { Page } from '../../../design/Page';
import { useFilters } from '../../../design/useFilters';
import { UnitField } from '../UnitField';
import '../unit.css';
import { CreateCampaign } from './CreateCampaign';
import { DispatchTask } from './DispatchTask';
import { Loads } from './Loads';
import { UnitCampaigns } from './UnitCampaigns';
import { UnitTasks } from './UnitTasks';

/** Who of a unit has how much to do; giving work, giving it to another, evening it out, and campaigns. */
export default function DispatchPage() {
  const { t } = useTranslation('unit');
  const { scopePath } = useAccess();
  const [filters, change] = useFilters({ unit: scopePath, view: 'tasks', person: '', overdue: '' });
  const [making, setMaking] = useState<'task' | 'campaign'>();
  return (
    <Page
      title={t('dispatch.title')}
      note={t('dispatch.note')}
      actions={
        <>
          <Button type="primary" onClick={() => setMaking('task')}>
            {t('dispatch.newTask')}
          </Button>
          <Button onClick={() => setMaking('campaign')}>{t('dispatch.newCampaign')}</Button>
        </>
      }
    >
      <Flex wrap gap={8} className="unit-filters">
        <UnitField value={filters.unit} onChange={(unit) => change({ unit, person: '' })} />
      </Flex>
      <div className="unit-board">
        <Tabs
          activeKey={filters.view}
          onChange={(view) => change({ view })}
          items={[
            {
              key: 'tasks',
              label: t('dispatch.tasks'),
              children: (
                <UnitTasks
                  unit={filters.unit}
                  person={filters.person}
                  overdue={filters.overdue === 'yes'}
                  onOverdue={(on) => change({ overdue: on ? 'yes' : '' })}
                />
              ),
            },
            { key: 'campaigns', label: t('dispatch.campaigns'), children: <UnitCampaigns unit={filters.unit} /> },
          ]}
        />
        <Loads unit={filters.unit} person={filters.person} onPerson={(person) => change({ person, view: 'tasks' })} />
      </div>
      {making === 'task' && <DispatchTask unit={filters.unit} onClose={() => setMaking(undefined)} />}
      {making === 'campaign' && <CreateCampaign unit={filters.unit} onClose={() => setMaking(undefined)} />}
    </Page>
  );
}
