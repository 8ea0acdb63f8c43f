import type { Schema } from '@rm-workbench/client';
import { Card, Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { NamedTag } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import { useRelationshipManagerNames } from '../../../design/selects';

type Absence = Schema<'customer.v1.Absence'>;

/** Who is away, when, and who stands in. */
export function Absences({ unit }: { unit: string }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const nameOf = useRelationshipManagerNames();
  const deputies = (absence: Absence) => absence.deputies.map((deputy) => nameOf(deputy.personId) || '—').join(t('comma'));
  const days = (absence: Absence) => `${formats.date(absence.startDate)} – ${formats.date(absence.endDate)}`;
  return (
    <KeysetTable<Absence>
      queryKey={['/v1/absences', 'unit', unit]}
      load={async (pageToken, signal) => {
        const { data } = await client.GET('/v1/absences', { params: { query: { pageSize: 200, pageToken } }, signal });
        const rows = (data?.absences ?? []).filter((absence) => absence.organisationPath.startsWith(unit));
        return { rows, nextPageToken: data?.nextPageToken ?? '' };
      }}
      rowKey={(absence) => absence.absenceId}
      label={t('coverage.absences')}
      empty={<EmptyState words={t('coverage.nobodyAway')} />}
      columns={[
        { title: t('person'), dataIndex: 'personId', width: 140, render: (personId: string) => nameOf(personId) || '—' },
        { title: t('coverage.away'), key: 'days', width: 240, render: (_, absence) => days(absence) },
        { title: t('coverage.deputies'), key: 'deputies', width: 260, render: (_, absence) => deputies(absence) },
        { title: t('coverage.reason'), dataIndex: 'reason', width: 200, ellipsis: true },
        { title: t('state'), dataIndex: 'state', width: 110, render: (state: string) => <NamedTag value={state} /> },
      ]}
      card={(absence) => (
        <Card size="small" title={nameOf(absence.personId)} extra={<NamedTag value={absence.state} />}>
          <Flex wrap gap="4px 16px">
            <span>{days(absence)}</span>
            <span>
              {t('coverage.deputies')} {deputies(absence)}
            </span>
          </Flex>
        </Card>
      )}
    />
  );
}
