import { Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../../design/formats';
import { SERIES, useAppearance } from '../../../design/theme';
import { WHOLE_BASIS_POINTS } from './claims';

interface Part {
  personId: string;
  personName: string;
  basisPoints: number;
}

/** Who has how much of the whole, as one bar; what is left is the pool's. */
export function SharesBar({ parts }: { parts: readonly Part[] }) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const colours = SERIES[useAppearance()];
  const left = WHOLE_BASIS_POINTS - parts.reduce((sum, part) => sum + part.basisPoints, 0);
  return (
    <Flex vertical gap={8} className="shares">
      <div className="shares-bar" aria-hidden>
        {parts.map((part, place) => (
          <span
            key={`${part.personId}-${part.basisPoints}`}
            style={{ flexGrow: part.basisPoints, background: colours[place % colours.length] }}
          />
        ))}
        {left > 0 && <span className="shares-left" style={{ flexGrow: left }} />}
      </div>
      <Flex wrap gap="4px 20px">
        {parts.map((part, place) => (
          <span key={`${part.personId}-${part.basisPoints}`} className="performance-share-name">
            <i style={{ background: colours[place % colours.length] }} aria-hidden />
            {part.personName || t('deals.somebody')} <strong className="amount">{formats.basisPoints(part.basisPoints)}</strong>
          </span>
        ))}
        {left > 0 && (
          <span className="performance-share-name">
            <i className="shares-left" aria-hidden />
            {t('claims.pool')} <strong className="amount">{formats.basisPoints(left)}</strong>
          </span>
        )}
      </Flex>
    </Flex>
  );
}
