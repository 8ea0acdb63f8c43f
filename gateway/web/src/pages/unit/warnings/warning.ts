import type { Schema } from '@rm-workbench/client';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';

export type Warning = Schema<'analytics.v1.Warning'>;
export type Overview = Schema<'analytics.v1.WarningsOverview'>;

/** What a sign is called, by its rule's code. */
export function useSignalName(): (code: string) => string {
  const { i18n } = useTranslation();
  const { may } = useAccess();
  const rules = api.useQuery(
    'get',
    '/v1/signalRules',
    { params: { query: { pageSize: 1000 } } },
    { enabled: may('analytics.signal.read'), staleTime: 10 * 60_000 },
  );
  return (code) => {
    const definition = rules.data?.signalRules.find((rule) => rule.ruleCode === code)?.definition;
    return (i18n.language === 'zh' ? definition?.chineseName : definition?.englishName) || code;
  };
}
