import { useMutation } from '@tanstack/react-query';
import { App, Button, Popconfirm } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { client } from '../../api/client';
import { useRefusalWords } from '../../api/refusals';
import { DocumentForm } from './DocumentForm';
import { type Document, refreshDocuments } from './knowledge';

/** What whoever publishes does: writes a draft, publishes it, throws it away, takes back what is published. */
export function PublisherActions({ document, onVersion }: { document: Document; onVersion: (version: string) => void }) {
  const { t } = useTranslation('knowledge');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const navigate = useNavigate();
  const [editing, setEditing] = useState(false);
  const { documentId, etag, version, state } = document;
  const sent = { params: { path: { documentId } }, body: { etag } };
  const onError = (error: unknown) => message.error(words(error));
  const done = (said: string) => {
    void message.success(said);
    return refreshDocuments();
  };
  const publishing = useMutation({
    mutationFn: () => client.POST('/v1/documents/{documentId}:publish', sent),
    onSuccess: () => done(t('published')),
    onError,
  });
  const withdrawing = useMutation({
    mutationFn: () => client.POST('/v1/documents/{documentId}:withdraw', sent),
    onSuccess: () => done(t('withdrawn')),
    onError,
  });
  const discarding = useMutation({
    mutationFn: () => client.POST('/v1/documents/{documentId}:discardDraft', sent),
    onSuccess: () => {
      // Of a document that was never published nothing is left to show.
      if (version === 1) navigate('/work/knowledge?all=yes');
      else onVersion('0');
      return done(t('discarded'));
    },
    onError,
  });
  const draft = state === 'DOCUMENT_STATE_DRAFT';
  const cancelText = t('workbench:action.cancel');
  return (
    <>
      {draft && (
        <Popconfirm title={t('publishAsked')} okText={t('publish')} cancelText={cancelText} onConfirm={() => publishing.mutate()}>
          <Button type="primary" loading={publishing.isPending}>
            {t('publish')}
          </Button>
        </Popconfirm>
      )}
      <Button onClick={() => setEditing(true)}>{t(draft ? 'workbench:action.edit' : 'newVersion')}</Button>
      {draft && (
        <Popconfirm title={t('discardAsked')} okText={t('discard')} cancelText={cancelText} onConfirm={() => discarding.mutate()}>
          <Button danger loading={discarding.isPending}>
            {t('discard')}
          </Button>
        </Popconfirm>
      )}
      {state === 'DOCUMENT_STATE_PUBLISHED' && (
        <Popconfirm
          title={t('withdrawAsked')}
          okText={t('withdraw')}
          cancelText={cancelText}
          onConfirm={() => withdrawing.mutate()}
        >
          <Button danger loading={withdrawing.isPending}>
            {t('withdraw')}
          </Button>
        </Popconfirm>
      )}
      <DocumentForm document={document} open={editing} onClose={() => setEditing(false)} onSaved={onVersion} />
    </>
  );
}
