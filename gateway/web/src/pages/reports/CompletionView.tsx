import { Progress, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../design/formats';
import { Named } from '../../design/Named';
import type { Completion } from './reports';

/** How much of the planned work was done, and of what that is the sum. */
export function CompletionView({ completion }: { completion: Completion | undefined }) {
  const { t } = useTranslation('reports');
  const formats = useFormats();
  if (!completion?.assessed) return <Typography.Text type="secondary">{t('notAssessed')}</Typography.Text>;
  return (
    <div className="completion">
      <Rate completion={completion} />
      <table className="completion-parts" aria-label={t('completion')}>
        <thead>
          <tr>
            <th scope="col">{t('work')}</th>
            <th scope="col">{t('planned')}</th>
            <th scope="col">{t('done')}</th>
            <th scope="col">{t('weight')}</th>
            <th scope="col">{t('adds')}</th>
          </tr>
        </thead>
        <tbody>
          {completion.parts.map((part) => (
            <tr key={`${part.kind}/${part.customerTier}`}>
              <th scope="row">
                <Named value={part.kind} />
              </th>
              <td>{formats.number(part.plannedCount)}</td>
              <td>{formats.number(part.doneCount)}</td>
              <td>{formats.number(part.weight)}</td>
              <td>{part.contribution ? formats.percent(part.contribution) : '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The rate as a bar with its number; nothing where nobody is assessed. */
export function Rate({ completion }: { completion: Completion | undefined }) {
  const { t } = useTranslation('reports');
  const formats = useFormats();
  if (!completion?.assessed) return <Typography.Text type="secondary">{t('notAssessedShort')}</Typography.Text>;
  const share = Number(completion.rate);
  return (
    <Progress
      percent={Math.min(100, share * 100)}
      status={share >= 1 ? 'success' : 'normal'}
      format={() => formats.percent(share, 0)}
      aria-label={t('completion')}
    />
  );
}
