import { StarFilled } from '@ant-design/icons';
import { Button, Flex, Table, type TableProps, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../../access/access';
import { useBilingual } from '../../../design/bilingual';
import { useFormats } from '../../../design/formats';
import { type Deal, type Split, type Touch, useDealRights } from './deals';
import { basisPointsOf, type Column, columnsOf, ordered, partOf, type Range, rangeOf } from './splits';

interface Props {
  deal: Deal;
  splits: Split[];
  touches: Touch[];
  onPropose: (schemeId: string) => void;
}

/** All schemes side by side: what each member has of the deal by each, how far one's own part is from the best and the worst. */
export function SchemesTable({ deal, splits, touches, onPropose }: Props) {
  const { t } = useTranslation('performance');
  const { personId } = useAccess();
  const rights = useDealRights(deal);
  const people = columnsOf(deal, splits, personId);
  const range = rangeOf(splits, personId);
  const rows = ordered(splits);
  // What cannot share the deal says why across the members' columns.
  const span = people.length + (rights.isMember ? 2 : 1);
  const columns: TableProps<Split>['columns'] = [
    {
      title: t('schemes.scheme'),
      key: 'scheme',
      fixed: 'left',
      width: 210,
      render: (_, split) => <SchemeName deal={deal} split={split} />,
    },
    ...people.map((person, place) => ({
      title: person.personId === personId ? t('schemes.meNamed', { name: person.displayName }) : person.displayName,
      key: person.personId,
      width: 150,
      align: 'right' as const,
      className: person.personId === personId ? 'own-cell' : '',
      onCell: (split: Split) =>
        split.offered ? {} : { colSpan: place === 0 ? span : 0, style: { textAlign: 'left' as const }, className: 'unfit-cell' },
      render: (_: unknown, split: Split) =>
        split.offered ? <PartCell split={split} person={person} /> : <Unfit split={split} />,
    })),
    ...(rights.isMember ? againstColumns(t, personId, range) : [spreadColumn(t, people)]),
    ...(rights.mayPropose
      ? [
          {
            title: t('schemes.action'),
            key: 'action',
            width: 96,
            render: (_: unknown, split: Split) =>
              split.offered && (
                <Button size="small" onClick={() => onPropose(split.schemeId)}>
                  {t('schemes.propose')}
                </Button>
              ),
          },
        ]
      : []),
  ];
  return (
    <Table<Split>
      className="schemes-table"
      size="small"
      aria-label={t('schemes.title')}
      rowKey={(split) => split.schemeId}
      rowClassName={(split) => (split.schemeId === deal.proposedSchemeId ? 'proposed-row' : '')}
      columns={columns}
      dataSource={rows}
      pagination={false}
      scroll={{ x: 'max-content' }}
      expandable={{
        rowExpandable: (split) => split.offered,
        expandedRowRender: (split) => <Reasons split={split} touches={touches} />,
      }}
    />
  );
}

type Translate = (key: string, options?: Record<string, unknown>) => string;

function againstColumns(t: Translate, personId: string, range: Range) {
  const column = (key: 'best' | 'worst') => ({
    title: t(key === 'best' ? 'schemes.againstBest' : 'schemes.againstWorst'),
    key,
    width: 110,
    align: 'right' as const,
    onCell: (split: Split) => (split.offered ? {} : { colSpan: 0 }),
    render: (_: unknown, split: Split) => <Difference basisPoints={basisPointsOf(split, personId) - range[key]} kind={key} />,
  });
  return [column('best'), column('worst')];
}

/** For whoever has no part himself: how far apart the members are. */
function spreadColumn(t: Translate, people: Column[]) {
  return {
    title: t('schemes.spread'),
    key: 'spread',
    width: 110,
    align: 'right' as const,
    onCell: (split: Split) => (split.offered ? {} : { colSpan: 0 }),
    render: (_: unknown, split: Split) => <Spread split={split} people={people} />,
  };
}

function Spread({ split, people }: { split: Split; people: Column[] }) {
  const formats = useFormats();
  const points = people.map((person) => basisPointsOf(split, person.personId));
  return <span className="amount">{formats.basisPoints(Math.max(...points) - Math.min(...points))}</span>;
}

function Difference({ basisPoints, kind }: { basisPoints: number; kind: 'best' | 'worst' }) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  if (basisPoints === 0)
    return <Tag color={kind === 'best' ? 'success' : 'warning'}>{t(kind === 'best' ? 'schemes.best' : 'schemes.worst')}</Tag>;
  const className = basisPoints > 0 ? 'amount amount-rises' : 'amount amount-falls';
  return (
    <span className={className}>
      {basisPoints > 0 ? '+' : ''}
      {formats.basisPoints(basisPoints)}
    </span>
  );
}

function SchemeName({ deal, split }: { deal: Deal; split: Split }) {
  const { t } = useTranslation('performance');
  const bilingual = useBilingual();
  const chosen = split.schemeId === deal.proposedSchemeId;
  return (
    <Flex vertical gap={2} align="flex-start">
      <strong className={split.offered ? '' : 'unfit'}>
        {chosen && <StarFilled className="chosen-star" aria-label={t('schemes.proposed')} />}
        <Link to={`/performance/schemes/${split.schemeId}`}>{bilingual(split.displayName)}</Link>
      </strong>
      <Tag variant="filled" color={split.byEvidence ? 'blue' : 'default'}>
        {t(split.byEvidence ? 'schemes.byEvidence' : 'schemes.byAgreement')}
      </Tag>
    </Flex>
  );
}

function PartCell({ split, person }: { split: Split; person: Column }) {
  const formats = useFormats();
  const part = partOf(split, person.personId);
  return (
    <Flex vertical align="flex-end">
      <strong className="amount">{formats.basisPoints(part?.basisPoints ?? 0)}</strong>
      {part?.amount && (
        <Typography.Text type="secondary" className="amount">
          {formats.money(part.amount)}
        </Typography.Text>
      )}
    </Flex>
  );
}

/** Why a scheme cannot share the deal: what is missing differs by the scheme, where it is the members' terms. */
function Unfit({ split }: { split: Split }) {
  const { t } = useTranslation('performance');
  const { kind, refusalReason, refusalMessage } = split;
  const words = t([`unfit.${refusalReason}.${kind}`, `unfit.${refusalReason}.any`], { defaultValue: refusalMessage });
  return <Typography.Text type="secondary">{words}</Typography.Text>;
}

/** The rule in plain words, and by what each member has his part: the inputs, and the contacts that count. */
function Reasons({ split, touches }: { split: Split; touches: Touch[] }) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const days = new Map(touches.map((touch) => [touch.resource, touch.businessDate]));
  return (
    <div className="reasons">
      <Typography.Paragraph>
        <strong>{t('schemes.rule')}</strong> {split.words}
        {split.errorBound && ` ${t('schemes.errorBound', { bound: split.errorBound })}`}
      </Typography.Paragraph>
      <ul>
        {split.parts.map((part) => (
          <li key={part.personId}>
            <strong>{part.displayName || t('deals.somebody')}</strong> {formats.basisPoints(part.basisPoints)}
            {part.reason && ` — ${part.reason}`}
            {part.agreedDifferenceBasisPoints !== undefined && part.agreedDifferenceBasisPoints !== 0 && (
              <> {t('schemes.againstAgreed', { difference: signed(formats.basisPoints(part.agreedDifferenceBasisPoints)) })}</>
            )}
            {part.resources.length > 0 && (
              <span className="evidence">
                {t('schemes.evidence')}{' '}
                {[...new Set(part.resources)].map((resource) => (
                  <Link key={resource} to={`/work/${resource}`}>
                    {formats.date(days.get(resource)) || t('schemes.contact')}
                  </Link>
                ))}
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function signed(percent: string): string {
  return percent.startsWith('-') ? percent : `+${percent}`;
}
