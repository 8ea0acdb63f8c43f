// Fields in which products are chosen.
import { Select, type SelectProps } from 'antd';
import { useCatalogue, useProductName } from './products';

const CODE = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$/;

/** Several products: of the catalogue, or by any code that the bank uses. */
export function ProductSelect(
  props: Omit<SelectProps<string[]>, 'mode' | 'options' | 'onChange'> & { onChange?: (codes: string[]) => void },
) {
  const catalogue = useCatalogue() ?? [];
  const name = useProductName();
  return (
    <Select<string[]>
      {...props}
      mode="tags"
      tokenSeparators={[',', ' ', '，']}
      showSearch={{ optionFilterProp: 'label' }}
      options={catalogue.map(({ productCode }) => ({ value: productCode, label: name(productCode) }))}
      onChange={(codes) => props.onChange?.(codes.filter((code) => CODE.test(code)))}
    />
  );
}

/** One product or none. */
export function OneProductSelect(props: Omit<SelectProps<string>, 'options'>) {
  const catalogue = useCatalogue() ?? [];
  const name = useProductName();
  return (
    <Select<string>
      {...props}
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      options={catalogue.map(({ productCode }) => ({ value: productCode, label: name(productCode) }))}
    />
  );
}
