import type { Schema } from '@rm-workbench/client';
import { Descriptions, Flex, Table, type TableProps, Tag, Typography } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../../access/access';
import { useFormats } from '../../../design/formats';
import { useNamed } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import type { Explanation, Part } from './explaining';
import { exactly, MADE_OF, type Measure } from './measures';
import { Proofs } from './Proofs';

type AccountDay = Schema<'performance.v1.AccountDay'>;

/** Days of one account: what each was computed from, the rules in words, and how the month's amount was rounded and shared. */
export function AccountDays({ pages, measure }: { pages: Explanation[]; measure: Measure }) {
  const { t } = useTranslation('performance');
  const named = useNamed();
  const formats = useFormats();
  const parts = pages.flatMap((page) => page.figureParts);
  const first = pages[0];
  if (!first || !parts.length) return <EmptyState words={t('explain.nothing')} />;
  const ofLines = (show: (day: AccountDay) => ReactNode) => (_: unknown, part: Part) => (
    <Flex vertical>
      {part.accountDays.map((day) => (
        <span key={`${day.shareLineId}-${day.fromAmount?.amount ?? ''}`}>{show(day)}</span>
      ))}
    </Flex>
  );
  const rate = (text: string) => (text ? formats.percent(text, 4) : '—');
  const columns: TableProps<Part>['columns'] = [
    { title: t('days.day'), key: 'day', fixed: 'left', render: (_, part) => formats.dateLong(part.startDate) },
    { title: t('days.whole'), key: 'whole', align: 'right', render: ofLines((day) => formats.money(day.originalAmount)) },
    { title: t('days.share'), key: 'share', align: 'right', render: ofLines((day) => formats.basisPoints(day.basisPoints)) },
    {
      title: t('days.part'),
      key: 'own',
      align: 'right',
      render: ofLines((day) => (day.fault ? <Tag color="warning">{day.fault}</Tag> : formats.money(day.part))),
    },
    { title: t('days.customerRate'), key: 'customer', align: 'right', render: ofLines((day) => rate(day.customerRate)) },
    { title: t('days.ftpRate'), key: 'ftp', align: 'right', render: ofLines((day) => rate(day.ftpRate)) },
    {
      title: named(measure),
      key: 'measure',
      align: 'right',
      render: (_, part) => <span className="amount amount-main">{exactly(part.amounts, measure, formats)}</span>,
    },
  ];
  return (
    <Flex vertical gap={16}>
      <Formulas explanation={first} measure={measure} />
      <Table<Part>
        size="small"
        aria-label={t('days.title')}
        rowKey={(part) => `${part.startDate}-${part.personId}-${part.organisationUnitId}-${part.productCode}`}
        columns={columns}
        dataSource={parts}
        pagination={false}
        scroll={{ x: 'max-content', y: 440 }}
        expandable={{ expandedRowRender: (part) => part.accountDays.map((day) => <DayDetail key={day.shareLineId} day={day} />) }}
      />
      <Proofs explanation={first} measure={measure} />
    </Flex>
  );
}

const slotOf = (measure: Measure) => measure.replace('FIGURE_MEASURE_', '').toLowerCase();

/** The rules by which the figure comes about, in plain words. */
function Formulas({ explanation, measure }: { explanation: Explanation; measure: Measure }) {
  const { t, i18n } = useTranslation('performance');
  const named = useNamed();
  const { may } = useAccess();
  const slots = new Map((MADE_OF[measure] ?? [measure]).map((each) => [slotOf(each), named(each)]));
  const formulas = explanation.formulas.filter((formula) => slots.has(formula.slot));
  if (!formulas.length) return null;
  return (
    <section aria-label={t('days.rules')} className="formulas">
      {formulas.map((formula) => (
        <Typography.Paragraph key={`${formula.productVersionId}-${formula.slot}`}>
          <strong>{slots.get(formula.slot)}</strong> = {i18n.language === 'zh' ? formula.chineseWords : formula.englishWords}{' '}
          {may('performance.product.read') && (
            <Link to={`/performance/products/versions/${formula.productVersionId}`}>{t('days.rule')}</Link>
          )}
        </Typography.Paragraph>
      ))}
    </section>
  );
}

/** From where a day's figures came. */
function DayDetail({ day }: { day: AccountDay }) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const band = day.toAmount || Number(day.fromAmount?.amount ?? 0) > 0;
  return (
    <Descriptions
      size="small"
      column={{ xs: 1, sm: 2, lg: 3 }}
      items={[
        { key: 'feed', label: t('days.feed'), children: day.feed },
        {
          key: 'revision',
          label: t('days.revision'),
          children: t('days.revisionOf', { date: formats.date(day.revisionDate), revision: day.revision }),
        },
        { key: 'rate', label: t('days.exchange'), children: day.exchangeRate || '—' },
        { key: 'amount', label: t('days.converted'), children: formats.money(day.amount) },
        { key: 'base', label: t('days.base'), children: formats.money(day.basePart) },
        { key: 'basis', label: t('days.basis'), children: day.basisDays || '—' },
        ...(band
          ? [
              {
                key: 'band',
                label: t('days.band'),
                children: `${formats.money(day.fromAmount)} – ${day.toAmount ? formats.money(day.toAmount) : '∞'}`,
              },
            ]
          : []),
      ]}
    />
  );
}
