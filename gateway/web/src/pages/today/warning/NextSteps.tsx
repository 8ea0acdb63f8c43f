import type { Schema } from '@rm-workbench/client';
import { useTranslation } from 'react-i18next';
import { useSaid } from '../../../design/bilingual';
import { Nothing, Panel } from '../Panel';

/** What to do next, the most pressing first. */
export function NextSteps({ warning }: { warning: Schema<'analytics.v1.Warning'> }) {
  const { t } = useTranslation('today');
  const said = useSaid();
  const steps = warning.nextSteps;
  return (
    <Panel place={1} title={t('warning.steps')}>
      {steps.length ? (
        <ol className="day-steps">
          {steps.map((step) => (
            <li key={step.code}>{said(step)}</li>
          ))}
        </ol>
      ) : (
        <Nothing words={t('warning.noSteps')} />
      )}
    </Panel>
  );
}
