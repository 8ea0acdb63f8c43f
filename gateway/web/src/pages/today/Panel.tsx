import { Flex } from 'antd';
import { type ReactNode, useId } from 'react';
import { Text } from '../../design/Text';

interface Props {
  title: string;
  /** How many there are, where that is known. */
  count?: number | undefined;
  /** A line beside the title: as of when, of whom. */
  note?: ReactNode;
  /** What can be done with all of it. */
  extra?: ReactNode;
  /** Where it stands on a phone, where one thing comes below another. */
  place: number;
  children: ReactNode;
}

/** A part of the day: its heading, and what belongs to it. */
export function Panel({ title, count, note, extra, place, children }: Props) {
  const heading = useId();
  return (
    <section className={`day-panel day-panel-${place}`} aria-labelledby={heading}>
      <Flex align="baseline" justify="space-between" gap={12} className="day-panel-head">
        <Flex align="baseline" gap={8} wrap className="day-panel-heading">
          <h2 id={heading} className="day-panel-title">
            {title}
            {count ? <span className="day-panel-count">{count}</span> : null}
          </h2>
          {note && (
            <Text type="secondary" className="day-panel-note">
              {note}
            </Text>
          )}
        </Flex>
        {extra}
      </Flex>
      {children}
    </section>
  );
}

/** Nothing there, said in a line: a day has many parts, and an empty one needs no picture. */
export function Nothing({ words, action }: { words: ReactNode; action?: ReactNode }) {
  return (
    <Flex align="center" justify="space-between" gap={12} wrap className="day-panel-nothing">
      <Text type="secondary">{words}</Text>
      {action}
    </Flex>
  );
}
