import type { Locale } from 'antd/es/locale';
import enUS from 'antd/es/locale/en_US';
import zhCN from 'antd/es/locale/zh_CN';
import { useTranslation } from 'react-i18next';

/** Ant Design's own words, in the person's language. */
export function useAntLocale(): Locale {
  return useTranslation().i18n.language === 'zh' ? zhCN : enUS;
}
