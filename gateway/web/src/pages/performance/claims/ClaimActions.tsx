import { useMutation } from '@tanstack/react-query';
import { App, Button, Form, Input, Typography } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { FormDialog } from '../../../design/FormDialog';
import { DateField } from '../../../design/fields';
import { type Claim, claimsChanged, useClaimRights } from './claims';

type Dialog = 'approve' | 'reject' | 'end' | 'object';

/** What the caller can do with the claim; what he cannot is not there. */
export function ClaimActions({ claim }: { claim: Claim }) {
  const { t } = useTranslation('performance');
  const rights = useClaimRights(claim);
  const [dialog, setDialog] = useState<Dialog>();
  const close = () => setDialog(undefined);
  const path = { params: { path: { claimId: claim.claimId } } };
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
          title={t('claims.approve')}
          optional
          onClose={close}
          submit={(reason) => client.POST('/v1/claims/{claimId}:approve', { ...path, body: { reason, etag: claim.etag } })}
        />
      )}
      {dialog === 'reject' && (
        <ReasonDialog
          title={t('claims.reject')}
          danger
          onClose={close}
          submit={(reason) => client.POST('/v1/claims/{claimId}:reject', { ...path, body: { reason, etag: claim.etag } })}
        />
      )}
      {dialog === 'object' && (
        <ReasonDialog
          title={t('objections.raise')}
          hint={t('objections.raiseHint')}
          label={t('objections.evidence')}
          draftKey={`objection:${claim.claimId}`}
          onClose={close}
          submit={(evidence) => client.POST('/v1/objections', { body: { claimId: claim.claimId, evidence } })}
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

interface ReasonProps {
  title: string;
  submit: (reason: string) => Promise<unknown>;
  onClose: () => void;
  label?: string;
  hint?: string;
  optional?: boolean;
  danger?: boolean;
  draftKey?: string;
}

const REASON_LENGTH_MAX = 1000;

export function ReasonDialog(props: ReasonProps) {
  const { title, submit, onClose, hint, optional = false, danger = false, draftKey } = props;
  const { t } = useTranslation('performance');
  return (
    <FormDialog<{ reason: string }>
      open
      title={title}
      danger={danger}
      submitWords={title}
      onClose={onClose}
      {...(draftKey ? { draftKey } : {})}
      submit={async ({ reason }) => {
        await submit(reason ?? '');
        await claimsChanged();
      }}
    >
      {hint && <Typography.Paragraph type="secondary">{hint}</Typography.Paragraph>}
      <Form.Item
        name="reason"
        label={props.label ?? t('dialog.reason')}
        rules={optional ? [] : [{ required: true, whitespace: true, message: t('dialog.reasonNeeded') }]}
      >
        <Input.TextArea rows={4} maxLength={REASON_LENGTH_MAX} showCount />
      </Form.Item>
    </FormDialog>
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
