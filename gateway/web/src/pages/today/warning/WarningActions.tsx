import type { Schema } from '@rm-workbench/client';
import { useMutation } from '@tanstack/react-query';
import { App, Button, Form, Input, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { isStale } from '../../../api/StaleEdit';
import { FormDialog } from '../../../design/FormDialog';
import { DateField } from '../../../design/fields';
import { addDays } from '../../../design/formats';
import { useNamedChoices } from '../../../design/Named';
import { RelationshipManagerSelect } from '../../../design/selects';
import { LogContactButton } from '../../contacts/LogContact';
import { today } from '../day';

type Warning = Schema<'analytics.v1.Warning'>;
type Dialog = 'postpone' | 'outcome' | 'assign';

const OUTCOMES = [
  'WARNING_OUTCOME_RETAINED',
  'WARNING_OUTCOME_LOST',
  'WARNING_OUTCOME_NOT_LEAVING',
  'WARNING_OUTCOME_UNREACHABLE',
] as const;
const REST_DAYS = 7;

/** Sends something about the warning; what everybody sees is asked for anew, also where somebody else was faster. */
async function sent(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (isStale(error)) await refresh('/v1/warnings');
    throw error;
  }
  await refresh('/v1/warnings', '/v1/tasks', '/v1/customers');
}

/** What one may do about a warning, where it stands now. */
export function WarningActions({ warning }: { warning: Warning }) {
  const { t } = useTranslation('today');
  const { may, personId } = useAccess();
  const [dialog, setDialog] = useState<Dialog>();
  const close = () => setDialog(undefined);
  const open = warning.state !== 'WARNING_STATE_CLOSED';
  const works = open && may('analytics.warning.work');
  const mine = warning.state === 'WARNING_STATE_ACCEPTED' && warning.accepterPersonId === personId;
  return (
    <>
      {works && warning.state !== 'WARNING_STATE_ACCEPTED' && <Accept warning={warning} />}
      {open && (
        <LogContactButton
          type={mine ? 'primary' : 'default'}
          purpose="CONTACT_PURPOSE_RETENTION"
          customer={{ customerId: warning.customerId, displayName: warning.customerName || warning.customerNumber }}
        />
      )}
      {works && <Button onClick={() => setDialog('outcome')}>{t('warning.outcome')}</Button>}
      {works && <Button onClick={() => setDialog('postpone')}>{t('warning.postpone')}</Button>}
      {open && may('analytics.warning.assign') && <Button onClick={() => setDialog('assign')}>{t('warning.assign')}</Button>}
      {dialog === 'postpone' && <Postpone warning={warning} onClose={close} />}
      {dialog === 'outcome' && <Outcome warning={warning} onClose={close} />}
      {dialog === 'assign' && <Assign warning={warning} onClose={close} />}
    </>
  );
}

function Accept({ warning }: { warning: Warning }) {
  const { t } = useTranslation('today');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const accepting = useMutation({
    mutationFn: () =>
      sent(() =>
        client.POST('/v1/warnings/{warningId}:accept', {
          params: { path: { warningId: warning.warningId } },
          body: { etag: warning.etag },
        }),
      ),
    onSuccess: () => void message.success(t('warning.acceptDone')),
    onError: (error) => void message.error(words(error)),
  });
  return (
    <Button type="primary" loading={accepting.isPending} onClick={() => accepting.mutate()}>
      {t('warning.accept')}
    </Button>
  );
}

interface OfWarning {
  warning: Warning;
  onClose: () => void;
}

function Postpone({ warning, onClose }: OfWarning) {
  const { t } = useTranslation('today');
  const { warningId, etag } = warning;
  return (
    <FormDialog<{ postponeDate: string }>
      open
      width={420}
      title={t('warning.postponeTitle')}
      submitWords={t('warning.postpone')}
      doneWords={t('warning.postponeDone')}
      initialValues={{ postponeDate: addDays(today(), REST_DAYS) }}
      onClose={onClose}
      submit={({ postponeDate }) =>
        sent(() =>
          client.POST('/v1/warnings/{warningId}:postpone', { params: { path: { warningId } }, body: { postponeDate, etag } }),
        )
      }
    >
      <Form.Item
        name="postponeDate"
        label={t('warning.postponeUntil')}
        extra={t('warning.postponeHint')}
        rules={[{ required: true, message: t('required') }]}
      >
        <DateField min={addDays(today(), 1)} className="day-field-wide" allowClear={false} />
      </Form.Item>
    </FormDialog>
  );
}

interface Said {
  outcome: (typeof OUTCOMES)[number];
  note?: string;
}

function Outcome({ warning, onClose }: OfWarning) {
  const { t } = useTranslation('today');
  const named = useNamedChoices();
  const { warningId, etag } = warning;
  return (
    <FormDialog<Said>
      open
      width={460}
      title={t('warning.outcomeTitle')}
      submitWords={t('warning.outcomeSubmit')}
      doneWords={t('warning.outcomeDone')}
      draftKey={`warning:${warningId}`}
      onClose={onClose}
      submit={({ outcome, note }) =>
        sent(() =>
          client.POST('/v1/warnings/{warningId}:recordOutcome', {
            params: { path: { warningId } },
            body: { outcome, etag, ...(note ? { note } : {}) },
          }),
        )
      }
    >
      <Form.Item
        name="outcome"
        label={t('warning.outcomeWhat')}
        extra={t('warning.outcomeHint')}
        rules={[{ required: true, message: t('required') }]}
      >
        <Radio.Group options={named(OUTCOMES)} />
      </Form.Item>
      <Form.Item name="note" label={t('warning.note')}>
        <Input.TextArea rows={3} maxLength={2000} placeholder={t('warning.noteHint')} />
      </Form.Item>
    </FormDialog>
  );
}

function Assign({ warning, onClose }: OfWarning) {
  const { t } = useTranslation('today');
  const { warningId, etag } = warning;
  return (
    <FormDialog<{ assigneePersonId: string }>
      open
      width={420}
      title={t('warning.assignTitle')}
      submitWords={t('warning.assign')}
      doneWords={t('warning.assignDone')}
      onClose={onClose}
      submit={({ assigneePersonId }) =>
        sent(() =>
          client.POST('/v1/warnings/{warningId}:assign', { params: { path: { warningId } }, body: { assigneePersonId, etag } }),
        )
      }
    >
      <Form.Item name="assigneePersonId" label={t('warning.assignTo')} rules={[{ required: true, message: t('required') }]}>
        <RelationshipManagerSelect />
      </Form.Item>
    </FormDialog>
  );
}
