import { ClockCircleOutlined, CloseCircleOutlined, RiseOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { App } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { client } from '../../api/client';
import { useRefusalWords } from '../../api/refusals';
import { Amount } from '../../design/Amount';
import { useFormats } from '../../design/formats';
import { Named } from '../../design/Named';
import { EmptyState, Loaded, PartialState } from '../../design/States';
import { Board, type BoardColumn } from './Board';
import { type LeadAct, LeadDialogs } from './LeadDialogs';
import { type Lead, nameOf, refreshLeads, sumsOf, useMayWork, useOpenLeads } from './leads';

/** Where a lead stands by what is to be done next. */
type Column = 'unassigned' | 'waiting' | 'followed' | 'qualified';
const COLUMNS: Column[] = ['unassigned', 'waiting', 'followed', 'qualified'];

function columnOf(lead: Lead): Column {
  if (lead.state === 'LEAD_STATE_QUALIFIED') return 'qualified';
  if (!lead.ownerPersonId) return 'unassigned';
  return lead.followedTime ? 'followed' : 'waiting';
}

/** Which columns and exits a lead may go to from where it stands. */
const MOVES: Record<Column, string[]> = {
  unassigned: ['waiting', 'disqualify'],
  waiting: ['followed', 'qualified', 'convert', 'disqualify'],
  followed: ['qualified', 'convert', 'disqualify'],
  qualified: ['convert', 'disqualify'],
};
const ACTS: Record<string, LeadAct> = {
  waiting: 'assign',
  qualified: 'qualify',
  convert: 'convert',
  disqualify: 'disqualify',
};

/** Open leads by what is to be done next; they leave it as opportunities, or as leading nowhere. */
export function LeadBoard({ organisationPath }: { organisationPath: string }) {
  const { t } = useTranslation('leads');
  const list = useOpenLeads(organisationPath);
  return (
    <Loaded query={list} rows={8}>
      {(page) =>
        page === undefined || page.leads.length === 0 ? (
          <EmptyState words={t('noOpenLeads')} action={<Link to="/work/leads?look=list">{t('toClosedLeads')}</Link>} />
        ) : (
          <>
            {page.nextPageToken && <PartialState words={t('boardFull', { count: page.leads.length })} />}
            <LeadColumns leads={page.leads} withOwner={organisationPath !== ''} />
          </>
        )
      }
    </Loaded>
  );
}

function LeadColumns({ leads, withOwner }: { leads: Lead[]; withOwner: boolean }) {
  const { t } = useTranslation('leads');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const mayWork = useMayWork();
  const [acting, setActing] = useState<{ lead: Lead; act: LeadAct | undefined }>();
  const following = useMutation({
    mutationFn: ({ leadId, etag }: Lead) =>
      client.POST('/v1/leads/{leadId}:follow', { params: { path: { leadId } }, body: { etag } }),
    onSuccess: () => message.success(t('followedSaid')),
    onError: (error) => message.error(words(error)),
    onSettled: () => refreshLeads(),
  });
  const columns = COLUMNS.flatMap((key): BoardColumn<Lead>[] => {
    const items = leads.filter((lead) => columnOf(lead) === key);
    if (key === 'unassigned' && items.length === 0) return [];
    return [{ key, title: t(`column.${key}`), items, sums: sumsOf(items.map((lead) => lead.expectedAmount)) }];
  });
  const onMove = (lead: Lead, to: string) => {
    if (to === 'followed') following.mutate(lead);
    else setActing({ lead, act: ACTS[to] });
  };
  return (
    <>
      <Board
        label={t('leadBoard')}
        columns={columns}
        exits={[
          { key: 'convert', title: t('act.convert'), icon: <RiseOutlined />, list: <ClosedLink state="CONVERTED" /> },
          {
            key: 'disqualify',
            title: t('act.disqualify'),
            icon: <CloseCircleOutlined />,
            list: <ClosedLink state="DISQUALIFIED" />,
          },
        ]}
        itemKey={(lead) => lead.leadId}
        itemName={(lead) => lead.title}
        card={(lead) => <LeadCard lead={lead} withOwner={withOwner} />}
        mayMove={(lead, to) => mayWork(lead) && MOVES[columnOf(lead)].includes(to)}
        onMove={onMove}
      />
      <LeadDialogs
        lead={acting?.lead}
        act={acting?.act}
        onClose={() => setActing((before) => before && { ...before, act: undefined })}
      />
    </>
  );
}

function ClosedLink({ state }: { state: 'CONVERTED' | 'DISQUALIFIED' }) {
  const { t } = useTranslation('leads');
  return (
    <Link to={`/work/leads?look=list&state=LEAD_STATE_${state}`}>
      {t(state === 'CONVERTED' ? 'toConverted' : 'toDisqualified')}
    </Link>
  );
}

export function LeadCard({ lead, withOwner }: { lead: Lead; withOwner: boolean }) {
  const { t } = useTranslation('leads');
  const formats = useFormats();
  return (
    <>
      <Link to={`/work/leads/${lead.leadId}`} className="card-title" draggable={false}>
        {lead.title}
      </Link>
      <div className="card-line">
        <span>{nameOf(lead)}</span>
        {lead.expectedAmount && (
          <span className="card-amount">
            <Amount money={lead.expectedAmount} />
          </span>
        )}
      </div>
      <div className="card-line card-quiet">
        <span>
          <Named value={lead.source} />
        </span>
        {lead.grade !== 'LEAD_GRADE_UNSPECIFIED' && (
          <span>
            <Named value={lead.grade} />
          </span>
        )}
        {withOwner && <span>{lead.ownerName || t('noOwner')}</span>}
      </div>
      <div className="card-line card-quiet">
        {lead.overdue ? (
          <span className="late">
            <ClockCircleOutlined /> {t('followOverdue', { date: formats.date(dayOf(lead.followDeadline)) })}
          </span>
        ) : (
          !lead.followedTime &&
          lead.followDeadline && <span>{t('followBy', { date: formats.date(dayOf(lead.followDeadline)) })}</span>
        )}
        <span>{lead.ageDays === 0 ? t('ageNew') : t('age', { count: lead.ageDays })}</span>
      </div>
    </>
  );
}

/** The last day before a deadline that is the end of a day, in the reader's zone. */
export function dayOf(deadline: string | undefined): string | undefined {
  if (!deadline) return undefined;
  const last = new Date(Date.parse(deadline) - 1);
  return `${last.getFullYear()}-${String(last.getMonth() + 1).padStart(2, '0')}-${String(last.getDate()).padStart(2, '0')}`;
}
