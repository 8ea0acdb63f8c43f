import { Button, Card, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { EmptyState, Loaded } from '../../../design/States';
import { GrantActions } from '../grants/GrantActions';
import { type Grant, GrantReason, GrantScope, GrantStateTag } from '../grants/grantParts';
import { RoleName, UnitName } from '../names';
import type { Person } from './PeoplePage';

/** The posts that a person holds, awaits or held. `onPropose`: left out where nobody may propose one. */
export function PersonPosts({ person, onPropose }: { person: Person; onPropose?: () => void }) {
  const { t } = useTranslation('administration');
  const { may } = useAccess();
  const formats = useFormats();
  const grants = api.useQuery('get', '/v1/grants', { params: { query: { personId: person.personId, pageSize: 100 } } });
  const proposes = onPropose && may('identity.grants.propose') && person.state === 'PERSON_STATE_ACTIVE';
  return (
    <Card
      size="small"
      title={t('grants.posts')}
      extra={
        proposes && (
          <Button size="small" type="primary" onClick={onPropose}>
            {t('grants.propose')}
          </Button>
        )
      }
    >
      <Loaded query={grants} isEmpty={(data) => !data.grants.length} empty={<EmptyState words={t('grants.noPosts')} />}>
        {(data) => (
          <Table<Grant>
            size="small"
            aria-label={t('grants.posts')}
            rowKey="grantId"
            pagination={false}
            scroll={{ x: 'max-content' }}
            dataSource={data.grants}
            columns={[
              { title: t('grants.role'), render: (_, grant) => <RoleName role={grant.role} /> },
              { title: t('workbench:field.unit'), render: (_, grant) => <UnitName path={grant.organisationPath} /> },
              { title: t('grants.scope'), render: (_, grant) => <GrantScope grant={grant} /> },
              { title: t('workbench:field.state'), render: (_, grant) => <GrantStateTag state={grant.state} /> },
              { title: t('workbench:field.reason'), width: 240, render: (_, grant) => <GrantReason grant={grant} /> },
              { title: t('grants.changed'), render: (_, grant) => formats.instant(grant.updateTime) },
              { title: t('actions'), render: (_, grant) => <GrantActions grant={grant} /> },
            ]}
          />
        )}
      </Loaded>
    </Card>
  );
}
