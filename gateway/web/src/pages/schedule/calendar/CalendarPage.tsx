import { LeftOutlined, MoreOutlined, PlusOutlined, RightOutlined } from '@ant-design/icons';
import { App, Button, DatePicker, Dropdown, Flex, Grid, Segmented, Tooltip } from 'antd';
import dayjs from 'dayjs';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { useRefusalWords } from '../../../api/refusals';
import { Page } from '../../../design/Page';
import { FailureState, LoadingState } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import '../schedule.css';
import { DAY, today } from '../days';
import { Agenda } from './Agenda';
import { AppointmentDrawer, type Edited } from './AppointmentDrawer';
import { ConflictNotice } from './ConflictNotice';
import { EntryPanel } from './EntryPanel';
import { contactStateOf, type Entry, entryKey, type Proposal, proposalKey } from './entries';
import { ImportDialog } from './ImportDialog';
import { type Moved, type SeriesPart, seriesOf, useMove, useMoveProposal } from './moves';
import { ProposalPanel } from './ProposalPanel';
import { rangeOf, stepped, VIEWS, type View } from './range';
import { StaleMove } from './StaleMove';
import { Subscriptions } from './Subscriptions';
import { isUnit, useCalendar, useConflicts } from './useCalendar';
import { useRangeWords } from './useRangeWords';
import { useSeriesPart } from './useSeriesPart';
import { WhoseSelect } from './WhoseSelect';

const CalendarGrid = lazy(() => import('./CalendarGrid'));

type Chosen = { start: string; end: string; allDay: boolean };
type Form = { edited?: Edited; chosen?: Chosen };

/** Appointments, planned contacts, proposed visits, absences and holidays, by day, week and month; on a phone as an agenda. */
export default function CalendarPage() {
  const { t } = useTranslation('schedule');
  const { personId, may, leads } = useAccess();
  const wide = Grid.useBreakpoint().md ?? true;
  const [filters, change] = useFilters({ view: '', date: '', whose: '', open: '', at: '' });
  const view: View = VIEWS.find((each) => each === filters.view) ?? (wide ? 'week' : 'agenda');
  const date = filters.date || today();
  const whose = filters.whose === personId ? '' : filters.whose;
  const range = useMemo(() => rangeOf(view, date), [view, date]);
  const { entries, proposals, days } = useCalendar(whose, range);
  const conflicts = useConflicts(whose, range);
  const [form, setForm] = useState<Form>();
  const mayChange = may('activity.schedule.update') && !isUnit(whose);
  const conflicting = useMemo(
    () =>
      new Set(
        (conflicts.data ?? []).flatMap(({ entry, other }) => [entry, other].flatMap((each) => (each ? [entryKey(each)] : []))),
      ),
    [conflicts.data],
  );
  const shown = entries.data ?? [];
  const opened = filters.open;
  const openedProposal = proposals.find((proposal) => proposalKey(proposal) === opened);
  const openedEntry = shown.find((entry) => entry.resource === opened && (entry.originalStartTime ?? '') === filters.at);
  const moving = useMoving();
  const close = () => change({ open: '', at: '' });
  const viewProps = {
    entries: shown,
    proposals,
    days,
    conflicting,
    ofMany: isUnit(whose),
    onOpenEntry: (entry: Entry) => change({ open: entry.resource, at: entry.originalStartTime ?? '' }),
    onOpenProposal: (proposal: Proposal) => change({ open: proposalKey(proposal), at: '' }),
  };
  const movable = useCallback(
    (entry: Entry) =>
      mayChange &&
      (entry.kind === 'CALENDAR_ENTRY_KIND_APPOINTMENT' ||
        (contactStateOf(entry) === 'CONTACT_STATE_PLANNED' && (entry.personId === personId || leads))),
    [mayChange, personId, leads],
  );
  return (
    <Page title={t('calendar.title')} actions={<Actions {...(mayChange ? { onNew: () => setForm({}) } : {})} />}>
      <Toolbar view={view} date={date} whose={whose} onChange={change} />
      <ConflictNotice conflicts={conflicts.data ?? []} />
      {entries.error && !entries.data ? (
        <FailureState error={entries.error} onRetry={() => void entries.refetch()} />
      ) : entries.isPending ? (
        <LoadingState rows={10} />
      ) : view === 'agenda' ? (
        <Agenda range={range} {...viewProps} />
      ) : (
        <Suspense fallback={<LoadingState rows={10} />}>
          <CalendarGrid
            view={view}
            date={date}
            {...viewProps}
            movable={movable}
            onChoose={mayChange ? (start, end, allDay) => setForm({ chosen: { start, end, allDay } }) : undefined}
            onMove={(entry, moved) => void moving.entry(entry, moved)}
            onMoveProposal={moving.proposal}
          />
        </Suspense>
      )}
      {openedProposal && <ProposalPanel proposal={openedProposal} onClose={close} />}
      {opened && !openedProposal && !opened.startsWith('visitProposals/') && (
        <EntryPanel
          resource={opened}
          entry={openedEntry}
          onClose={close}
          onEdit={(edited) => {
            close();
            setForm({ edited });
          }}
        />
      )}
      {moving.dialog}
      {form && <AppointmentDrawer {...form} ownerPersonId={whose || undefined} onClose={() => setForm(undefined)} />}
    </Page>
  );
}

/** Moves what was dragged; of a series after asking how much of it is meant. */
function useMoving() {
  const { t } = useTranslation('schedule');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const { move, stale, forget } = useMove();
  const moveProposal = useMoveProposal();
  const askPart = useSeriesPart();
  const moveEntry = async (entry: Entry, moved: Moved) => {
    const series = entry.recurring ? await seriesOf(entry) : undefined;
    const part: SeriesPart | undefined = series ? await askPart(t('series.move')) : 'SERIES_PART_ALL';
    if (part) move({ entry, moved, part, series });
  };
  return {
    entry: (entry: Entry, moved: Moved) => moveEntry(entry, moved).catch((error) => void message.error(words(error))),
    proposal: (proposal: Proposal, moved: Moved) => moveProposal.mutate({ proposal, moved }),
    dialog: stale && <StaleMove move={stale} onAgain={move} onClose={forget} />,
  };
}

interface ToolbarProps {
  view: View;
  date: string;
  whose: string;
  onChange: (changed: { view?: string; date?: string; whose?: string }) => void;
}

function Toolbar({ view, date, whose, onChange }: ToolbarProps) {
  const { t } = useTranslation('schedule');
  const words = useRangeWords();
  const { leads } = useAccess();
  const wide = Grid.useBreakpoint().md ?? true;
  const go = (day: string) => onChange({ date: day === today() ? '' : day });
  const choices = VIEWS.filter((each) => !(each === 'month' && isUnit(whose)) && (wide || each !== 'week'));
  return (
    <Flex wrap gap={8} align="center" className="calendar-bar">
      <Flex gap={4} align="center">
        <Tooltip title={t('calendar.before')}>
          <Button icon={<LeftOutlined />} aria-label={t('calendar.before')} onClick={() => go(stepped(view, date, -1))} />
        </Tooltip>
        <Button onClick={() => go(today())}>{t('calendar.today')}</Button>
        <Tooltip title={t('calendar.after')}>
          <Button icon={<RightOutlined />} aria-label={t('calendar.after')} onClick={() => go(stepped(view, date, 1))} />
        </Tooltip>
      </Flex>
      <h2 className="calendar-range" aria-live="polite">
        {words(view, date)}
      </h2>
      <DatePicker
        value={dayjs(date)}
        allowClear={false}
        aria-label={t('calendar.goTo')}
        onChange={(day) => day && go(day.format(DAY))}
        className="calendar-date"
      />
      <Flex gap={8} wrap className="calendar-views">
        {leads && (
          <WhoseSelect
            whose={whose}
            onChange={(chosen) => onChange({ whose: chosen, ...(view === 'month' ? { view: '' } : {}) })}
          />
        )}
        <Segmented<View>
          value={view}
          aria-label={t('calendar.view')}
          onChange={(chosen) => onChange({ view: chosen })}
          options={choices.map((value) => ({ value, label: t(`view.${value}`) }))}
        />
      </Flex>
    </Flex>
  );
}

function Actions({ onNew }: { onNew?: () => void }) {
  const { t } = useTranslation('schedule');
  const { may } = useAccess();
  const [open, setOpen] = useState<'feeds' | 'import'>();
  const close = () => setOpen(undefined);
  if (!may('activity.schedule.update')) return null;
  return (
    <>
      {onNew && (
        <Button type="primary" icon={<PlusOutlined />} onClick={onNew}>
          {t('calendar.new')}
        </Button>
      )}
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'feeds', label: t('feeds.title') },
            { key: 'import', label: t('import.title') },
          ],
          onClick: ({ key }) => setOpen(key === 'feeds' ? 'feeds' : 'import'),
        }}
      >
        <Button icon={<MoreOutlined />} aria-label={t('calendar.moreActs')} />
      </Dropdown>
      {open === 'feeds' && <Subscriptions onClose={close} />}
      {open === 'import' && <ImportDialog onClose={close} />}
    </>
  );
}
