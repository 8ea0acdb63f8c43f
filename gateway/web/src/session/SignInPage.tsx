import { Card, Flex, Typography } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { LanguageButton, ThemeButton } from '../shell/Preferences';
import { SignInForm } from './SignInForm';
import { signIn } from './session';

export default function SignInPage() {
  const { t } = useTranslation();
  useEffect(() => {
    // A single sign-on hands its tokens over in the fragment; they do not stay in the address.
    const refreshToken = new URLSearchParams(window.location.hash.slice(1)).get('refreshToken');
    if (!refreshToken) return;
    window.history.replaceState(null, '', window.location.pathname);
    void signIn({ refreshToken }).catch(() => undefined);
  }, []);
  return (
    <main className="sign-in">
      <Card className="sign-in-card">
        <Flex align="center" gap={12} className="sign-in-head">
          <img src="/app/icon.svg" alt="" width={40} height={40} />
          <div>
            <Typography.Title level={1} className="sign-in-title">
              {t('product')}
            </Typography.Title>
            <Typography.Text type="secondary">{t('session.tagline')}</Typography.Text>
          </div>
        </Flex>
        <SignInForm />
        <Flex justify="center" gap={8} className="sign-in-foot">
          <LanguageButton />
          <ThemeButton />
        </Flex>
      </Card>
    </main>
  );
}
