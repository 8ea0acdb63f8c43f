import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { StaleEdit } from '../../../api/StaleEdit';
import { idOf, type Move, placeOf } from './moves';
import { useTimeWords } from './useTimeWords';

interface Props {
  move: Move;
  onAgain: (move: Move) => void;
  onClose: () => void;
}

/** Something was put elsewhere that somebody else changed meanwhile: when it is now, and when it would be. */
export function StaleMove({ move, onAgain, onClose }: Props) {
  const { t } = useTranslation('schedule');
  const times = useTimeWords();
  const { entry, moved } = move;
  const { data: now } = useQuery({
    queryKey: ['moved', entry.resource, entry.etag],
    queryFn: () => standing(entry.resource),
    gcTime: 0,
  });
  if (!now) return null;
  return (
    <StaleEdit
      fields={[{ label: t('form.when'), theirs: times(now), mine: times(placeOf(entry, moved)) }]}
      onTakeTheirs={onClose}
      onKeepMine={() => onAgain({ ...move, entry: { ...entry, etag: now.etag } })}
      onCancel={onClose}
    />
  );
}

/** When it is now, and the ETag of that. */
async function standing(resource: string) {
  if (resource.startsWith('appointments/')) {
    const path = { appointmentId: idOf(resource) };
    return (await client.GET('/v1/appointments/{appointmentId}', { params: { path } })).data;
  }
  const { data } = await client.GET('/v1/contacts/{contactId}', { params: { path: { contactId: idOf(resource) } } });
  if (!data) return undefined;
  const { startTime = '', minutes, etag } = data;
  const endTime = new Date(Date.parse(startTime) + minutes * MINUTE_MILLISECONDS).toISOString();
  return { startTime, endTime, startDate: '', endDate: '', etag };
}

const MINUTE_MILLISECONDS = 60_000;
