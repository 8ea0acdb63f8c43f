import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { client } from '../api/client';

/** The sentence of a kind of notification, in the person's language, as the service words it. */
export function useNotificationSentence(): (kind: string, parameters: Record<string, string>) => string {
  const { i18n } = useTranslation();
  const kinds = useQuery({
    queryKey: ['/v1/notificationKinds'],
    queryFn: async () => (await client.GET('/v1/notificationKinds')).data,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (kind, parameters) => {
    const known = kinds.data?.notificationKinds.find((each) => each.kind === kind);
    const sentence = (i18n.language === 'zh' ? known?.textZh : known?.textEn) ?? kind;
    return sentence.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? '');
  };
}
