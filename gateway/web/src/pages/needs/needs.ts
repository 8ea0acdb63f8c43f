// Needs and complaints as the page asks for them.
import type { Schema } from '@rm-workbench/client';
import { useQuery } from '@tanstack/react-query';
import { client, refresh } from '../../api/client';
import { useBilingual } from '../../design/bilingual';

export type Feedback = Schema<'activity.v1.Feedback'>;
export type FeedbackKind = Feedback['kind'];
export type FeedbackState = Exclude<Feedback['state'], 'FEEDBACK_STATE_UNSPECIFIED'>;
export type Topic = Schema<'activity.v1.FeedbackTopic'>;

export const KINDS = [
  'FEEDBACK_KIND_NEED',
  'FEEDBACK_KIND_SUGGESTION',
  'FEEDBACK_KIND_OPINION',
  'FEEDBACK_KIND_COMPLAINT',
] as const satisfies FeedbackKind[];
export const SEVERITIES = ['FEEDBACK_SEVERITY_MINOR', 'FEEDBACK_SEVERITY_MAJOR', 'FEEDBACK_SEVERITY_CRITICAL'] as const;
export const STATES: FeedbackState[] = [
  'FEEDBACK_STATE_OPEN',
  'FEEDBACK_STATE_ANSWERED',
  'FEEDBACK_STATE_TOLD',
  'FEEDBACK_STATE_CLOSED',
];

export const refreshFeedback = () => refresh('/v1/feedback', '/v1/customers');

export function useCategories() {
  return useQuery({
    queryKey: ['/v1/feedbackCategories'],
    queryFn: async () => (await client.GET('/v1/feedbackCategories')).data?.categories ?? [],
    staleTime: 10 * 60_000,
  });
}

export function useCategoryName(): (id: string) => string {
  const categories = useCategories().data;
  const bilingual = useBilingual();
  return (id) => bilingual(categories?.find(({ feedbackCategoryId }) => feedbackCategoryId === id)?.displayName ?? id);
}

/** Categories under which something new may be put. */
export function useCategoryChoices() {
  const categories = useCategories().data ?? [];
  const bilingual = useBilingual();
  return categories
    .filter(({ retired }) => !retired)
    .map(({ feedbackCategoryId, displayName }) => ({ value: feedbackCategoryId, label: bilingual(displayName) }));
}

export function useTopics() {
  return useQuery({
    queryKey: ['/v1/feedbackTopics'],
    queryFn: async () =>
      (await client.GET('/v1/feedbackTopics', { params: { query: { pageSize: 1000 } } })).data?.feedbackTopics ?? [],
    staleTime: 60_000,
  });
}
