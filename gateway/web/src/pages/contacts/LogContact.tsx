// One click to record a contact: from Today, a customer's page, the calendar, a list.
import { PlusOutlined } from '@ant-design/icons';
import type { Schema } from '@rm-workbench/client';
import { Button, type ButtonProps } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';

export type Contact = Schema<'activity.v1.Contact'>;
export type ContactKind = Schema<'activity.v1.ContactKind'>;
export type ContactPurpose = Schema<'activity.v1.ContactPurpose'>;

const Form = lazy(() => import('./LogContactDrawer'));

export interface ContactStart {
  /** With whom; asked for where it is not known. */
  customer?: { customerId: string; displayName: string };
  /** What else is known of it: of a visit that is due, `CONTACT_KIND_VISIT`; of a warning, `CONTACT_PURPOSE_RETENTION`. */
  kind?: ContactKind;
  purpose?: ContactPurpose;
  /** A contact that was planned, and of which it is now said what came of it. */
  completes?: { contactId: string; startTime?: string; minutes?: number };
  /** What it is to further. */
  leadId?: string;
  opportunityId?: string;
}

interface ButtonOfContact extends ContactStart {
  type?: ButtonProps['type'];
  size?: ButtonProps['size'];
  /** What the button says, where that is not "log a contact". */
  children?: ReactNode;
  onLogged?: (contact: Contact) => void;
}

/** Opens the form; nothing where the person may record no contacts. */
export function LogContactButton({ type = 'primary', size, children, onLogged, ...start }: ButtonOfContact) {
  const { t } = useTranslation('contacts');
  const { may } = useAccess();
  const [open, setOpen] = useState(false);
  if (!may('activity.contact.record')) return null;
  return (
    <>
      <Button type={type} {...(size ? { size } : {})} icon={<PlusOutlined />} onClick={() => setOpen(true)}>
        {children ?? t('log')}
      </Button>
      {open && <LogContactForm {...start} {...(onLogged ? { onLogged } : {})} onClose={() => setOpen(false)} />}
    </>
  );
}

/** The form itself, for those who open it by something else than the button: render it while it is to be open. */
export function LogContactForm(form: ContactStart & { onClose: () => void; onLogged?: (contact: Contact) => void }) {
  return (
    <Suspense>
      <Form {...form} />
    </Suspense>
  );
}
