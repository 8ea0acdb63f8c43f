import { Alert, Descriptions, Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../../design/formats';
import { PersonSaid } from '../PersonSaid';
import type { Run } from './months';
import { RunTags } from './RunList';
import { useReasonWords } from './runWords';

/** When and why a run was made, up to which day, and the fingerprints of all that it was computed from. */
export function RunFacts({ run }: { run: Run }) {
  const { t, i18n } = useTranslation('months');
  const formats = useFormats();
  const reasonWords = useReasonWords();
  const failed = run.state === 'RUN_STATE_FAILED';
  const known = failed && i18n.exists(`months:failed.${run.errorReason}`);
  return (
    <Flex vertical gap={12}>
      {failed && (
        <Alert
          type="error"
          showIcon
          title={known ? t(`failed.${run.errorReason}`) : t('failed.other', { reason: run.errorReason })}
        />
      )}
      <Descriptions
        size="small"
        column={{ xs: 1, sm: 2 }}
        items={[
          { key: 'state', label: t('runs.state'), children: <RunTags run={run} /> },
          { key: 'upTo', label: t('runs.upTo'), children: formats.date(run.asOfDate) },
          {
            key: 'why',
            label: t('runs.why'),
            children: run.requesterPersonId ? (
              <span>
                {t('reason.askedBy')} <PersonSaid personId={run.requesterPersonId} />
              </span>
            ) : (
              reasonWords(run.reason)
            ),
          },
          { key: 'days', label: t('run.accountDays'), children: formats.number(run.accountDayCount) },
          { key: 'made', label: t('runs.made'), children: formats.instant(run.createTime) },
          ...(run.endTime ? [{ key: 'ended', label: t('run.ended'), children: formats.instant(run.endTime) }] : []),
          { key: 'inputs', label: t('run.inputs'), span: 'filled' as const, children: <Fingerprint of={run.inputsSha256} /> },
          {
            key: 'shares',
            label: t('run.ownership'),
            span: 'filled' as const,
            children: <Fingerprint of={run.ownershipSha256} />,
          },
        ]}
      />
    </Flex>
  );
}

function Fingerprint({ of }: { of: string }) {
  if (!of) return <>—</>;
  return (
    <Typography.Text copyable className="fingerprint">
      {of}
    </Typography.Text>
  );
}
