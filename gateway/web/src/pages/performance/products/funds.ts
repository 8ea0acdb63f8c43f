// How the price of funds is found, and a year divided, in words.
import { useTranslation } from 'react-i18next';
import { useNamed } from '../../../design/Named';
import type { Definition } from './products';
import { percentOf } from './rates';

type Said = Pick<Definition, 'ftpMethod' | 'ftpTenorDays' | 'fixedFtpRate'>;

/** The method in a few words, and what it means. */
export function useFundsWords(): { short: (said: Said) => string; whole: (said: Said) => string } {
  const { t } = useTranslation('products');
  const named = useNamed();
  return {
    short: ({ ftpMethod, ftpTenorDays, fixedFtpRate }) => {
      if (ftpMethod === 'FTP_METHOD_POOL') return t('funds.shortPool', { method: named(ftpMethod), days: ftpTenorDays });
      if (ftpMethod === 'FTP_METHOD_FIXED') return `${named(ftpMethod)} ${percentOf(fixedFtpRate)}%`;
      return named(ftpMethod);
    },
    whole: ({ ftpMethod, ftpTenorDays, fixedFtpRate }) =>
      t(`funds.${ftpMethod}`, { days: ftpTenorDays, rate: percentOf(fixedFtpRate) }),
  };
}
