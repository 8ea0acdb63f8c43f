import { App, Radio } from 'antd';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { Named } from '../../../design/Named';
import type { SeriesPart } from './moves';

const PARTS: SeriesPart[] = ['SERIES_PART_THIS', 'SERIES_PART_THIS_AND_FOLLOWING', 'SERIES_PART_ALL'];

/** Asks how much of a series is meant; undefined where the person thinks better of it. */
export function useSeriesPart(): (title: string) => Promise<SeriesPart | undefined> {
  const { t } = useTranslation('schedule');
  const { modal } = App.useApp();
  return useCallback(
    (title) => {
      let part: SeriesPart = 'SERIES_PART_THIS';
      return new Promise((resolve) => {
        modal.confirm({
          title,
          icon: null,
          content: (
            <Radio.Group
              aria-label={t('series.part')}
              className="series-parts"
              defaultValue={part}
              onChange={({ target }) => {
                part = target.value as SeriesPart;
              }}
              options={PARTS.map((value) => ({ value, label: <Named value={value} /> }))}
            />
          ),
          onOk: () => resolve(part),
          onCancel: () => resolve(undefined),
        });
      });
    },
    [modal, t],
  );
}
