import { CheckCircleOutlined } from '@ant-design/icons';
import { Button, Flex, Grid, Progress, Table, type TableProps, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { type Formats, useFormats } from '../../../design/formats';
import { useNamed } from '../../../design/Named';
import { useProductName } from '../../../design/products';
import { EmptyState } from '../../../design/States';
import { isSame, sumOf } from '../sums';
import { accountWords } from './accounts';
import type { By, Explanation, Part } from './explaining';
import type { Subject } from './filters';
import { type Amounts, addsUpOverTime, digitsOf, exactly, type Measure, moneyOf } from './measures';

/** Beside the chosen figure, where there is room. */
const BESIDE: Measure[] = [
  'FIGURE_MEASURE_AVERAGE_BALANCE',
  'FIGURE_MEASURE_FTP_PROFIT',
  'FIGURE_MEASURE_FEE_INCOME',
  'FIGURE_MEASURE_EXPECTED_LOSS',
  'FIGURE_MEASURE_CONTRIBUTION',
];

interface Props {
  by: By;
  subject: Subject;
  pages: Explanation[];
  onOpen: (part: Part) => void;
}

/** The parts of a level, the largest first, to the cent; and that they sum up to the figure above. */
export function PartsTable({ by, subject, pages, onOpen }: Props) {
  const { t } = useTranslation('performance');
  const named = useNamed();
  const formats = useFormats();
  const { sm = true, lg = true } = Grid.useBreakpoint();
  const shown = { share: sm, beside: lg };
  const { measure } = subject;
  const parts = pages.flatMap((page) => page.figureParts);
  const total = pages[0]?.total;
  const largest = Math.max(...parts.map((part) => Math.abs(Number(digitsOf(part.amounts, measure)))), 0);
  if (!parts.length) return <EmptyState words={t('explain.nothing')} />;
  const columns: TableProps<Part>['columns'] = [
    {
      title: t('explain.part'),
      key: 'part',
      fixed: 'left',
      render: (_, part) => <PartName by={by} part={part} subject={subject} onOpen={() => onOpen(part)} />,
    },
    amountColumn(measure, named, formats, true),
    {
      title: t('explain.share'),
      key: 'share',
      width: 170,
      responsive: ['sm'],
      render: (_, part) => <ShareBar amounts={part.amounts} total={total} measure={measure} largest={largest} />,
    },
    ...BESIDE.filter((each) => each !== measure).map((each) => amountColumn(each, named, formats, false)),
  ];
  return (
    <>
      <Table<Part>
        size="small"
        aria-label={t('explain.title')}
        rowKey={(part) => part.account || part.customerNumber || part.productCode || part.startDate || NAMELESS}
        columns={columns}
        dataSource={parts}
        pagination={false}
        scroll={{ x: 'max-content' }}
        summary={() => <TotalRow total={total} measure={measure} shown={shown} />}
      />
      <Tie by={by} measure={measure} parts={parts} pages={pages} />
    </>
  );
}

const NAMELESS = 'nameless';

function amountColumn(measure: Measure, named: (value: string) => string, formats: Formats, main: boolean) {
  return {
    title: named(measure),
    key: measure,
    align: 'right' as const,
    ...(main ? {} : { responsive: ['lg' as const] }),
    render: (_: unknown, part: Part) => (
      <span className={main ? 'amount amount-main' : 'amount'}>{exactly(part.amounts, measure, formats)}</span>
    ),
  };
}

function PartName({ by, part, subject, onOpen }: { by: By; part: Part; subject: Subject; onOpen: () => void }) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const productName = useProductName();
  if (by === 'EXPLAIN_BY_ACCOUNT') {
    const words = accountWords(part.account, t);
    return (
      <Flex vertical>
        <Opener onOpen={onOpen}>{words.number}</Opener>
        <Typography.Text type="secondary">
          {[words.kind, words.currencyCode, part.customerName].filter(Boolean).join(' · ')}
        </Typography.Text>
      </Flex>
    );
  }
  if (by === 'EXPLAIN_BY_CUSTOMER') {
    return (
      <Flex vertical>
        <Opener onOpen={onOpen}>{part.customerName || part.customerNumber || t('explain.noCustomer')}</Opener>
        {part.customerName && <Typography.Text type="secondary">{part.customerNumber}</Typography.Text>}
      </Flex>
    );
  }
  if (by === 'EXPLAIN_BY_PERIOD') {
    const ofDays = subject.period === 'PERIOD_KIND_MONTH';
    return <Opener onOpen={onOpen}>{ofDays ? formats.dateLong(part.startDate) : formats.month(part.startDate)}</Opener>;
  }
  return <Opener onOpen={onOpen}>{part.productCode ? productName(part.productCode) : t('explain.noProduct')}</Opener>;
}

function Opener({ onOpen, children }: { onOpen: () => void; children: string }) {
  return (
    <Button type="link" size="small" className="opener" onClick={onOpen}>
      {children}
    </Button>
  );
}

interface ShareProps {
  amounts: Amounts | undefined;
  total: Amounts | undefined;
  measure: Measure;
  largest: number;
}

/** How large a part is against the largest; its share where parts and total have one sign. */
function ShareBar({ amounts, total, measure, largest }: ShareProps) {
  const formats = useFormats();
  const value = Number(digitsOf(amounts, measure));
  const whole = Number(digitsOf(total, measure));
  const share = whole !== 0 && value / whole >= 0 && value / whole <= 1 ? formats.percent(value / whole) : '';
  return (
    <Flex align="center" gap={8}>
      <Progress
        className="share-bar"
        aria-hidden
        percent={largest ? (Math.abs(value) / largest) * 100 : 0}
        showInfo={false}
        size={{ height: 6 }}
        strokeColor={value < 0 ? 'var(--falls)' : 'var(--mark)'}
      />
      <span className="amount share-percent">{share}</span>
    </Flex>
  );
}

function TotalRow({
  total,
  measure,
  shown,
}: {
  total: Amounts | undefined;
  measure: Measure;
  shown: { share: boolean; beside: boolean };
}) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const beside = shown.beside ? BESIDE.filter((each) => each !== measure) : [];
  return (
    <Table.Summary.Row className="total-row">
      <Table.Summary.Cell index={0}>{t('explain.total')}</Table.Summary.Cell>
      <Table.Summary.Cell index={1} align="right">
        <span className="amount amount-main">{exactly(total, measure, formats)}</span>
      </Table.Summary.Cell>
      {shown.share && <Table.Summary.Cell index={2} />}
      {beside.map((each, place) => (
        <Table.Summary.Cell key={each} index={3 + place} align="right">
          <span className="amount">{exactly(total, each, formats)}</span>
        </Table.Summary.Cell>
      ))}
    </Table.Summary.Row>
  );
}

/** Adds the parts up once more, here, and says whether they come to the figure above. */
function Tie({ by, measure, parts, pages }: { by: By; measure: Measure; parts: Part[]; pages: Explanation[] }) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const count = pages[0]?.partCount ?? parts.length;
  if (by === 'EXPLAIN_BY_PERIOD' && !addsUpOverTime(measure)) {
    return <Typography.Paragraph type="secondary">{t('explain.standing')}</Typography.Paragraph>;
  }
  if (parts.length < count) {
    return <Typography.Paragraph type="secondary">{t('explain.shown', { shown: parts.length, count })}</Typography.Paragraph>;
  }
  const total = pages[0]?.total;
  const sum = sumOf(parts.map((part) => digitsOf(part.amounts, measure)));
  const money = moneyOf(total, measure);
  const written = money ? formats.money({ ...money, amount: sum }) : formats.number(sum, 0);
  const ties = isSame(sum, digitsOf(total, measure));
  return (
    <Tag color={ties ? 'success' : 'error'} icon={<CheckCircleOutlined aria-hidden />} className="tie">
      {t(ties ? 'explain.ties' : 'explain.differs', { count, sum: written })}
    </Tag>
  );
}
