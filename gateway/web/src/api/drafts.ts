// What somebody types is kept in the tab until it is sent: a reload or a closed form loses nothing. Signing out clears it.
import type { FormInstance } from 'antd';
import { useCallback, useEffect, useState } from 'react';

const PREFIX = 'draft:';

export interface Draft {
  /** Give it to the form: `onValuesChange={draft.keep}`. */
  keep: () => void;
  /** The content was sent, or thrown away. */
  drop: () => void;
  /** Whether the form was filled from what was typed before. */
  restored: boolean;
}

/** Keeps a form's values under the key, and fills the form with what was kept. Values must survive JSON. */
export function useDraft<Values extends object>(key: string, form: FormInstance<Values>): Draft {
  const [restored, setRestored] = useState(false);
  useEffect(() => {
    const kept = sessionStorage.getItem(PREFIX + key);
    if (!kept) return;
    form.setFieldsValue(JSON.parse(kept));
    setRestored(true);
  }, [key, form]);
  const keep = useCallback(() => sessionStorage.setItem(PREFIX + key, JSON.stringify(form.getFieldsValue(true))), [key, form]);
  const drop = useCallback(() => {
    sessionStorage.removeItem(PREFIX + key);
    setRestored(false);
  }, [key]);
  return { keep, drop, restored };
}
