import type { Schema } from '@rm-workbench/client';
import { useQuery } from '@tanstack/react-query';
import { Card, Flex, Segmented, Typography } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { client } from '../../api/client';
import { Amount } from '../../design/Amount';
import { useBilingual } from '../../design/bilingual';
import { addDays, type Money, useFormats } from '../../design/formats';
import { EmptyState, Loaded } from '../../design/States';

interface Step {
  key: string;
  name: string;
  count: number;
  note?: string;
  open?: { count: number; amounts: Money[]; weighted: Money[] };
}

interface Props {
  organisationPath: string;
  pipelineId: string;
  days: string;
  onDays: (days: string) => void;
}

/** What became of the leads and opportunities of the last so many days. */
export function Funnel({ organisationPath, pipelineId, days, onDays }: Props) {
  const { t } = useTranslation('leads');
  const startDate = addDays(dayjs().format('YYYY-MM-DD'), -Number(days));
  const funnel = useQuery({
    queryKey: ['/v1/leads:funnel', organisationPath, pipelineId, startDate],
    queryFn: async () =>
      (await client.GET('/v1/leads:funnel', { params: { query: { organisationPath, pipelineId, startDate } } })).data,
  });
  return (
    <Flex vertical gap={12}>
      <Segmented
        aria-label={t('workbench:field.period')}
        value={days}
        onChange={onDays}
        options={['30', '90', '180', '365'].map((value) => ({ value, label: t('lastDays', { count: Number(value) }) }))}
      />
      <Loaded query={funnel} rows={8}>
        {(data) => (data ? <Funnels funnel={data} /> : null)}
      </Loaded>
    </Flex>
  );
}

function Funnels({ funnel }: { funnel: Schema<'activity.v1.Funnel'> }) {
  const { t } = useTranslation('leads');
  const formats = useFormats();
  const bilingual = useBilingual();
  const captured = Number(funnel.capturedCount);
  const opened = Number(funnel.openedCount);
  const inTime = captured ? formats.percent(Number(funnel.followedInTimeCount) / captured, 0) : '—';
  const leads: Step[] = [
    { key: 'captured', name: t('captured'), count: captured },
    { key: 'followed', name: t('funnel.followed'), count: Number(funnel.followedCount), note: t('funnel.inTime', { inTime }) },
    { key: 'qualified', name: t('funnel.qualified'), count: Number(funnel.qualifiedCount) },
    { key: 'converted', name: t('funnel.converted'), count: Number(funnel.convertedCount) },
  ];
  const stages: Step[] = funnel.stages.map((stage) => ({
    key: stage.stageCode,
    name: bilingual(stage.displayName),
    count: Number(stage.reachedCount),
    open: { count: Number(stage.openCount), amounts: stage.openAmounts, weighted: stage.weightedAmounts },
  }));
  const won = { key: 'won', name: t('funnel.won'), count: Number(funnel.wonCount) };
  return (
    <>
      <Card title={t('funnel.leads')}>
        {captured === 0 ? (
          <EmptyState words={t('funnel.noLeads')} />
        ) : (
          <>
            <FunnelTable label={t('funnel.leads')} steps={leads} />
            <Typography.Paragraph type="secondary" className="funnel-note">
              {t('funnel.disqualified', { number: formats.number(Number(funnel.disqualifiedCount)) })}
            </Typography.Paragraph>
          </>
        )}
      </Card>
      <Card title={t('funnel.opportunities')}>
        {opened === 0 ? (
          <EmptyState words={t('funnel.noOpportunities')} />
        ) : (
          <>
            <FunnelTable label={t('funnel.opportunities')} steps={[...stages, won]} withOpen />
            <Typography.Paragraph type="secondary" className="funnel-note">
              {t('funnel.lost', { number: formats.number(Number(funnel.lostCount)) })}
              {funnel.wonAmounts.map((money) => (
                <span key={money.currencyCode}>
                  {' '}
                  {t('funnel.wonAmount')} <Amount money={money} />
                </span>
              ))}
            </Typography.Paragraph>
          </>
        )}
      </Card>
    </>
  );
}

/** Bars from the widest on, each with how many of those before came so far. */
function FunnelTable({ label, steps, withOpen = false }: { label: string; steps: Step[]; withOpen?: boolean }) {
  const { t } = useTranslation('leads');
  const formats = useFormats();
  const most = Math.max(1, ...steps.map(({ count }) => count));
  const share = (index: number) => {
    const before = steps[index - 1]?.count;
    return before ? formats.percent((steps[index]?.count ?? 0) / before, 0) : '';
  };
  return (
    <table className="funnel" aria-label={label}>
      <thead>
        <tr>
          <th scope="col">{t('funnel.step')}</th>
          <th scope="col" className="funnel-bar-cell">
            <span aria-hidden="true" />
          </th>
          <th scope="col">{t('funnel.count')}</th>
          <th scope="col">{t('funnel.share')}</th>
          {withOpen && (
            <>
              <th scope="col" className="funnel-optional">
                {t('funnel.open')}
              </th>
              <th scope="col" className="funnel-optional">
                {t('funnel.amount')}
              </th>
              <th scope="col" className="funnel-optional">
                {t('funnel.weighted')}
              </th>
            </>
          )}
        </tr>
      </thead>
      <tbody>
        {steps.map((step, index) => (
          <tr key={step.key}>
            <th scope="row">{step.name}</th>
            <td className="funnel-bar-cell">
              <span className="funnel-bar" style={{ width: `${(step.count / most) * 100}%` }} />
            </td>
            <td>{formats.number(step.count)}</td>
            <td>{[share(index), step.note].filter(Boolean).join(' · ')}</td>
            {withOpen && (
              <>
                <td className="funnel-optional">{step.open ? formats.number(step.open.count) : ''}</td>
                <td className="funnel-optional">{step.open && <Amounts amounts={step.open.amounts} />}</td>
                <td className="funnel-optional">{step.open && <Amounts amounts={step.open.weighted} />}</td>
              </>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Amounts({ amounts }: { amounts: Money[] }) {
  if (amounts.length === 0) return <>—</>;
  return amounts.map((money) => <Amount key={money.currencyCode} money={money} />);
}
