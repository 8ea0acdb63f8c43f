// Documents of the knowledge base as the page asks for them.
import type { Schema } from '@rm-workbench/client';
import { refresh } from '../../api/client';

export type Document = Schema<'activity.v1.Document'>;
export type Summary = Schema<'activity.v1.DocumentSummary'>;
export type DocumentKind = Exclude<Summary['kind'], 'DOCUMENT_KIND_UNSPECIFIED'>;
export type Attempt = Schema<'activity.v1.QuizAttempt'>;

export const KINDS: DocumentKind[] = [
  'DOCUMENT_KIND_CASE',
  'DOCUMENT_KIND_MACRO_POLICY',
  'DOCUMENT_KIND_MARKETING',
  'DOCUMENT_KIND_TRAINING',
  'DOCUMENT_KIND_SOLUTION',
  'DOCUMENT_KIND_PROCESS',
  'DOCUMENT_KIND_BANK_POLICY',
  'DOCUMENT_KIND_REGULATION',
];
export const DOCUMENT_TONES: Record<string, 'success' | 'warning' | 'default'> = {
  DOCUMENT_STATE_DRAFT: 'warning',
  DOCUMENT_STATE_PUBLISHED: 'success',
};

export const refreshDocuments = () => refresh('/v1/documents');

/** Where words of the query stand in a text: pieces, each with its place and whether it is one of them. */
export function piecesOf(text: string, query: string): { text: string; found: boolean; at: number }[] {
  const words = query
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  if (words.length === 0) return [{ text, found: false, at: 0 }];
  const parts = text.split(new RegExp(`(${words.join('|')})`, 'gi'));
  let at = 0;
  return parts.flatMap((part, place) => {
    const piece = { text: part, found: place % 2 === 1, at };
    at += part.length;
    return part ? [piece] : [];
  });
}
