import type { Schema } from '@rm-workbench/client';
import { Form, InputNumber, Select, TimePicker } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../api/client';
import { FormDialog } from '../../design/FormDialog';
import { useFormats } from '../../design/formats';
import { useNamedChoices } from '../../design/Named';
import { today } from './day';

const KINDS = ['CONTACT_KIND_VISIT', 'CONTACT_KIND_CALL', 'CONTACT_KIND_MEETING'] as const;
const CLOCK = 'HH:mm';

interface Values {
  kind: (typeof KINDS)[number];
  /** The time of the day, `HH:mm`. */
  clock: string;
  minutes: number;
}

/** Makes a planned contact of a visit that is proposed: it stands in the calendar then. */
export default function AcceptVisit({
  proposal,
  onClose,
}: {
  proposal: Schema<'activity.v1.VisitProposal'>;
  onClose: () => void;
}) {
  const { t } = useTranslation('today');
  const formats = useFormats();
  const named = useNamedChoices();
  const date = proposal.plannedDate;
  const accept = async ({ kind, clock, minutes }: Values) => {
    await client.POST('/v1/visitProposals/{visitProposalId}:accept', {
      params: { path: { visitProposalId: proposal.visitProposalId } },
      body: { kind, minutes, startTime: dayjs(`${date}T${clock}`).toISOString(), etag: proposal.etag },
    });
    await refresh('/v1/visitProposals', '/v1/calendar', '/v1/contacts');
  };
  return (
    <FormDialog<Values>
      open
      width={420}
      title={t('visits.acceptTitle', { name: proposal.customerName, date: formats.dateLong(date) })}
      submitWords={t('visits.acceptDone')}
      doneWords={t('visits.accepted')}
      initialValues={{ kind: 'CONTACT_KIND_VISIT', clock: nextHour(date), minutes: 60 }}
      submit={accept}
      onClose={onClose}
    >
      <Form.Item name="kind" label={t('visits.kind')}>
        <Select options={named(KINDS)} />
      </Form.Item>
      <Form.Item
        name="clock"
        label={t('visits.clock')}
        rules={[{ required: true, message: t('required') }]}
        getValueProps={(clock: string | undefined) => ({ value: clock ? dayjs(`${date}T${clock}`) : undefined })}
        normalize={(time: Dayjs | null) => time?.format(CLOCK)}
      >
        <TimePicker format={CLOCK} minuteStep={15} needConfirm={false} className="day-field-wide" />
      </Form.Item>
      <Form.Item name="minutes" label={t('visits.minutes')}>
        <InputNumber min={5} max={1440} precision={0} className="day-field-wide" />
      </Form.Item>
    </FormDialog>
  );
}

function nextHour(date: string): string {
  if (date !== today()) return '09:00';
  return dayjs().add(1, 'hour').startOf('hour').format(CLOCK);
}
