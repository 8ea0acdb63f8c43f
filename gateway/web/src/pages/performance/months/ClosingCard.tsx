import { Alert, Card, Flex, Timeline } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../../design/formats';
import { Named } from '../../../design/Named';
import { Loaded } from '../../../design/States';
import { Text } from '../../../design/Text';
import { PersonSaid } from '../PersonSaid';
import { AskClosing } from './AskClosing';
import { type Closing, isOver, type Month, type useClosings, waitingOf } from './months';
import { WaitingClosing } from './WaitingClosing';

interface Props {
  month: Month;
  closings: ReturnType<typeof useClosings>;
  onOpen: (runId: string) => void;
}

/** Whether a month's results stand for good: what that means, who asked, who decided, and what the reader can do. */
export function ClosingCard({ month, closings, onOpen }: Props) {
  const { t } = useTranslation('months');
  return (
    <Card size="small" title={t('closing.title')}>
      <Loaded query={closings} rows={2}>
        {({ monthClosings }) => {
          const waiting = waitingOf(monthClosings, month.monthDate);
          return (
            <Flex vertical gap={12}>
              <Alert
                type={month.closed ? 'success' : 'info'}
                showIcon
                title={t(month.closed ? 'closing.stands' : 'closing.means')}
              />
              {waiting && <WaitingClosing month={month} closing={waiting} onOpen={onOpen} />}
              {!month.closed && !waiting && <NotAsked month={month} />}
              {monthClosings.length > 0 && <History closings={monthClosings} />}
            </Flex>
          );
        }}
      </Loaded>
    </Card>
  );
}

/** Nobody has asked: why it cannot be asked yet, or the way to ask. */
function NotAsked({ month }: { month: Month }) {
  const { t } = useTranslation('months');
  if (!month.runId) return <Text type="secondary">{t('closing.noResults')}</Text>;
  if (!isOver(month)) return <Text type="secondary">{t('closing.notOver')}</Text>;
  if (month.staleTime) return <Text type="secondary">{t('closing.stale')}</Text>;
  return <AskClosing month={month} />;
}

/** Whoever asked said no himself. */
const takenBack = ({ state, requesterPersonId, deciderPersonId }: Closing) =>
  state === 'MONTH_CLOSING_STATE_DECLINED' && requesterPersonId === deciderPersonId;

const COLOURS: Partial<Record<Closing['state'], string>> = {
  MONTH_CLOSING_STATE_REQUESTED: 'blue',
  MONTH_CLOSING_STATE_CONFIRMED: 'green',
  MONTH_CLOSING_STATE_DECLINED: 'gray',
};

/** What was asked and decided, the latest first. */
function History({ closings }: { closings: Closing[] }) {
  const { t } = useTranslation('months');
  const formats = useFormats();
  const items = closings.map((closing) => ({
    key: closing.monthClosingId,
    color: COLOURS[closing.state] ?? 'gray',
    content: (
      <Flex vertical>
        <span>
          {takenBack(closing) ? t('closing.takenBack') : <Named value={closing.state} />}
          {closing.deciderPersonId && (
            <>
              {' · '}
              <PersonSaid personId={closing.deciderPersonId} /> · {formats.instant(closing.decideTime)}
            </>
          )}
        </span>
        <Text type="secondary">
          {t('closing.askedBy')} <PersonSaid personId={closing.requesterPersonId} /> · {formats.instant(closing.createTime)}
        </Text>
      </Flex>
    ),
  }));
  return <Timeline className="closing-history" items={items} />;
}
