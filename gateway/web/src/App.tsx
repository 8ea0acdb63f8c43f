import { QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp, ConfigProvider } from 'antd';
import { BrowserRouter } from 'react-router';
import { queries } from './api/client';
import { useAntLocale } from './design/locale';
import { styleNonce } from './design/styleNonce';
import { useDesign } from './design/theme';
import { FOLDER, Routes } from './routes';
import { SessionProvider } from './session/SessionProvider';

export function App() {
  const { theme } = useDesign();
  const locale = useAntLocale();
  return (
    <ConfigProvider theme={theme} locale={locale} csp={{ nonce: styleNonce }} button={{ autoInsertSpace: false }}>
      <AntApp className="page">
        <QueryClientProvider client={queries}>
          <SessionProvider>
            <BrowserRouter basename={FOLDER}>
              <Routes />
            </BrowserRouter>
          </SessionProvider>
        </QueryClientProvider>
      </AntApp>
    </ConfigProvider>
  );
}
