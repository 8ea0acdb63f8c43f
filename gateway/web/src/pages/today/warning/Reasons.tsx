import type { Schema } from '@rm-workbench/client';
import { useTranslation } from 'react-i18next';
import { useSaid } from '../../../design/bilingual';
import { Panel } from '../Panel';

type Warning = Schema<'analytics.v1.Warning'>;

/** What makes leaving probable, the weightiest first; with how much each weighs, where a model weighs them: rules count all alike. */
export function Reasons({ warning }: { warning: Warning }) {
  const { t } = useTranslation('today');
  const said = useSaid();
  const most = Math.max(...warning.reasons.map(weightOf));
  return (
    <Panel place={4} title={t('warning.reasons')} note={t(warning.modelId ? 'warning.reasonsOfModel' : 'warning.reasonsOfRules')}>
      <ul className="day-reasons">
        {warning.reasons.map((reason) => {
          const words = said(reason);
          if (!warning.modelId) {
            return (
              <li key={reason.feature} className="day-reason day-reason-even">
                {words}
              </li>
            );
          }
          const raises = Number(reason.contribution) >= 0;
          const width = most > 0 ? `${(100 * weightOf(reason)) / most}%` : '0';
          return (
            <li key={reason.feature} className="day-reason">
              <span>{words}</span>
              <span className="day-reason-weight">{t(raises ? 'warning.raises' : 'warning.lowers')}</span>
              <span className="day-reason-track" aria-hidden>
                <span className={raises ? 'day-reason-bar' : 'day-reason-bar day-reason-lowers'} style={{ width }} />
              </span>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function weightOf(reason: Warning['reasons'][number]): number {
  return Math.abs(Number(reason.contribution));
}
