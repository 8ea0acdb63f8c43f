import { Card, Timeline, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { useNamed } from '../../../design/Named';
import { Loaded } from '../../../design/States';
import { usePersonName } from '../people';
import type { Contact } from './contact';

const SHOWN = ['kind', 'state', 'startTime', 'minutes', 'purpose', 'outcome', 'subject', 'summary', 'place', 'products'] as const;

/** What was said of a contact before each of its changes. */
export function Versions({ contact }: { contact: Contact }) {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  const nameOf = usePersonName();
  const query = api.useQuery('get', '/v1/contacts/{contactId}/versions', {
    params: { path: { contactId: contact.contactId }, query: { pageSize: 100 } },
  });
  return (
    <Card title={t('versions.title')}>
      <Loaded query={query} rows={2}>
        {({ versions }) => (
          <Timeline
            items={versions.flatMap((version, place) => {
              // The latest first: what came after it is the one before it in the list.
              const after = versions[place - 1]?.contact ?? contact;
              return version.contact
                ? [
                    {
                      key: version.changeTime ?? String(place),
                      content: (
                        <>
                          <Typography.Text type="secondary">
                            {[nameOf(version.changePersonId), formats.instant(version.changeTime)].filter(Boolean).join(' · ')}
                          </Typography.Text>
                          <Changes before={version.contact} after={after} />
                        </>
                      ),
                    },
                  ]
                : [];
            })}
          />
        )}
      </Loaded>
    </Card>
  );
}

function Changes({ before, after }: { before: Contact; after: Contact }) {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  const named = useNamed();
  const say = (contact: Contact, field: (typeof SHOWN)[number]): string => {
    const value = contact[field];
    if (field === 'startTime') return formats.instant(contact.startTime);
    if (Array.isArray(value)) return value.join(t('form.comma'));
    return (
      (typeof value === 'string' && value.startsWith('CONTACT_') ? named(value) : String(value ?? '')) || t('versions.nothing')
    );
  };
  const changed = SHOWN.filter((field) => say(before, field) !== say(after, field));
  return (
    <ul className="schedule-changes">
      {changed.map((field) => (
        <li key={field}>
          {t(`versions.${field}`)}
          {t('versions.colon')}
          <del>{say(before, field)}</del> → {say(after, field)}
        </li>
      ))}
      {!changed.length && <li>{t('versions.other')}</li>}
    </ul>
  );
}
