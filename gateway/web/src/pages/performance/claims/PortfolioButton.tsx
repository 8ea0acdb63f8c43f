import { useMutation } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';

/** Claims all customers that one leads and nobody has a part of, as long work. */
export function PortfolioButton() {
  const { t } = useTranslation('performance');
  const { me } = useAccess();
  const { message, modal } = App.useApp();
  const words = useRefusalWords();
  const claiming = useMutation({
    mutationFn: () => client.POST('/v1/claims:claimPortfolio', { body: {} }),
    onSuccess: () => {
      void message.success(t('claims.portfolioStarted'));
      return refresh('/v1/operations', '/v1/claims', '/v1/pool');
    },
    onError: (error) => void message.error(words(error)),
  });
  // Only those who look after customers have a portfolio.
  if (!me.posts.some((post) => post.scope === 'SCOPE_KIND_OWN')) return null;
  const ask = () =>
    void modal.confirm({
      title: t('claims.portfolio'),
      content: t('claims.portfolioHint'),
      okText: t('claims.portfolioOk'),
      onOk: () => claiming.mutateAsync().catch(() => undefined),
    });
  return (
    <Button loading={claiming.isPending} onClick={ask}>
      {t('claims.portfolio')}
    </Button>
  );
}
