// The words of what feeds report by stable names: datasets, checks, reasons.
import type { Schema } from '@rm-workbench/client';
import { useTranslation } from 'react-i18next';
import { NamedTag } from '../../../design/Named';

export type Feed = Schema<'integration.v1.Feed'>;
export type FeedRun = Schema<'integration.v1.FeedRun'>;
type Tone = 'success' | 'warning' | 'error' | 'processing' | 'default';

const RUN_TONES: Partial<Record<FeedRun['state'], Tone>> = {
  FEED_RUN_STATE_QUEUED: 'processing',
  FEED_RUN_STATE_RUNNING: 'processing',
  FEED_RUN_STATE_PUBLISHED: 'success',
  FEED_RUN_STATE_CHECKED: 'success',
  FEED_RUN_STATE_REFUSED: 'warning',
  FEED_RUN_STATE_FAILED: 'error',
};
const TIMELINESS_TONES: Partial<Record<Feed['timeliness'], Tone>> = {
  FEED_TIMELINESS_WAITING: 'processing',
  FEED_TIMELINESS_ARRIVED: 'success',
  FEED_TIMELINESS_LATE: 'error',
};

export const isBusy = (run: FeedRun | undefined) =>
  run?.state === 'FEED_RUN_STATE_QUEUED' || run?.state === 'FEED_RUN_STATE_RUNNING';

export const isBad = (run: FeedRun | undefined) =>
  run?.state === 'FEED_RUN_STATE_REFUSED' || run?.state === 'FEED_RUN_STATE_FAILED';

export function RunStateTag({ state }: { state: FeedRun['state'] }) {
  return <NamedTag value={state} tone={RUN_TONES[state] ?? 'default'} />;
}

export function TimelinessTag({ timeliness }: { timeliness: Feed['timeliness'] }) {
  return <NamedTag value={timeliness} tone={TIMELINESS_TONES[timeliness] ?? 'default'} />;
}

/** What a canonical dataset is called. */
export function DatasetName({ dataset }: { dataset: string }) {
  const { t } = useTranslation('administration');
  return <>{t(`datasetNames.${dataset}`, { defaultValue: dataset })}</>;
}

/** Why rows or files are not taken; the stable name where there are no words for it. */
export function FaultReason({ reason }: { reason: string }) {
  const { t } = useTranslation('administration');
  return <>{t(`faultReasons.${reason}`, { defaultValue: reason })}</>;
}

/** All reasons for which rows are not taken, in words. */
export function useFaultReasonChoices() {
  const { i18n } = useTranslation('administration');
  const words: Record<string, string> = i18n.getResource(i18n.language, 'administration', 'faultReasons');
  return Object.entries(words).map(([value, label]) => ({ value, label }));
}

/** What was checked, such as `reference unit_number`: the check in words, and on what. */
export function CheckName({ check }: { check: string }) {
  const { t } = useTranslation('administration');
  const [name = '', ...on] = check.split(' ');
  const words = t(`checks.${name}`, { defaultValue: name });
  return <>{on.length ? `${words} · ${on.join(' ')}` : words}</>;
}
