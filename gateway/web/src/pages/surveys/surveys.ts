// Surveys, who is asked and what is answered, as the page asks for them.
import type { Schema } from '@rm-workbench/client';
import { useQuery } from '@tanstack/react-query';
import { client, refresh } from '../../api/client';

export type Survey = Schema<'activity.v1.Survey'>;
export type Template = Schema<'activity.v1.SurveyTemplate'>;
export type Question = Template['questions'][number];
export type Invitation = Schema<'activity.v1.SurveyInvitation'>;
export type Estimate = Schema<'activity.v1.SurveyEstimate'>;
export type InvitationState = Exclude<Invitation['state'], 'SURVEY_INVITATION_STATE_UNSPECIFIED'>;

export const INVITATION_STATES: InvitationState[] = [
  'SURVEY_INVITATION_STATE_OPEN',
  'SURVEY_INVITATION_STATE_ANSWERED',
  'SURVEY_INVITATION_STATE_DECLINED',
  'SURVEY_INVITATION_STATE_EXPIRED',
  'SURVEY_INVITATION_STATE_REVOKED',
];

export const refreshSurveys = () => refresh('/v1/survey', '/v1/customers', '/v1/operations');

export function useSurveys() {
  return useQuery({
    queryKey: ['/v1/surveys'],
    queryFn: async () => (await client.GET('/v1/surveys', { params: { query: { pageSize: 200 } } })).data?.surveys ?? [],
  });
}

export function useTemplates() {
  return useQuery({
    queryKey: ['/v1/surveyTemplates'],
    queryFn: async () =>
      (await client.GET('/v1/surveyTemplates', { params: { query: { pageSize: 200 } } })).data?.surveyTemplates ?? [],
  });
}

/** The template as it was when the invitation was made. */
export function useTemplateOf({ surveyTemplateId, templateVersion: version }: Invitation) {
  return useQuery({
    queryKey: ['/v1/surveyTemplates', surveyTemplateId, version],
    queryFn: async () =>
      (
        await client.GET('/v1/surveyTemplates/{surveyTemplateId}', {
          params: { path: { surveyTemplateId }, query: { version } },
        })
      ).data,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
