import { Tag } from 'antd';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

/** The words of an enumeration's value, such as `CONTACT_KIND_VISIT`: 拜访, Visit. Nothing for what is not said. */
export function useNamed(): (value: string | undefined) => string {
  const { t } = useTranslation('named');
  return useCallback((value) => (!value || value.endsWith('_UNSPECIFIED') ? '' : t(value, { defaultValue: value })), [t]);
}

export function Named({ value }: { value: string | undefined }) {
  return <>{useNamed()(value)}</>;
}

type Tone = 'success' | 'warning' | 'error' | 'processing' | 'default';

/** A state as a tag; the tone is the caller's, the words are the enumeration's. */
export function NamedTag({ value, tone = 'default' }: { value: string | undefined; tone?: Tone }) {
  const words = useNamed()(value);
  return words ? <Tag color={tone}>{words}</Tag> : null;
}

/** The choices of a select field for an enumeration's values. */
export function useNamedChoices(): <Value extends string>(values: readonly Value[]) => { value: Value; label: string }[] {
  const named = useNamed();
  return useCallback((values) => values.map((value) => ({ value, label: named(value) })), [named]);
}
