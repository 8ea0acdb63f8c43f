import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { Freshness } from '../../design/Freshness';
import { useFormats } from '../../design/formats';
import { Page } from '../../design/Page';
import { LogContactButton } from '../contacts/LogContact';
import { Agenda } from './Agenda';
import { Approvals } from './Approvals';
import { partOfDay, today } from './day';
import { KeyFigures } from './KeyFigures';
import { Maturities } from './Maturities';
import { Overnight } from './Overnight';
import { Shortcuts } from './Shortcuts';
import { Tasks } from './Tasks';
import { Visits } from './Visits';
import { Warnings } from './Warnings';
import './today.css';

/** What the day holds: each part asks for itself, so that none waits for another. */
export default function TodayPage() {
  const { t } = useTranslation('today');
  const { me, may, leads } = useAccess();
  const formats = useFormats();
  const works = may('activity.schedule.update');
  return (
    <Page
      title={t(`greeting.${partOfDay(new Date().getHours())}`, { name: me.person?.displayName })}
      tab={t('title')}
      note={
        <>
          {formats.dateLong(today())}
          <Freshness />
        </>
      }
      actions={<LogContactButton />}
    >
      <div className="today">
        {may('performance.result.read') && <KeyFigures />}
        <div className="today-column">
          {may('analytics.warning.work') && <Warnings />}
          {may('activity.cycle.read') && may('activity.contact.record') && !leads && <Visits />}
          {may('customer.holding.read') && works && <Maturities />}
          {!works && <Shortcuts />}
        </div>
        <div className="today-column">
          {works && <Agenda />}
          {may('activity.approval.read') && (leads || !works) && <Approvals />}
          {may('activity.task.update') && <Tasks />}
          <Overnight />
        </div>
      </div>
    </Page>
  );
}
