import { useMutation } from '@tanstack/react-query';
import { App, Button, Form, Typography } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { FormDialog } from '../../../design/FormDialog';
import { DateField } from '../../../design/fields';
import { ReasonDialog } from '../../../design/ReasonDialog';
import { type Claim, claimsChanged, useClaimRights } from './claims';

const REASON_LENGTH_MAX = 1000;

type Dialog = 'approve' | 'reject' | 'end' | 'object';

/** What the caller can do with the claim; what he cannot is not there. */
export function ClaimActions({ claim }: { claim: Claim }) {
  const { t } = useTranslation('performance');
  const rights = useClaimRights(claim);
  const [dialog, setDialog] = useState<Dialog>();
  const close = () => setDialog(undefined);
  const path = { params: { path: { claimId: claim.claimId } } };
  const asking = (act: Dialog, title: string) => ({
    title,
    okText: title,
    draftKey: `claim:${claim.claimId}:${act}`,
    lengthMax: REASON_LENGTH_MAX,
    onClose: close,
  });
  return (
    <>
      {rights.mayDecide && (
        <Button type="primary" disabled={claim.objected} onClick={() => setDialog('approve')}>
          {t('claims.approve')}
        </Button>
      )}
      {rights.mayDecide && (
        <Button danger onClick={() => setDialog('reject')}>
          {t('claims.reject')}
        </Button>
      )}
      {rights.mayWithdraw && <WithdrawButton claim={claim} />}
      {rights.mayEnd && <Button onClick={() => setDialog('end')}>{t('claims.end')}</Button>}
      {rights.mayObject && <Button onClick={() => setDialog('object')}>{t('objections.raise')}</Button>}
      {dialog === 'approve' && (
        <ReasonDialog
          {...asking('approve', t('claims.approve'))}
          optional
          submit={async (reason) => {
            await client.POST('/v1/claims/{claimId}:approve', { ...path, body: { reason, etag: claim.etag } });
            await claimsChanged();
          }}
        />
      )}
      {dialog === 'reject' && (
        <ReasonDialog
          {...asking('reject', t('claims.reject'))}
          danger
          submit={async (reason) => {
            await client.POST('/v1/claims/{claimId}:reject', { ...path, body: { reason, etag: claim.etag } });
            await claimsChanged();
          }}
        />
      )}
      {dialog === 'object' && (
        <ReasonDialog
          {...asking('object', t('objections.raise'))}
          hint={t('objections.raiseHint')}
          label={t('objections.evidence')}
          submit={async (evidence) => {
            await client.POST('/v1/objections', { body: { claimId: claim.claimId, evidence } });
            await claimsChanged();
          }}
        />
      )}
      {dialog === 'end' && <EndDialog claim={claim} onClose={close} />}
    </>
  );
}

function WithdrawButton({ claim }: { claim: Claim }) {
  const { t } = useTranslation('performance');
  const { message, modal } = App.useApp();
  const words = useRefusalWords();
  const withdrawing = useMutation({
    mutationFn: () =>
      client.POST('/v1/claims/{claimId}:withdraw', { params: { path: { claimId: claim.claimId } }, body: { etag: claim.etag } }),
    onSuccess: () => {
      void message.success(t('claims.withdrawn'));
      return claimsChanged();
    },
    onError: (error) => void message.error(words(error)),
  });
  const ask = () =>
    void modal.confirm({
      title: t('claims.withdrawAsk'),
      content: t('claims.withdrawHint'),
      okText: t('claims.withdraw'),
      onOk: () => withdrawing.mutateAsync().catch(() => undefined),
    });
  return (
    <Button loading={withdrawing.isPending} onClick={ask}>
      {t('claims.withdraw')}
    </Button>
  );
}

function EndDialog({ claim, onClose }: { claim: Claim; onClose: () => void }) {
  const { t } = useTranslation('performance');
  return (
    <FormDialog<{ endDate: string }>
      open
      danger
      title={t('claims.end')}
      initialValues={{ endDate: dayjs().format('YYYY-MM-DD') }}
      submitWords={t('claims.end')}
      onClose={onClose}
      submit={async ({ endDate }) => {
        await client.POST('/v1/claims/{claimId}:end', {
          params: { path: { claimId: claim.claimId } },
          body: { endDate, etag: claim.etag },
        });
        await claimsChanged();
      }}
    >
      <Typography.Paragraph type="secondary">{t('claims.endHint')}</Typography.Paragraph>
      <Form.Item name="endDate" label={t('claims.lastDay')} rules={[{ required: true, message: t('claims.fromNeeded') }]}>
        <DateField min={claim.startDate} allowClear={false} />
      </Form.Item>
    </FormDialog>
  );
}
