import { Refusal } from '@rm-workbench/client';
import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Flex, Form, Grid } from 'antd';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { refresh } from '../../api/client';
import { useDraft } from '../../api/drafts';
import { useRefusalWords } from '../../api/refusals';
import { useFormats } from '../../design/formats';
import { ContactFields } from './ContactFields';
import { useKeyPersons } from './choices';
import { HeardFields, NextFields } from './FollowUpFields';
import type { Contact, ContactStart } from './LogContact';
import { type ContactValues, type DuplicateHandling, isPlanned, MINUTES, type Recorded, record } from './recording';
import './contacts.css';

/** What a new contact changes elsewhere on the page. */
const TOUCHED = ['/v1/contacts', '/v1/calendar', '/v1/tasks', '/v1/feedback', '/v1/visit', '/v1/customers', '/v1/warnings'];

/** Records a contact, and what follows from it, in one go. */
export default function LogContactDrawer({
  onClose,
  onLogged,
  ...start
}: ContactStart & { onClose: () => void; onLogged?: (contact: Contact) => void }) {
  const { t } = useTranslation(['contacts', 'workbench']);
  const { may } = useAccess();
  const { message } = App.useApp();
  const wide = Grid.useBreakpoint().md ?? true;
  const [form] = Form.useForm<ContactValues>();
  const draft = useDraft(`contact:${start.completes?.contactId ?? start.customer?.customerId ?? ''}`, form);
  const recorded = useRef<Recorded>({});
  const customerId = Form.useWatch('customerId', form);
  const startTime = Form.useWatch('startTime', form);
  const planned = !start.completes && isPlanned(startTime);
  const keyPersons = useKeyPersons(customerId);
  const logging = useMutation({
    mutationFn: (onDuplicate?: DuplicateHandling) => {
      const ids = new Set((keyPersons.data ?? []).map((person) => person.keyPersonId));
      return record(form.getFieldsValue(true), start, ids, onDuplicate, recorded.current);
    },
    onSuccess: (contact) => {
      void message.success(t(contact.state === 'CONTACT_STATE_PLANNED' ? 'planned' : 'logged'));
      draft.drop();
      onLogged?.(contact);
      onClose();
    },
    onSettled: () => refresh(...TOUCHED),
  });
  const startAnew = () => {
    draft.drop();
    form.resetFields();
  };
  return (
    <Drawer
      open
      size={wide ? 560 : '100%'}
      title={t(start.completes ? 'completeTitle' : planned ? 'planTitle' : 'logTitle')}
      onClose={onClose}
      className="log-contact"
      footer={
        <Flex gap={8} justify="end">
          <Button onClick={onClose}>{t('workbench:action.cancel')}</Button>
          <Button type="primary" loading={logging.isPending} onClick={() => form.submit()}>
            {t(planned ? 'plan' : 'save')}
          </Button>
        </Flex>
      }
    >
      <Form<ContactValues>
        form={form}
        layout="vertical"
        requiredMark="optional"
        initialValues={initialValues(start)}
        onValuesChange={draft.keep}
        onFinish={() => logging.mutate(undefined)}
        scrollToFirstError
      >
        {draft.restored && (
          <Alert
            className="form-note"
            type="info"
            showIcon
            title={t('workbench:state.draftRestored')}
            action={
              <Button size="small" onClick={startAnew}>
                {t('startAnew')}
              </Button>
            }
          />
        )}
        <ContactFields start={start} planned={planned} keyPersons={keyPersons.data ?? []} />
        {!planned && <NextFields />}
        {!planned && may('activity.feedback.record') && <HeardFields />}
      </Form>
      <Trouble error={logging.error} contactIsThere={Boolean(recorded.current.contact)} onDuplicate={logging.mutate} />
    </Drawer>
  );
}

function initialValues({ customer, kind, purpose, completes }: ContactStart): Partial<ContactValues> {
  const first = kind && kind !== 'CONTACT_KIND_UNSPECIFIED' ? kind : 'CONTACT_KIND_CALL';
  return {
    kind: first,
    minutes: completes?.minutes ?? MINUTES[first],
    ...(completes?.startTime && Date.parse(completes.startTime) < Date.now() ? { startTime: completes.startTime } : {}),
    next: '',
    heardKind: '',
    nextKind: 'CONTACT_KIND_CALL',
    ...(customer ? { customerId: customer.customerId, customerName: customer.displayName } : {}),
    ...(purpose ? { purpose } : {}),
  };
}

/** Why it was not all recorded: it is recorded already, or only a part of it is. */
function Trouble({
  error,
  contactIsThere,
  onDuplicate,
}: {
  error: unknown;
  contactIsThere: boolean;
  onDuplicate: (handling: DuplicateHandling) => void;
}) {
  const { t } = useTranslation('contacts');
  const words = useRefusalWords();
  const formats = useFormats();
  if (!error) return null;
  if (error instanceof Refusal && error.reason === 'LIKELY_DUPLICATE' && !contactIsThere) {
    return (
      <Alert
        type="warning"
        showIcon
        role="alert"
        title={t('duplicate', { time: formats.instant(error.metadata.startTime) })}
        description={
          <Flex vertical gap={8} align="start">
            {t('duplicateHint')}
            <Flex wrap gap={8}>
              <Button size="small" type="primary" onClick={() => onDuplicate('DUPLICATE_HANDLING_JOIN')}>
                {t('duplicateJoin')}
              </Button>
              <Button size="small" onClick={() => onDuplicate('DUPLICATE_HANDLING_ACCEPT')}>
                {t('duplicateAccept')}
              </Button>
            </Flex>
          </Flex>
        }
      />
    );
  }
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={contactIsThere ? t('partly') : words(error)}
      description={contactIsThere ? words(error) : undefined}
    />
  );
}
