import { App, Button, Flex, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client, refresh } from '../../../api/client';
import { ReasonDialog } from '../../../design/ReasonDialog';
import { useAct } from '../useAct';
import type { Grant } from './grantParts';

/** What the caller may do about a grant: a second person approves, nobody decides about himself. */
export function GrantActions({ grant }: { grant: Grant }) {
  const { t } = useTranslation('administration');
  const { may, personId } = useAccess();
  const { modal } = App.useApp();
  const [asked, setAsked] = useState<'reject' | 'revoke'>();
  const path = { grantId: grant.grantId };
  const approving = useAct(
    () => client.POST('/v1/grants/{grantId}:approve', { params: { path }, body: {} }),
    t('grants.approved'),
    '/v1/grants',
  );
  if (grant.personId === personId) return null;
  const own = grant.proposerPersonId === personId;
  if (grant.state === 'GRANT_STATE_PROPOSED' && may('identity.grants.approve')) {
    const askApprove = () =>
      modal.confirm({
        title: t('grants.approve'),
        content: t('grants.approveHint', { name: grant.displayName }),
        okText: t('grants.approve'),
        cancelText: t('workbench:action.cancel'),
        onOk: () => approving.mutate(undefined),
      });
    return (
      <Flex gap={8} align="center">
        {own ? (
          <Typography.Text type="secondary">{t('grants.secondPerson')}</Typography.Text>
        ) : (
          <Button size="small" type="primary" loading={approving.isPending} onClick={() => void askApprove()}>
            {t('grants.approve')}
          </Button>
        )}
        <Button size="small" onClick={() => setAsked('reject')}>
          {t(own ? 'grants.withdraw' : 'grants.reject')}
        </Button>
        {asked && <DecisionDialog grant={grant} act="reject" withdraws={own} onClose={() => setAsked(undefined)} />}
      </Flex>
    );
  }
  if (grant.state === 'GRANT_STATE_ACTIVE' && may('identity.grants.revoke')) {
    return (
      <>
        <Button size="small" danger onClick={() => setAsked('revoke')}>
          {t('grants.revoke')}
        </Button>
        {asked && <DecisionDialog grant={grant} act="revoke" withdraws={false} onClose={() => setAsked(undefined)} />}
      </>
    );
  }
  return null;
}

interface Decision {
  grant: Grant;
  act: 'reject' | 'revoke';
  withdraws: boolean;
  onClose: () => void;
}

function DecisionDialog({ grant, act, withdraws, onClose }: Decision) {
  const { t } = useTranslation('administration');
  const params = { path: { grantId: grant.grantId } };
  const submit = async (reason: string) => {
    if (act === 'reject') await client.POST('/v1/grants/{grantId}:reject', { params, body: { reason } });
    else await client.POST('/v1/grants/{grantId}:revoke', { params, body: { reason } });
    await refresh('/v1/grants');
  };
  const title = t(act === 'revoke' ? 'grants.revoke' : withdraws ? 'grants.withdraw' : 'grants.reject');
  return (
    <ReasonDialog
      danger={act === 'revoke'}
      title={title}
      hint={
        act === 'revoke'
          ? t('grants.revokeHint', { name: grant.displayName })
          : t('grants.rejectHint', { name: grant.displayName })
      }
      draftKey={`grant:${grant.grantId}:${act}`}
      okText={title}
      doneWords={t(act === 'revoke' ? 'grants.revoked' : withdraws ? 'grants.withdrawn' : 'grants.rejected')}
      submit={submit}
      onClose={onClose}
    />
  );
}
