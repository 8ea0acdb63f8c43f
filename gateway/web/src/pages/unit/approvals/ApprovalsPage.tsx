import { Card, Drawer, Flex, Grid, Segmented, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Page } from '../../../design/Page';
import { EmptyState, Loaded, PartialState } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import '../unit.css';
import { ApprovalDetail } from './ApprovalDetail';
import { ApprovalList, useKindWords } from './ApprovalList';
import { useWaiting, type Waiting } from './waiting';

/** One inbox of all that waits for the caller's word, decided where it stands; and what the caller asked others for. */
export default function ApprovalsPage() {
  const { t } = useTranslation('unit');
  const kindWords = useKindWords();
  const [filters, change] = useFilters({ whose: 'mine', kind: '', item: '' });
  const own = filters.whose === 'own';
  const waiting = useWaiting(own);
  const kinds = [...new Set(waiting.data?.map((each) => each.kind))];
  const shown = waiting.data?.filter((each) => !filters.kind || each.kind === filters.kind);
  return (
    <Page
      title={t('approvals.title')}
      note={waiting.data && t(own ? 'approvals.ownCount' : 'approvals.count', { count: waiting.data.length })}
    >
      <Flex wrap gap={8} className="unit-filters">
        <Segmented
          aria-label={t('approvals.whose')}
          value={filters.whose}
          onChange={(whose) => change({ whose, item: '', kind: '' })}
          options={[
            { value: 'mine', label: t('approvals.forMe') },
            { value: 'own', label: t('approvals.asked') },
          ]}
        />
        <Select
          aria-label={t('approvals.kind')}
          className="unit-field"
          value={filters.kind}
          onChange={(kind) => change({ kind, item: '' })}
          options={[
            { value: '', label: t('approvals.allKinds') },
            ...kinds.map((kind) => ({ value: kind, label: kindWords(kind) })),
          ]}
        />
      </Flex>
      {waiting.partial && <PartialState words={t('approvals.partial')} onRetry={() => void waiting.refetch()} />}
      <Loaded
        query={{ ...waiting, data: shown }}
        isEmpty={(rows) => rows.length === 0}
        empty={<EmptyState words={t(own ? 'approvals.nothingAsked' : 'approvals.nothing')} />}
        rows={8}
      >
        {(rows) => <Inbox rows={rows} own={own} item={filters.item} onItem={(item) => change({ item })} />}
      </Loaded>
    </Page>
  );
}

interface Props {
  rows: Waiting[];
  own: boolean;
  item: string;
  onItem: (item: string) => void;
}

/** List and detail beside each other; on a phone the detail comes over the list. */
function Inbox({ rows, own, item, onItem }: Props) {
  const { t } = useTranslation('unit');
  const beside = Grid.useBreakpoint().lg ?? true;
  const chosen = rows.find((row) => row.resource === item);
  const shown = beside ? (chosen ?? rows[0]) : chosen;
  const decided = () => {
    const next = rows[rows.findIndex((row) => row.resource === shown?.resource) + 1];
    onItem(beside ? (next?.resource ?? '') : '');
  };
  const detail = shown && <ApprovalDetail key={shown.resource} waiting={shown} own={own} onDecided={decided} />;
  return (
    <div className="unit-inbox">
      <Card size="small" className="unit-flush">
        <ApprovalList rows={rows} chosen={shown?.resource ?? ''} onChoose={onItem} />
      </Card>
      {beside ? (
        <Card>{detail}</Card>
      ) : (
        <Drawer
          open={detail !== undefined}
          onClose={() => onItem('')}
          placement="bottom"
          size="90%"
          title={t('approvals.decision')}
        >
          {detail}
        </Drawer>
      )}
    </div>
  );
}
