import type { Schema } from '@rm-workbench/client';
import { Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Named, NamedTag } from '../../../design/Named';
import { PersonName, UnitName } from '../names';

export type Grant = Schema<'identity.v1.Grant'>;

const TONES: Partial<Record<Grant['state'], 'processing' | 'success' | 'error' | 'default'>> = {
  GRANT_STATE_PROPOSED: 'processing',
  GRANT_STATE_ACTIVE: 'success',
  GRANT_STATE_REJECTED: 'error',
};

export function GrantStateTag({ state }: { state: Grant['state'] }) {
  return <NamedTag value={state} tone={TONES[state] ?? 'default'} />;
}

/** Over whose data; of a subtree elsewhere with the name of its unit. */
export function GrantScope({ grant }: { grant: Grant }) {
  return (
    <>
      <Named value={grant.scope} />
      {grant.scopePath && grant.scopePath !== grant.organisationPath && (
        <>
          {' · '}
          <UnitName path={grant.scopePath} />
        </>
      )}
    </>
  );
}

/** Who proposed it and why; who decided and why. */
export function GrantReason({ grant }: { grant: Grant }) {
  const { t } = useTranslation('administration');
  return (
    <Flex vertical>
      <span>{grant.reason === 'provisioned' ? t('grants.provisioned') : grant.reason}</span>
      {grant.proposerPersonId && (
        <Typography.Text type="secondary">
          {t('grants.proposedBy')} <PersonName personId={grant.proposerPersonId} />
        </Typography.Text>
      )}
      {grant.deciderPersonId && (
        <Typography.Text type="secondary">
          {t('grants.decidedBy')} <PersonName personId={grant.deciderPersonId} /> {grant.decisionReason}
        </Typography.Text>
      )}
    </Flex>
  );
}
