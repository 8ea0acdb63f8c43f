import { Form, Input, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { FormDialog } from '../../../design/FormDialog';
import { AFFECTED, type Contact } from './contact';

interface Values {
  how: 'cancelled' | 'noShow';
  cancelReason: string;
}

/** Cancels what was planned, says that nobody came, or withdraws what was recorded and never took place. */
export function CancelContact({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { t } = useTranslation('schedule');
  const planned = contact.state === 'CONTACT_STATE_PLANNED';
  const submit = async ({ how, cancelReason }: Values) => {
    await client.POST('/v1/contacts/{contactId}:cancel', {
      params: { path: { contactId: contact.contactId }, header: { 'If-Match': `"${contact.etag}"` } },
      body: { noShow: how === 'noShow', cancelReason: cancelReason ?? '' },
    });
    await refresh(...AFFECTED);
  };
  return (
    <FormDialog<Values>
      open
      danger
      title={t(planned ? 'contacts.cancel' : 'contacts.withdraw')}
      submitWords={t('contacts.confirm')}
      draftKey={`contact:${contact.contactId}:cancel`}
      initialValues={{ how: 'cancelled', cancelReason: '' }}
      submit={submit}
      onClose={onClose}
    >
      {planned && (
        <Form.Item name="how" label={t('contacts.what')}>
          <Radio.Group
            options={[
              { value: 'cancelled', label: t('contacts.doesNotTakePlace') },
              { value: 'noShow', label: t('contacts.nobodyCame') },
            ]}
          />
        </Form.Item>
      )}
      <Form.Item
        name="cancelReason"
        label={t('contacts.reason')}
        rules={planned ? [] : [{ required: true, whitespace: true, message: t('contacts.reasonNeeded') }]}
      >
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
    </FormDialog>
  );
}
