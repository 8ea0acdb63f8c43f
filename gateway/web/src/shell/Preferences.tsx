import { GlobalOutlined, MoonOutlined, SunOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { choose, useAppearance } from '../design/theme';
import { chooseLanguage } from '../words';

export function LanguageButton() {
  const { t, i18n } = useTranslation();
  const other = i18n.language === 'zh' ? 'en' : 'zh';
  return (
    <Button type="text" icon={<GlobalOutlined />} lang={other} onClick={() => void chooseLanguage(other)}>
      {t('shell.otherLanguage')}
    </Button>
  );
}

export function ThemeButton() {
  const { t } = useTranslation();
  const dark = useAppearance() === 'dark';
  const words = t(dark ? 'shell.light' : 'shell.dark');
  return (
    <Tooltip title={words}>
      <Button
        type="text"
        icon={dark ? <SunOutlined /> : <MoonOutlined />}
        aria-label={words}
        onClick={() => choose(dark ? 'light' : 'dark')}
      />
    </Tooltip>
  );
}
