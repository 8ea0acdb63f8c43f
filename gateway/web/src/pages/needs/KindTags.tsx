import { Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import { NamedTag } from '../../design/Named';
import type { Feedback } from './needs';

const KIND_TONES = { FEEDBACK_KIND_COMPLAINT: 'error', FEEDBACK_KIND_NEED: 'processing' } as const;
const STATE_TONES = {
  FEEDBACK_STATE_OPEN: 'warning',
  FEEDBACK_STATE_ANSWERED: 'processing',
  FEEDBACK_STATE_TOLD: 'success',
} as const;

/** What it is, and of a complaint how grave and how far up it has gone. */
export function KindTags({ feedback }: { feedback: Feedback }) {
  const { t } = useTranslation('needs');
  const { kind, severity, escalationLevel } = feedback;
  return (
    <Flex wrap gap={4} component="span" className="tags">
      <NamedTag value={kind} tone={KIND_TONES[kind as keyof typeof KIND_TONES] ?? 'default'} />
      <NamedTag value={severity} tone={severity === 'FEEDBACK_SEVERITY_MINOR' ? 'default' : 'error'} />
      {escalationLevel > 0 && <span className="late">{t('escalated', { count: escalationLevel })}</span>}
    </Flex>
  );
}

export function StateTag({ state }: { state: Feedback['state'] }) {
  return <NamedTag value={state} tone={STATE_TONES[state as keyof typeof STATE_TONES] ?? 'default'} />;
}
