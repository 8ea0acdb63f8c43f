import { useMutation } from '@tanstack/react-query';
import { App, Button, Card, Descriptions, Flex, Select } from 'antd';
import Markdown from 'markdown-to-jsx/react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { useAccess } from '../../access/access';
import { api, client } from '../../api/client';
import { useRefusalWords } from '../../api/refusals';
import { useFormats } from '../../design/formats';
import { Named, NamedTag } from '../../design/Named';
import { Page } from '../../design/Page';
import { useProductName } from '../../design/products';
import { Loaded } from '../../design/States';
import { useFilters } from '../../design/useFilters';
import { ReadTag } from './DocumentRow';
import { DOCUMENT_TONES, type Document, refreshDocuments } from './knowledge';
import { PublisherActions } from './PublisherActions';
import { QuizCard } from './QuizCard';
import { Readers } from './Readers';
import './knowledge.css';

/** One document: what it says, that one has read it, its quiz, and who has read it. */
export default function DocumentPage() {
  const { documentId = '' } = useParams();
  const [{ version }, change] = useFilters({ version: '0' });
  const params = { path: { documentId }, query: { version: Number(version) } };
  const document = api.useQuery('get', '/v1/documents/{documentId}', { params });
  return (
    <Loaded query={document} rows={12}>
      {(data) => <DocumentView document={data} onVersion={(chosen) => change({ version: chosen })} />}
    </Loaded>
  );
}

function DocumentView({ document, onVersion }: { document: Document; onVersion: (version: string) => void }) {
  const { may, leads } = useAccess();
  const publishes = may('activity.knowledge.publish');
  const published = document.state === 'DOCUMENT_STATE_PUBLISHED';
  return (
    <Page
      tab={document.title}
      title={
        <Flex gap={8} wrap align="center">
          {document.title}
          {!published && <NamedTag value={document.state} tone={DOCUMENT_TONES[document.state] ?? 'default'} />}
          <ReadTag document={document} />
        </Flex>
      }
      note={document.summary}
      actions={
        <>
          {publishes && <VersionSelect document={document} onChange={onVersion} />}
          {published && !document.readTime && <Acknowledge document={document} />}
          {publishes && <PublisherActions document={document} onVersion={onVersion} />}
        </>
      }
    >
      <div className="two-columns">
        <Flex vertical gap={16}>
          <Card>
            <article className="document-body">
              <Markdown options={{ disableParsingRawHTML: true, overrides: HEADINGS }}>{document.body}</Markdown>
            </article>
          </Card>
          {document.quiz && document.quiz.questions.length > 0 && <QuizCard document={document} quiz={document.quiz} />}
        </Flex>
        <Flex vertical gap={16}>
          <Facts document={document} />
          {published && leads && <Readers document={document} />}
        </Flex>
      </div>
    </Page>
  );
}

/** The page's own heading is the first; those of the text stand below it. */
const HEADINGS = { h1: 'h2', h2: 'h3', h3: 'h4', h4: 'h5' } as const;

function Acknowledge({ document }: { document: Document }) {
  const { t } = useTranslation('knowledge');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const { documentId, version } = document;
  const reading = useMutation({
    mutationFn: () =>
      client.POST('/v1/documents/{documentId}:acknowledge', { params: { path: { documentId } }, body: { version } }),
    onSuccess: () => {
      void message.success(t('acknowledged'));
      return refreshDocuments();
    },
    onError: (error) => message.error(words(error)),
  });
  return (
    <Button type="primary" loading={reading.isPending} onClick={() => reading.mutate()}>
      {t('acknowledge')}
    </Button>
  );
}

function VersionSelect({ document, onChange }: { document: Document; onChange: (version: string) => void }) {
  const { t } = useTranslation('knowledge');
  const path = { documentId: document.documentId };
  const versions = api.useQuery('get', '/v1/documents/{documentId}/versions', { params: { path } }).data?.versions ?? [];
  if (versions.length < 2) return null;
  return (
    <Select
      aria-label={t('version')}
      value={document.version}
      onChange={(version) => onChange(String(version))}
      popupMatchSelectWidth={false}
      options={versions.map((each) => ({
        value: each.version,
        label: (
          <>
            {t('versionOf', { version: each.version })} · <Named value={each.state} />
          </>
        ),
      }))}
    />
  );
}

function Facts({ document }: { document: Document }) {
  const { t } = useTranslation('knowledge');
  const formats = useFormats();
  const productName = useProductName();
  const products = document.topics?.productCodes ?? [];
  const items = [
    { key: 'kind', label: t('kind'), children: <Named value={document.kind} /> },
    { key: 'number', label: t('number'), children: document.documentNumber },
    { key: 'version', label: t('version'), children: t('versionOf', { version: document.version }) },
    {
      key: 'holds',
      label: t('holds'),
      children: document.endDate
        ? `${formats.date(document.startDate)} – ${formats.date(document.endDate)}`
        : t('since', { date: formats.date(document.startDate) }),
    },
    { key: 'readBy', label: t('readByLabel'), children: document.readByDate && formats.date(document.readByDate) },
    { key: 'readTime', label: t('readTime'), children: document.readTime && formats.instant(document.readTime) },
    { key: 'products', label: t('products'), children: products.map(productName).join(t('comma')) },
    { key: 'keywords', label: t('keywords'), children: document.keywords.join(t('comma')) },
    { key: 'location', label: t('location'), children: document.location && <Place location={document.location} /> },
  ];
  return (
    <Card title={t('facts')}>
      <Descriptions column={1} items={items.filter(({ children }) => children)} />
    </Card>
  );
}

function Place({ location }: { location: string }) {
  if (!/^https?:\/\//.test(location)) return <span className="said">{location}</span>;
  return (
    <a href={location} target="_blank" rel="noreferrer" className="said">
      {location}
    </a>
  );
}
