import type { Schema } from '@rm-workbench/client';
import { useQuery } from '@tanstack/react-query';
import { Card, Flex, Segmented, Tag, Typography } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { client } from '../../api/client';
import { addDays, useFormats } from '../../design/formats';
import { useNamed } from '../../design/Named';
import { ScopeSelect, useScopePath } from '../../design/ScopeSelect';
import { EmptyState, Loaded } from '../../design/States';
import { useUnits } from '../../design/selects';
import { SurveyFilter } from './SurveyFilter';
import type { Estimate } from './surveys';

interface Filters {
  scope: string;
  survey: string;
  days: string;
}

interface Props {
  filters: Filters;
  onChange: (changed: Partial<Filters>) => void;
}

type Figures = Schema<'activity.v1.SurveyStatistics'>;

/** How satisfied customers are: each figure with the range in which it surely lies, and none where too few answered. */
export function Statistics({ filters, onChange }: Props) {
  const { t } = useTranslation('surveys');
  const organisationPath = useScopePath(filters.scope);
  const startDate = addDays(dayjs().format('YYYY-MM-DD'), -Number(filters.days));
  const figures = useQuery({
    queryKey: ['/v1/surveyStatistics', organisationPath, filters.survey, startDate],
    queryFn: async () =>
      (
        await client.GET('/v1/surveyStatistics', {
          params: { query: { organisationPath, surveyId: filters.survey, startDate } },
        })
      ).data,
  });
  return (
    <Flex vertical gap={12}>
      <Flex gap={12} wrap>
        <ScopeSelect value={filters.scope} onChange={(scope) => onChange({ scope })} />
        <Segmented
          aria-label={t('workbench:field.period')}
          value={filters.days}
          onChange={(days) => onChange({ days })}
          options={['90', '180', '365'].map((days) => ({ value: days, label: t('lastDays', { count: Number(days) }) }))}
        />
        <SurveyFilter value={filters.survey} onChange={(survey) => onChange({ survey })} />
      </Flex>
      <Loaded query={figures} rows={8}>
        {(data) => (data ? <FigureCards figures={data} /> : null)}
      </Loaded>
    </Flex>
  );
}

function FigureCards({ figures }: { figures: Figures }) {
  const { t } = useTranslation('surveys');
  const formats = useFormats();
  const { recommendation, satisfaction, responseRate, dimensions, furtherCount } = figures;
  const answers = recommendation?.answerCount || satisfaction?.answerCount || 0;
  if (answers === 0 && dimensions.length === 0) {
    return (
      <Card>
        <EmptyState words={t('noAnswers')} />
      </Card>
    );
  }
  const dimensionName = (name: string) => t(`dimension.${name}`, { defaultValue: name });
  return (
    <>
      <div className="figure-cards">
        <FigureCard title={t('recommendation')} hint={t('recommendationHint')} estimate={recommendation} min={-100} unit="" />
        <FigureCard title={t('satisfaction')} hint={t('satisfactionHint')} estimate={satisfaction} min={0} unit="%" />
        <FigureCard title={t('responseRate')} hint={t('responseRateHint')} estimate={responseRate} min={0} unit="%" />
      </div>
      {dimensions.length > 0 && (
        <Card title={t('dimensions')} extra={t('dimensionsHint')}>
          <Intervals rows={dimensions.map((each) => ({ ...each, name: dimensionName(each.name) }))} />
        </Card>
      )}
      <Typography.Text type="secondary">
        {t('basis', {
          start: formats.date(figures.startDate),
          end: formats.date(figures.endDate),
          asked: formats.number(figures.askedCount),
          answered: formats.number(figures.answeredCount),
          further: formats.number(furtherCount),
          least: formats.number(figures.answersMin),
        })}
      </Typography.Text>
      {figures.bias.length > 0 && <Bias rows={figures.bias} />}
    </>
  );
}

interface FigureProps {
  title: string;
  hint: string;
  estimate: Estimate | undefined;
  min: number;
  unit: string;
}

function FigureCard({ title, hint, estimate, min, unit }: FigureProps) {
  const { t } = useTranslation('surveys');
  const formats = useFormats();
  return (
    <Card size="small" title={title}>
      {estimate?.enough ? (
        <>
          <div className="surveys-figure-value">
            {formats.number(estimate.estimate, 1)}
            {unit}
          </div>
          <Track estimate={estimate} min={min} />
          <div className="figure-note">
            {t('interval', { low: formats.number(estimate.low, 1), high: formats.number(estimate.high, 1), unit })}
          </div>
          <div className="figure-note">{t('answers', { count: estimate.answerCount })}</div>
        </>
      ) : (
        <>
          <div className="surveys-figure-value figure-absent">—</div>
          <div className="figure-note">{t('tooFew', { count: estimate?.answerCount ?? 0 })}</div>
        </>
      )}
      <div className="figure-note">{hint}</div>
    </Card>
  );
}

/** The figure as a point within its range, on the scale of what is possible. */
function Track({ estimate, min }: { estimate: Estimate; min: number }) {
  const at = (value: string) => `${((Number(value) - min) / (100 - min)) * 100}%`;
  const width = `${((Number(estimate.high) - Number(estimate.low)) / (100 - min)) * 100}%`;
  return (
    <div className="track" aria-hidden="true">
      {min < 0 && <span className="track-zero" style={{ left: '50%' }} />}
      <span className="track-range" style={{ left: at(estimate.low), width }} />
      <span className="track-point" style={{ left: at(estimate.estimate) }} />
    </div>
  );
}

function Intervals({ rows }: { rows: Estimate[] }) {
  const { t } = useTranslation('surveys');
  const formats = useFormats();
  return (
    <table className="intervals" aria-label={t('dimensions')}>
      <thead>
        <tr>
          <th scope="col">{t('dimensionLabel')}</th>
          <th scope="col">{t('satisfied')}</th>
          <th scope="col" className="interval-track">
            {t('range')}
          </th>
          <th scope="col">{t('mean')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row">{row.name}</th>
            <td>{row.enough ? `${formats.number(row.estimate, 1)}%` : t('few')}</td>
            <td className="interval-track">
              {row.enough && (
                <>
                  <Track estimate={row} min={0} />
                  <span className="interval-words">
                    {formats.number(row.low, 1)}–{formats.number(row.high, 1)}%
                  </span>
                </>
              )}
            </td>
            <td>{row.mean ? formats.number(row.mean, 2) : '—'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How those who answered differ from those who were asked. */
function Bias({ rows }: { rows: Figures['bias'] }) {
  const { t } = useTranslation('surveys');
  const formats = useFormats();
  const groupName = useGroupName();
  return (
    <Card title={t('bias')} extra={t('biasHint')}>
      <table className="intervals" aria-label={t('bias')}>
        <thead>
          <tr>
            <th scope="col">{t('group')}</th>
            <th scope="col">{t('askedShare')}</th>
            <th scope="col">{t('answeredShare')}</th>
            <th scope="col">{t('difference')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.by}/${row.group}`}>
              <th scope="row">{groupName(row)}</th>
              <td>{formats.number(row.askedShare, 1)}%</td>
              <td>{row.answeredShare ? `${formats.number(row.answeredShare, 1)}%` : '—'}</td>
              <td>
                {row.difference ? t('points', { points: formats.number(row.difference, 1) }) : '—'}{' '}
                {row.differs && <Tag color="warning">{t('differs')}</Tag>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

const TIERS = ['', 'CUSTOMER_TIER_MASS', 'CUSTOMER_TIER_AFFLUENT', 'CUSTOMER_TIER_PREMIER', 'CUSTOMER_TIER_PRIVATE'];
const KINDS = [
  '',
  'CUSTOMER_KIND_RETAIL',
  'CUSTOMER_KIND_CORPORATE',
  'CUSTOMER_KIND_FINANCIAL_INSTITUTION',
  'CUSTOMER_KIND_PUBLIC_SECTOR',
];

function useGroupName(): (row: { by: string; group: string }) => string {
  const named = useNamed();
  const units = useUnits().data;
  return ({ by, group }) => {
    if (by === 'unit') return units?.find(({ organisationPath }) => organisationPath === group)?.displayName ?? group;
    return named((by === 'tier' ? TIERS : KINDS)[Number(group)]) || group;
  };
}
