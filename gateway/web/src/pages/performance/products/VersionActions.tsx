import { Button, Typography } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { FormDialog } from '../../../design/FormDialog';
import { ReasonDialog } from '../../../design/ReasonDialog';
import { useEffectWords } from './effect';
import { useVersionRights, type Version, versionsChanged } from './products';

const VersionForm = lazy(() => import('./VersionForm'));

const REASON_LENGTH_MAX = 1000;

type Dialog = 'edit' | 'submit' | 'publish' | 'reject' | 'withdraw';

interface Props {
  version: Version;
  /** In whose place it would be. */
  former: Version | undefined;
}

/** What the caller can do with the version; what he cannot is not there. */
export function VersionActions({ version, former }: Props) {
  const { t } = useTranslation('products');
  const rights = useVersionRights(version);
  const [dialog, setDialog] = useState<Dialog>();
  const close = () => setDialog(undefined);
  return (
    <>
      {rights.maySubmit && (
        <Button type="primary" onClick={() => setDialog('submit')}>
          {t('submit')}
        </Button>
      )}
      {rights.mayEdit && <Button onClick={() => setDialog('edit')}>{t('edit')}</Button>}
      {rights.mayDecide && (
        <Button type="primary" onClick={() => setDialog('publish')}>
          {t('publish')}
        </Button>
      )}
      {rights.mayDecide && (
        <Button danger onClick={() => setDialog('reject')}>
          {t('reject')}
        </Button>
      )}
      {rights.mayWithdraw && <Button onClick={() => setDialog('withdraw')}>{t('withdraw')}</Button>}
      {dialog === 'edit' && (
        <Suspense>
          <VersionForm version={version} onClose={close} />
        </Suspense>
      )}
      {dialog === 'submit' && <SubmitDialog version={version} former={former} onClose={close} />}
      {dialog === 'publish' && <PublishDialog version={version} former={former} onClose={close} />}
      {dialog === 'reject' && <RejectDialog version={version} onClose={close} />}
      {dialog === 'withdraw' && <WithdrawDialog version={version} onClose={close} />}
    </>
  );
}

interface DialogProps {
  version: Version;
  onClose: () => void;
}

const pathOf = ({ productVersionId }: Version) => ({ params: { path: { productVersionId } } });

function Effect({ version, former }: Props) {
  const effect = useEffectWords();
  return (
    <>
      {effect(version, former).map((sentence) => (
        <Typography.Paragraph key={sentence}>{sentence}</Typography.Paragraph>
      ))}
    </>
  );
}

function SubmitDialog({ version, former, onClose }: DialogProps & Props) {
  const { t } = useTranslation('products');
  return (
    <FormDialog<object>
      open
      title={t('submit')}
      submitWords={t('submit')}
      doneWords={t('submitted')}
      onClose={onClose}
      submit={async () => {
        await client.POST('/v1/productVersions/{productVersionId}:submit', { ...pathOf(version), body: { etag: version.etag } });
        await versionsChanged();
      }}
    >
      <Typography.Paragraph type="secondary">{t('submitHint')}</Typography.Paragraph>
      <Effect version={version} former={former} />
    </FormDialog>
  );
}

function PublishDialog({ version, former, onClose }: DialogProps & Props) {
  const { t } = useTranslation('products');
  return (
    <FormDialog<object>
      open
      title={t('publish')}
      submitWords={t('publish')}
      doneWords={t('published')}
      onClose={onClose}
      submit={async () => {
        await client.POST('/v1/productVersions/{productVersionId}:publish', { ...pathOf(version), body: { etag: version.etag } });
        await versionsChanged();
      }}
    >
      <Effect version={version} former={former} />
      <Typography.Paragraph type="secondary">{t('publishHint')}</Typography.Paragraph>
    </FormDialog>
  );
}

function RejectDialog({ version, onClose }: DialogProps) {
  const { t } = useTranslation('products');
  return (
    <ReasonDialog
      danger
      title={t('reject')}
      hint={t('rejectHint', { name: version.authorName })}
      okText={t('reject')}
      doneWords={t('rejected')}
      draftKey={`product-version:${version.productVersionId}:reject`}
      lengthMax={REASON_LENGTH_MAX}
      onClose={onClose}
      submit={async (decisionNote) => {
        await client.POST('/v1/productVersions/{productVersionId}:reject', {
          ...pathOf(version),
          body: { decisionNote, etag: version.etag },
        });
        await versionsChanged();
      }}
    />
  );
}

function WithdrawDialog({ version, onClose }: DialogProps) {
  const { t } = useTranslation('products');
  const published = version.state === 'PRODUCT_VERSION_STATE_PUBLISHED';
  return (
    <FormDialog<object>
      open
      danger
      title={t('withdraw')}
      submitWords={t('withdraw')}
      doneWords={t('withdrawn')}
      onClose={onClose}
      submit={async () => {
        await client.POST('/v1/productVersions/{productVersionId}:withdraw', {
          ...pathOf(version),
          body: { etag: version.etag },
        });
        await versionsChanged();
      }}
    >
      <Typography.Paragraph>{t(published ? 'withdrawPublishedHint' : 'withdrawHint')}</Typography.Paragraph>
    </FormDialog>
  );
}
