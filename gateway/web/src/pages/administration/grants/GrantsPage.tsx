import { Button, Card, Flex, Segmented, Select, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { useNamedChoices } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { EmptyState } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import { PersonName, RoleName, UnitName, useOwnLanguage, useRoles } from '../names';
import { GrantActions } from './GrantActions';
import { type Grant, GrantReason, GrantScope, GrantStateTag } from './grantParts';
import { ProposeGrant } from './ProposeGrant';
import '../administration.css';

const STATES = ['GRANT_STATE_PROPOSED', 'GRANT_STATE_ACTIVE', 'GRANT_STATE_REJECTED', 'GRANT_STATE_REVOKED'] as const;

/** Posts: proposed by one, approved by another, revoked. */
export default function GrantsPage() {
  const { t } = useTranslation('administration');
  const { may } = useAccess();
  const own = useOwnLanguage();
  const choices = useNamedChoices();
  const roles = useRoles();
  const [filters, setFilters] = useFilters({ state: 'GRANT_STATE_PROPOSED', role: '' });
  const [proposing, setProposing] = useState(false);
  const columns = useColumns();
  const states = STATES.filter((state) => state === filters.state);
  return (
    <Page
      title={t('workbench:nav.grants')}
      note={t('grants.note')}
      actions={
        may('identity.grants.propose') && (
          <Button type="primary" onClick={() => setProposing(true)}>
            {t('grants.propose')}
          </Button>
        )
      }
    >
      <Card size="small">
        <Flex wrap gap={8} className="administration-filters">
          <Segmented
            value={filters.state}
            aria-label={t('workbench:field.state')}
            options={[...choices(STATES), { value: 'all', label: t('workbench:action.all') }]}
            onChange={(state) => setFilters({ state })}
          />
          <Select
            className="filter"
            allowClear
            placeholder={t('grants.role')}
            aria-label={t('grants.role')}
            value={filters.role || null}
            options={(roles.data?.roles ?? []).map((role) => ({ value: role.role, label: own(role.displayName) }))}
            onChange={(role) => setFilters({ role: role ?? '' })}
          />
        </Flex>
        <KeysetTable<Grant>
          label={t('workbench:nav.grants')}
          queryKey={['/v1/grants', 'list', filters.state, filters.role]}
          load={async (pageToken, signal) => {
            const { data } = await client.GET('/v1/grants', {
              params: { query: { pageSize: 100, pageToken, states, role: filters.role } },
              signal,
            });
            return { rows: data?.grants ?? [], nextPageToken: data?.nextPageToken ?? '' };
          }}
          rowKey={(grant) => grant.grantId}
          columns={columns}
          card={(grant) => <GrantCard grant={grant} />}
          empty={
            <EmptyState
              words={t(filters.state === 'GRANT_STATE_PROPOSED' ? 'grants.noneWaiting' : 'workbench:state.nothingFound')}
            />
          }
        />
      </Card>
      {proposing && <ProposeGrant onClose={() => setProposing(false)} />}
    </Page>
  );
}

function useColumns() {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  return [
    {
      title: t('grants.person'),
      width: 100,
      render: (_: unknown, grant: Grant) => <PersonName personId={grant.personId} name={grant.displayName} />,
    },
    { title: t('grants.role'), width: 120, render: (_: unknown, grant: Grant) => <RoleName role={grant.role} /> },
    {
      title: t('workbench:field.unit'),
      width: 190,
      render: (_: unknown, grant: Grant) => <UnitName path={grant.organisationPath} />,
    },
    { title: t('grants.scope'), width: 130, render: (_: unknown, grant: Grant) => <GrantScope grant={grant} /> },
    { title: t('workbench:field.state'), width: 90, render: (_: unknown, grant: Grant) => <GrantStateTag state={grant.state} /> },
    { title: t('workbench:field.reason'), width: 170, render: (_: unknown, grant: Grant) => <GrantReason grant={grant} /> },
    { title: t('grants.changed'), width: 150, render: (_: unknown, grant: Grant) => formats.instant(grant.updateTime) },
    { title: t('actions'), width: 190, render: (_: unknown, grant: Grant) => <GrantActions grant={grant} /> },
  ];
}

function GrantCard({ grant }: { grant: Grant }) {
  return (
    <Card size="small">
      <Flex vertical gap={4}>
        <Flex justify="space-between" gap={8}>
          <span>
            <PersonName personId={grant.personId} name={grant.displayName} /> · <RoleName role={grant.role} />
          </span>
          <GrantStateTag state={grant.state} />
        </Flex>
        <Typography.Text type="secondary">
          <UnitName path={grant.organisationPath} /> · <GrantScope grant={grant} />
        </Typography.Text>
        <GrantReason grant={grant} />
        <GrantActions grant={grant} />
      </Flex>
    </Card>
  );
}
