import { Alert, Button, Card, Flex } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { useFormats } from '../../../design/formats';
import { Text } from '../../../design/Text';
import { PersonSaid } from '../PersonSaid';
import { Changes } from './Changes';
import { type Scheme, useRuleWords } from './schemes';

const DecideScheme = lazy(() => import('./DecideScheme'));

interface Props {
  version: Scheme;
  /** What is offered until it is decided; nothing of a scheme that is new. */
  published: Scheme | undefined;
}

/** A version that waits: what it changes, and the second person's word. Whoever proposed it is offered no decision. */
export function WaitingVersion({ version, published }: Props) {
  const { t } = useTranslation('schemes');
  const formats = useFormats();
  const { may, personId } = useAccess();
  const ruleWords = useRuleWords();
  const [deciding, setDeciding] = useState<'publish' | 'decline'>();
  const own = version.proposerPersonId === personId;
  const mayDecide = may('performance.scheme.define') && !own;
  return (
    <Card
      title={t('waiting.title', { number: version.versionNumber })}
      extra={
        <Text type="secondary">
          {t('proposedBy')} <PersonSaid personId={version.proposerPersonId} /> · {formats.instant(version.proposeTime)}
        </Text>
      }
    >
      <Flex vertical gap={12}>
        <Alert
          type={mayDecide ? 'warning' : 'info'}
          showIcon
          title={t(mayDecide ? 'waiting.yours' : own ? 'waiting.own' : 'waiting.others')}
        />
        <div>
          <p className="scheme-rule">{ruleWords(version)}</p>
          <p className="scheme-about">{t(`about.${version.kind}`)}</p>
        </div>
        <Changes version={version} published={published} />
        {mayDecide && (
          <Flex wrap gap={8}>
            <Button type="primary" onClick={() => setDeciding('publish')}>
              {t('publish')}
            </Button>
            <Button onClick={() => setDeciding('decline')}>{t('decline')}</Button>
          </Flex>
        )}
      </Flex>
      <Suspense fallback={null}>
        {deciding && <DecideScheme version={version} publish={deciding === 'publish'} onClose={() => setDeciding(undefined)} />}
      </Suspense>
    </Card>
  );
}
