import type { Schema } from '@rm-workbench/client';
import { useTranslation } from 'react-i18next';
import { Nothing, Panel } from '../Panel';

/** What to do next, the most pressing first. */
export function NextSteps({ warning }: { warning: Schema<'analytics.v1.Warning'> }) {
  const { t, i18n } = useTranslation('today');
  const steps = warning.nextSteps;
  return (
    <Panel place={1} title={t('warning.steps')}>
      {steps.length ? (
        <ol className="day-steps">
          {steps.map((step) => (
            <li key={step.code}>{i18n.language === 'zh' ? step.chinese : step.english}</li>
          ))}
        </ol>
      ) : (
        <Nothing words={t('warning.noSteps')} />
      )}
    </Panel>
  );
}
