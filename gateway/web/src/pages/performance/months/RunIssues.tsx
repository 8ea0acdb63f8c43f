import { Card, Flex, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { EmptyState } from '../../../design/States';
import { Text } from '../../../design/Text';
import type { Run, RunIssue } from './months';
import { useSubjectWords } from './runWords';

const PAGE_SIZE = 100;
const HEIGHT = 420;
/** What a run can tell, as its engine names it. */
const REASONS = [
  'ACCOUNT_UNKNOWN',
  'CURRENCY_WITHOUT_RATE',
  'CUSTOMER_UNKNOWN',
  'FEED_ENDED',
  'INPUT_MISSING',
  'INPUT_OUT_OF_BOUNDS',
  'PRODUCT_MISSING',
  'UNIT_UNKNOWN',
];

/** What a run could not count, or not as it should be; and what to do about each. */
export function RunIssues({ run }: { run: Run }) {
  const { t } = useTranslation('months');
  const formats = useFormats();
  const subjectWords = useSubjectWords();
  const [reason, setReason] = useState('');
  if (!Number(run.issueCount)) return <EmptyState words={t('issue.none')} />;
  const days = (issue: RunIssue) => formats.number(issue.rowCount);
  return (
    <>
      <div className="performance-filters">
        <Select
          aria-label={t('issue.reason')}
          className="issue-filter"
          value={reason}
          options={[
            { value: '', label: t('issue.allReasons') },
            ...REASONS.map((each) => ({ value: each, label: t(`issue.${each}.what`) })),
          ]}
          onChange={setReason}
        />
      </div>
      <KeysetTable<RunIssue>
        label={t('issue.title')}
        height={HEIGHT}
        queryKey={['/v1/runs/issues', run.runId, reason]}
        load={async (pageToken, signal) => {
          const params = { path: { runId: run.runId }, query: { pageSize: PAGE_SIZE, pageToken, reason } };
          const { data } = await client.GET('/v1/runs/{runId}/issues', { params, signal });
          return { rows: data?.issues ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={(issue) => `${issue.reason} ${issue.subject}`}
        empty={<EmptyState words={t(reason ? 'issue.noneOfReason' : 'issue.noneInScope')} />}
        columns={[
          { title: t('issue.what'), key: 'what', width: 400, render: (_, issue) => <What issue={issue} /> },
          { title: t('issue.subject'), key: 'subject', width: 270, render: (_, issue) => subjectWords(issue.subject) },
          { title: t('issue.extent'), key: 'extent', width: 110, align: 'right', render: (_, issue) => days(issue) },
        ]}
        card={(issue) => (
          <Card size="small">
            <What issue={issue} />
            <Flex justify="space-between" gap={8}>
              <span className="identifier-line">{subjectWords(issue.subject)}</span>
              <span className="amount">
                {t('issue.extent')} {days(issue)}
              </span>
            </Flex>
          </Card>
        )}
      />
    </>
  );
}

function What({ issue }: { issue: RunIssue }) {
  const { t } = useTranslation('months');
  const formats = useFormats();
  return (
    <Flex vertical>
      {t(`issue.${issue.reason}.what`, { defaultValue: issue.reason })}
      {issue.lastDate && <span>{t('issue.lastDate', { date: formats.date(issue.lastDate) })}</span>}
      <Text type="secondary">{t(`issue.${issue.reason}.do`, { defaultValue: t('issue.askSupport') })}</Text>
    </Flex>
  );
}
