import { CheckCircleOutlined, ExclamationCircleFilled } from '@ant-design/icons';
import { Flex, Tag, Typography } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormats } from '../../design/formats';
import { NamedTag, useNamed } from '../../design/Named';
import { DOCUMENT_TONES, piecesOf, type Summary } from './knowledge';

interface Props {
  document: Summary;
  /** The words that were looked for. */
  query?: string;
  /** Where they stand in the text. */
  snippet?: string;
}

/** A document as a line of a list: what it is called and says in short, and whether one has read it. */
export function DocumentRow({ document, query = '', snippet }: Props) {
  const { t } = useTranslation('knowledge');
  const formats = useFormats();
  const named = useNamed();
  return (
    <li className="document-row">
      <Flex gap={8} wrap align="center">
        <Link to={`/work/knowledge/${document.documentId}`} className="document-title">
          <Highlighted text={document.title} query={query} />
        </Link>
        {document.state !== 'DOCUMENT_STATE_PUBLISHED' && (
          <NamedTag value={document.state} tone={DOCUMENT_TONES[document.state] ?? 'default'} />
        )}
        {document.hasQuiz && <Tag>{t('withQuiz')}</Tag>}
        <ReadTag document={document} />
      </Flex>
      {document.summary && (
        <p className="said">
          <Highlighted text={document.summary} query={query} />
        </p>
      )}
      {snippet && (
        <p className="said document-snippet">
          <Highlighted text={snippet} query={query} />
        </p>
      )}
      <Typography.Text type="secondary">
        {[
          named(document.kind),
          document.documentNumber,
          document.startDate && t('since', { date: formats.date(document.startDate) }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </Typography.Text>
    </li>
  );
}

/** Read, or to be read by a day; nothing where nobody must. */
export function ReadTag({ document }: { document: Pick<Summary, 'readTime' | 'readByDate' | 'state'> }): ReactNode {
  const { t } = useTranslation('knowledge');
  const formats = useFormats();
  if (document.readTime) {
    return (
      <Tag icon={<CheckCircleOutlined />} color="success">
        {t('read')}
      </Tag>
    );
  }
  if (!document.readByDate || document.state !== 'DOCUMENT_STATE_PUBLISHED') return null;
  return (
    <Tag icon={<ExclamationCircleFilled />} color="warning">
      {t('readBy', { date: formats.date(document.readByDate) })}
    </Tag>
  );
}

function Highlighted({ text, query }: { text: string; query: string }) {
  return piecesOf(text, query).map((piece) =>
    piece.found ? <mark key={piece.at}>{piece.text}</mark> : <span key={piece.at}>{piece.text}</span>,
  );
}
