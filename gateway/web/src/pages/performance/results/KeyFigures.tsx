import { ArrowDownOutlined, ArrowUpOutlined } from '@ant-design/icons';
import type { Schema } from '@rm-workbench/client';
import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { type Money, useFormats } from '../../../design/formats';
import { useNamed } from '../../../design/Named';
import { digitsOf, exactly, KEY_MEASURES, type Measure, moneyOf } from './measures';

type Line = Schema<'performance.v1.FigureLine'>;
type Comparison = Schema<'performance.v1.FigureComparison'>;

/** From here on an amount is shown in short; it is exact on hover. */
const LONG_AMOUNT = 1_000_000;

interface Props {
  line: Line | undefined;
  measure: Measure;
  onChoose: (measure: Measure) => void;
}

/** The figures at a glance, each against two earlier periods; the chosen one is shown over time and taken apart below. */
export function KeyFigures({ line, measure, onChoose }: Props) {
  const { t } = useTranslation('performance');
  return (
    <fieldset className="figures" aria-label={t('results.figures')}>
      {KEY_MEASURES.map((each) => (
        <FigureTile key={each} line={line} measure={each} chosen={each === measure} onChoose={() => onChoose(each)} />
      ))}
    </fieldset>
  );
}

function FigureTile(props: { line: Line | undefined; measure: Measure; chosen: boolean; onChoose: () => void }) {
  const { line, measure, chosen, onChoose } = props;
  const named = useNamed();
  const formats = useFormats();
  const money = moneyOf(line?.amounts, measure);
  return (
    <button type="button" className={chosen ? 'figure figure-chosen' : 'figure'} aria-pressed={chosen} onClick={onChoose}>
      <span className="figure-name">{named(measure)}</span>
      <Tooltip title={exactly(line?.amounts, measure, formats)}>
        <span className="figure-value amount">{glance(money, formats)}</span>
      </Tooltip>
      {(line?.comparisons ?? []).slice(0, 2).map((comparison) => (
        <Change key={comparison.kind} comparison={comparison} measure={measure} />
      ))}
    </button>
  );
}

function glance(money: Money | undefined, formats: ReturnType<typeof useFormats>): string {
  return Math.abs(Number(money?.amount ?? 0)) < LONG_AMOUNT ? formats.money(money) : formats.moneyShort(money);
}

function Change({ comparison, measure }: { comparison: Comparison; measure: Measure }) {
  const named = useNamed();
  const formats = useFormats();
  const change = Number(digitsOf(comparison.change, measure));
  const before = Number(digitsOf(comparison.amounts, measure));
  const money = moneyOf(comparison.change, measure);
  const rate = before > 0 ? formats.percent(change / before) : '';
  const className = change > 0 ? 'amount amount-rises' : change < 0 ? 'amount amount-falls' : 'amount';
  return (
    <span className="figure-change">
      <span className="figure-against">{named(comparison.kind)}</span>
      <Tooltip title={`${formats.date(comparison.startDate)} – ${formats.date(comparison.asOfDate)}`}>
        <span className={className}>
          {change > 0 && <ArrowUpOutlined aria-hidden />}
          {change < 0 && <ArrowDownOutlined aria-hidden />} {change > 0 ? '+' : ''}
          {rate || glance(money, formats)}
        </span>
      </Tooltip>
    </span>
  );
}
