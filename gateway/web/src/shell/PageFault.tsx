import { WarningOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Notice } from '../design/Notice';

/** What is shown where a page itself fails: after a new version, its files have new names and a reload brings them. */
export function PageFault() {
  const { t } = useTranslation();
  return (
    <Notice
      icon={<WarningOutlined />}
      title={t('shell.fault')}
      words={t('shell.faultHint')}
      action={
        <Button type="primary" onClick={() => window.location.reload()}>
          {t('shell.reload')}
        </Button>
      }
    />
  );
}
