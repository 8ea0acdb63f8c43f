// A document's draft as it stands in its form, and as it is sent.
import type { Document, DocumentKind } from './knowledge';

export const EDITED = 'title,summary,body,location,keywords,startDate,endDate,audiences,topics,readByDate,quiz';

export interface Values {
  kind: DocumentKind;
  documentNumber?: string;
  title: string;
  summary?: string;
  body?: string;
  location?: string;
  keywords?: string[];
  productCodes?: string[];
  startDate?: string;
  endDate?: string;
  readByDate?: string;
  audiences?: { role?: string; organisationUnitId?: string }[];
  quiz?: {
    passPercent?: number;
    attemptsMax?: number;
    /** Choices stand one to a line. */
    questions?: { text: string; choices: string; rightChoices: number[] }[];
  };
}

export const choicesOf = (lines: string | undefined) =>
  (lines ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

export function documentOf({ productCodes, quiz, audiences, ...values }: Values) {
  const questions = (quiz?.questions ?? []).map(({ text, choices, rightChoices }) => ({
    text,
    choices: choicesOf(choices),
    rightChoices,
  }));
  return {
    ...values,
    audiences: (audiences ?? []).map(({ role = '', organisationUnitId = '' }) => ({ role, organisationUnitId })),
    topics: { productCodes: productCodes ?? [] },
    ...(questions.length
      ? { quiz: { questions, passPercent: quiz?.passPercent ?? 80, attemptsMax: quiz?.attemptsMax ?? 0 } }
      : {}),
  };
}

export function valuesOf(document: Document): Values {
  const { title, summary, body, location, keywords, startDate, endDate, readByDate, audiences, topics, quiz } = document;
  return {
    kind: document.kind as DocumentKind,
    title,
    summary,
    body,
    location,
    keywords,
    startDate,
    endDate,
    readByDate,
    productCodes: topics?.productCodes ?? [],
    audiences: audiences.map(({ role, organisationUnitId }) => ({
      ...(role ? { role } : {}),
      ...(organisationUnitId ? { organisationUnitId } : {}),
    })),
    quiz: {
      passPercent: quiz?.passPercent ?? 80,
      attemptsMax: quiz?.attemptsMax ?? 0,
      questions: (quiz?.questions ?? []).map(({ text, choices, rightChoices }) => ({
        text,
        choices: choices.join('\n'),
        rightChoices,
      })),
    },
  };
}
