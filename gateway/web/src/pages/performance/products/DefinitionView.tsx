import { Empty, Flex, Tag, Typography } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Named, useNamed } from '../../../design/Named';
import { useFundsWords } from './funds';
import { ParameterTable } from './ParameterTable';
import { type Definition, type Source, useDatasetName, useEitherWords, useKindName } from './products';

/** What is measured of a product and how: in plain words, with the formulas themselves beside. */
export function DefinitionView({ definition }: { definition: Definition }) {
  const { t } = useTranslation('products');
  if (!definition.sources.length) {
    return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('endedHint')} />;
  }
  return (
    <Flex vertical gap={20}>
      {definition.sources.map((source) => (
        <SourceView key={source.dataset} source={source} />
      ))}
      <Terms definition={definition} />
      {definition.parameters.length > 0 && <ParameterTable parameters={definition.parameters} />}
    </Flex>
  );
}

function SourceView({ source }: { source: Source }) {
  const { t } = useTranslation('products');
  const datasetName = useDatasetName();
  const either = useEitherWords();
  return (
    <section aria-label={datasetName(source.dataset)}>
      <h3 className="product-subtitle">{t('measuredOn', { dataset: datasetName(source.dataset) })}</h3>
      <Typography.Paragraph type="secondary">
        <Selection source={source} />
      </Typography.Paragraph>
      <ul className="product-formulas">
        {source.formulas.map((formula) => (
          <li key={formula.measure}>
            <span className="product-measure">
              <strong>
                <Named value={formula.measure} />
              </strong>
              {formula.measure !== 'MEASURE_BALANCE' && <Tag>{t(formula.yearly ? 'formula.yearly' : 'formula.once')}</Tag>}
            </span>
            <span className="said">{either(formula.chineseWords, formula.englishWords)}</span>
            <code className="product-formula">{formula.formula}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Which rows of the dataset are the product's. */
function Selection({ source }: { source: Source }) {
  const { t } = useTranslation('products');
  const kindName = useKindName();
  const said = [
    source.productCodes.length > 0 && t('rows.codes', { codes: source.productCodes.join(t('comma')) }),
    source.kinds.length > 0 && t('rows.kinds', { kinds: source.kinds.map(kindName).join(t('comma')) }),
    source.remaining && t('rows.remaining'),
  ].filter(Boolean);
  return (
    <>
      {t('rows.are')}
      {said.join(t('semicolon'))}
    </>
  );
}

function Terms({ definition }: { definition: Definition }) {
  const { t } = useTranslation('products');
  const named = useNamed();
  const funds = useFundsWords();
  const basisOf = definition.currencyDayBases;
  const others = [...new Set(Object.values(basisOf))].map((basis) => {
    const currencies = Object.keys(basisOf).filter((currency) => basisOf[currency] === basis);
    return `${currencies.sort().join(t('comma'))} ${named(basis)}`;
  });
  return (
    <dl className="product-terms">
      <Term label={t('funds.label')}>{funds.whole(definition)}</Term>
      <Term label={t('dayBasis')}>
        {named(definition.dayBasis)}
        {others.length > 0 && t('otherBases', { bases: others.join(t('semicolon')) })}
      </Term>
      <Term label={t('coefficient')}>{definition.coefficient || '1'}</Term>
    </dl>
  );
}

function Term({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
