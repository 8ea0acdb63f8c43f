import { Flex, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../../design/formats';
import { useUnitNames } from '../../../design/selects';
import type { Waiting } from './waiting';

/** What kinds of things are called; a kind that the page does not know keeps its own name. */
export function useKindWords(): (kind: string) => string {
  const { t } = useTranslation('unit');
  return (kind) => t(`approvals.kinds.${kind}`, { defaultValue: kind });
}

export function ApprovalList({
  rows,
  chosen,
  onChoose,
}: {
  rows: Waiting[];
  chosen: string;
  onChoose: (resource: string) => void;
}) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const kindWords = useKindWords();
  const summary = useSummary();
  const unitName = useUnitNames();
  return (
    <ul className="unit-inbox-list" aria-label={t('approvals.list')}>
      {rows.map((row) => (
        <li key={row.resource}>
          <button
            type="button"
            className="unit-inbox-item"
            aria-current={row.resource === chosen}
            onClick={() => onChoose(row.resource)}
          >
            <Flex justify="space-between" gap={8}>
              <strong>{row.requesterName || kindWords(row.kind)}</strong>
              <Tag>{kindWords(row.kind)}</Tag>
            </Flex>
            <span>{summary(row)}</span>
            <Flex justify="space-between" gap={8} className="unit-small">
              <span>{unitName(row.organisationPath)}</span>
              <span>{formats.instant(row.createTime)}</span>
            </Flex>
            {row.expireDate && (
              <span className="unit-small unit-late">{t('approvals.expires', { date: formats.date(row.expireDate) })}</span>
            )}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** A line about it, of what the inbox knows without asking further. */
function useSummary(): (row: Waiting) => string {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  return ({ kind, parameters }) => {
    const said = {
      ...parameters,
      date: formats.date(parameters.dueDate || parameters.startDate || parameters.endDate),
      month: formats.month(parameters.monthDate),
      count: Number(parameters.customerCount ?? parameters.peopleCount ?? 0),
    };
    return t(`approvals.summary.${kind}`, { ...said, defaultValue: '' });
  };
}
