import { Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Amount } from '../../design/Amount';
import { useFormats } from '../../design/formats';
import { Named } from '../../design/Named';
import type { Figures } from './reports';

/** What was counted of the work of a period. */
export function FigureList({ figures }: { figures: Figures | undefined }) {
  const { t } = useTranslation('reports');
  const formats = useFormats();
  if (!figures) return null;
  const contacts = figures.contacts.filter(({ doneCount, plannedCount }) => doneCount + plannedCount > 0);
  const numbers = [
    ['customers', figures.customerCount],
    ['leads', figures.capturedLeadCount],
    ['opened', figures.openedOpportunityCount],
    ['won', figures.wonOpportunityCount],
    ['lost', figures.lostOpportunityCount],
    ['tasksDone', figures.doneTaskCount],
    ['tasksLate', figures.overdueTaskCount],
  ] as const;
  return (
    <>
      <dl className="work-figures">
        {numbers.map(([name, count]) => (
          <div key={name} className={name === 'tasksLate' && count > 0 ? 'late' : ''}>
            <dt>{t(`figure.${name}`)}</dt>
            <dd>{formats.number(count)}</dd>
          </div>
        ))}
        {figures.wonAmounts.map((money) => (
          <div key={money.currencyCode}>
            <dt>{t('figure.wonAmount')}</dt>
            <dd>
              <Amount money={money} />
            </dd>
          </div>
        ))}
      </dl>
      {contacts.length > 0 ? (
        <ul className="rows">
          {contacts.map((contact) => (
            <li key={contact.contactKind}>
              <span>
                <Named value={contact.contactKind} />
              </span>
              <span>
                {t('contactsDone', {
                  done: formats.number(contact.doneCount),
                  planned: formats.number(contact.plannedCount),
                  minutes: formats.number(contact.minutes),
                })}
                {contact.missedCount > 0 && ` · ${t('missed', { count: contact.missedCount })}`}
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <Typography.Text type="secondary">{t('noContacts')}</Typography.Text>
      )}
    </>
  );
}
