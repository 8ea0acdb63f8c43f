// Stages of opportunities, by which contacts are told apart.
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useAccess } from '../../access/access';
import { client } from '../../api/client';
import { useBilingual } from '../../design/bilingual';

/** The stages of all pipelines, by their codes; undefined where the pipelines cannot be read. */
export function useStages(): Map<string, string> | undefined {
  const { may } = useAccess();
  const { data } = useQuery({
    queryKey: ['/v1/pipelines', 'stages'],
    queryFn: async () => {
      const pipelines = (await client.GET('/v1/pipelines', { params: { query: { pageSize: 100 } } })).data?.pipelines ?? [];
      return new Map(pipelines.flatMap(({ stages }) => stages.map((stage) => [stage.stageCode, stage.displayName])));
    },
    enabled: may('activity.lead.read'),
    staleTime: 10 * 60_000,
  });
  return data;
}

/** What a stage is called, in the reader's language; its code where that is not known. */
export function useStageName(): (code: string) => string {
  const stages = useStages();
  const bilingual = useBilingual();
  return useCallback((code) => bilingual(stages?.get(code) ?? code), [stages, bilingual]);
}
