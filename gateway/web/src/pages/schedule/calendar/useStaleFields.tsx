import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import type { StaleField } from '../../../api/StaleEdit';
import { useFormats } from '../../../design/formats';
import { useNamed } from '../../../design/Named';
import { usePersonName } from '../people';
import { type AppointmentFields, fieldsOf } from './AppointmentForm';
import type { Entry } from './entries';

/** What stands now of an appointment that somebody else changed meanwhile, against what the form says. */
export function useStaleFields(appointmentId: string | undefined, occurrence: Entry | undefined) {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  const named = useNamed();
  const nameOf = usePersonName();
  const { data: now } = useQuery({
    queryKey: ['/v1/appointments', appointmentId, 'stale'],
    queryFn: async () =>
      (await client.GET('/v1/appointments/{appointmentId}', { params: { path: { appointmentId: appointmentId ?? '' } } })).data,
    enabled: Boolean(appointmentId),
    staleTime: 0,
  });
  if (!appointmentId || !now) return undefined;
  const said = (fields: AppointmentFields) => ({
    title: fields.title,
    kind: named(fields.kind),
    start: fields.allDay ? formats.date(fields.start) : formats.instant(fields.start),
    end: fields.allDay ? formats.date(fields.end) : formats.instant(fields.end),
    place: fields.place,
    participants: fields.participantPersonIds.map(nameOf).join(t('form.comma')),
    description: fields.description,
  });
  const fieldsAgainst = (mine: AppointmentFields): StaleField[] => {
    const [theirs, own] = [said(fieldsOf(now, occurrence)), said(mine)];
    return [
      { label: t('form.title'), theirs: theirs.title, mine: own.title },
      { label: t('form.kind'), theirs: theirs.kind, mine: own.kind },
      { label: t('form.start'), theirs: theirs.start, mine: own.start },
      { label: t('form.end'), theirs: theirs.end, mine: own.end },
      { label: t('form.place'), theirs: theirs.place, mine: own.place },
      { label: t('form.participants'), theirs: theirs.participants, mine: own.participants },
      { label: t('form.description'), theirs: theirs.description, mine: own.description },
    ];
  };
  return { etag: now.etag, fieldsAgainst };
}
