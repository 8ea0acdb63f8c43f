import { useTranslation } from 'react-i18next';
import { Amount } from '../../../design/Amount';
import { useNamed } from '../../../design/Named';
import { Tiles } from '../Tiles';
import { amountOf, type Comparison, comparisonOf, type Figures, type Measure } from './figures';

const SHOWN: Measure[] = [
  'FIGURE_MEASURE_CONTRIBUTION',
  'FIGURE_MEASURE_AVERAGE_BALANCE',
  'FIGURE_MEASURE_BALANCE',
  'FIGURE_MEASURE_INCREMENT',
  'FIGURE_MEASURE_FTP_PROFIT',
  'FIGURE_MEASURE_UNIT_PRICE',
];

/** The measures that matter most, each with what has changed. */
export function ResultTiles({ figures, against }: { figures: Figures | undefined; against: Comparison }) {
  const { t } = useTranslation('unit');
  const named = useNamed();
  const comparison = comparisonOf(figures?.total, against);
  const tiles = SHOWN.map((measure) => ({
    key: measure,
    label: named(measure),
    value: figures && <Amount money={amountOf(figures.total?.amounts, measure)} />,
    note: comparison ? (
      <>
        {named(against)} <Amount signed money={amountOf(comparison.change, measure)} />
      </>
    ) : (
      figures && t('results.nothingBefore')
    ),
  }));
  return <Tiles label={t('results.figures')} tiles={tiles} />;
}
