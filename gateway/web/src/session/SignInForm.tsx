import { LockOutlined, SafetyOutlined, UserOutlined } from '@ant-design/icons';
import { Refusal } from '@rm-workbench/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Button, Divider, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRefusalWords } from '../api/refusals';
import { type SignIn, signIn, singleSignOn } from './session';

type Step = 'password' | 'code' | 'new-password';

interface Props {
  login?: string | undefined;
  onSignedIn?: () => void;
}

/** Login and password; a code or a new password where they are asked for; the bank's single sign-ons. */
export function SignInForm({ login, onSignedIn }: Props) {
  const { t } = useTranslation();
  const [step, setStep] = useState<Step>('password');
  const [form] = Form.useForm<SignIn>();
  const providers = useQuery({ queryKey: ['single-sign-on'], queryFn: singleSignOn, staleTime: Number.POSITIVE_INFINITY });
  const signing = useMutation({
    mutationFn: signIn,
    onSuccess: onSignedIn,
    onError: (error) => {
      if (!(error instanceof Refusal)) return;
      if (error.reason === 'TOTP_REQUIRED') setStep('code');
      if (error.reason === 'PASSWORD_MUST_CHANGE') setStep('new-password');
      form.setFieldValue('totpCode', undefined);
    },
  });
  return (
    <>
      <SigningFailure error={signing.error} step={step} />
      <Form<SignIn>
        form={form}
        layout="vertical"
        size="large"
        requiredMark={false}
        initialValues={login ? { login } : {}}
        onFinish={(credentials) => signing.mutate(credentials)}
      >
        <Form.Item name="login" label={t('session.login')} rules={[{ required: true, message: t('session.loginNeeded') }]}>
          <Input prefix={<UserOutlined />} autoComplete="username" autoFocus={!login} maxLength={64} />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('session.password')}
          rules={[{ required: true, message: t('session.passwordNeeded') }]}
        >
          <Input.Password prefix={<LockOutlined />} autoComplete="current-password" autoFocus={Boolean(login)} maxLength={128} />
        </Form.Item>
        {step === 'code' && (
          <Form.Item
            name="totpCode"
            label={t('session.code')}
            rules={[{ required: true, pattern: /^\d{6}$/, message: t('session.codeNeeded') }]}
          >
            <Input prefix={<SafetyOutlined />} inputMode="numeric" autoComplete="one-time-code" autoFocus maxLength={6} />
          </Form.Item>
        )}
        {step === 'new-password' && (
          <Form.Item
            name="newPassword"
            label={t('session.newPassword')}
            rules={[{ required: true, min: 12, message: t('session.newPasswordNeeded') }]}
          >
            <Input.Password prefix={<LockOutlined />} autoComplete="new-password" autoFocus maxLength={128} />
          </Form.Item>
        )}
        <Button type="primary" htmlType="submit" block loading={signing.isPending}>
          {t('session.signIn')}
        </Button>
      </Form>
      {providers.data?.map((name) => (
        <div key={name}>
          <Divider plain>{t('session.or')}</Divider>
          <Button block size="large" href={`/v1/federation/${encodeURIComponent(name)}/start`}>
            {t('session.singleSignOn', { name })}
          </Button>
        </div>
      ))}
    </>
  );
}

function SigningFailure({ error, step }: { error: Error | null; step: Step }) {
  const { t } = useTranslation();
  const words = useRefusalWords();
  if (!error) return null;
  const asked = error instanceof Refusal && (error.reason === 'TOTP_REQUIRED' || error.reason === 'PASSWORD_MUST_CHANGE');
  if (asked)
    return (
      <Alert
        className="form-note"
        type="info"
        showIcon
        title={t(step === 'code' ? 'session.codeAsked' : 'session.newPasswordAsked')}
      />
    );
  return <Alert className="form-note" type="error" showIcon title={words(error)} />;
}
