import { Button, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRefusalWords } from '../../../api/refusals';
import { type FaultPlace, placeOf } from './faultPlace';
import { useEitherWords } from './products';
import type { FormulaChecking } from './useFormulaCheck';

interface Props {
  id: string;
  check: FormulaChecking;
  /** Shows a part of the formula where it is typed. */
  onShow: (from: number, to: number) => void;
}

/** What the formula means, or what is wrong with it and where. */
export function FormulaCheck({ id, check, onShow }: Props) {
  const { t } = useTranslation('products');
  const either = useEitherWords();
  const refusal = useRefusalWords();
  const { answer, question, error, pending } = check;
  return (
    <div id={id} className="product-check" aria-live="polite" aria-busy={pending}>
      {!answer && !error && (
        <Typography.Text type="secondary">{t(pending ? 'formula.checking' : 'formula.hint')}</Typography.Text>
      )}
      {Boolean(error) && <Typography.Text type="danger">{refusal(error)}</Typography.Text>}
      {!error && answer?.fault && <Fault fault={answer.fault} formula={question?.formula ?? ''} onShow={onShow} />}
      {!error && answer && !answer.fault && (
        <Typography.Text type="success">
          {'✓ '}
          {either(answer.chineseWords, answer.englishWords)}
          <Typography.Text type="secondary">
            {' · '}
            {t(answer.yearly ? 'formula.yearlyHint' : 'formula.onceHint')}
          </Typography.Text>
        </Typography.Text>
      )}
    </div>
  );
}

type FormulaFault = NonNullable<NonNullable<FormulaChecking['answer']>['fault']>;

function Fault({ fault, formula, onShow }: { fault: FormulaFault; formula: string; onShow: Props['onShow'] }) {
  const { t } = useTranslation('products');
  const faultWords = useFaultWords();
  const place = placeOf(formula, fault.line, fault.column);
  return (
    <>
      <Line place={place} />
      <Typography.Text type="danger">
        {t('formula.at', { line: fault.line, column: fault.column })}
        {faultWords(fault)}
      </Typography.Text>{' '}
      <Button
        type="link"
        size="small"
        className="product-show"
        onClick={() => onShow(place.offset, place.offset + place.own.length)}
      >
        {t('formula.show')}
      </Button>
    </>
  );
}

/** The line of the formula, with the place marked; where it ends too early a gap is marked. */
function Line({ place }: { place: FaultPlace }) {
  return (
    <code className="product-fault">
      {place.before}
      <mark>{place.own || '\u2007'}</mark>
      {place.after}
    </code>
  );
}

/** Services say it in English; the Chinese stands among the refusals, by reason. */
function useFaultWords(): (fault: FormulaFault) => string {
  const { t, i18n } = useTranslation('reasons');
  return ({ reason, problem, advice }) => {
    const said = `${problem} ${advice}`;
    return i18n.language === 'zh' ? t(reason, { defaultValue: said }) : said;
  };
}
