import { useIsFetching } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

const CALM_MILLISECONDS = 300;
/** One question that hangs holds nothing up for longer. */
const LONGEST_MILLISECONDS = 5_000;

/** Whether the first page has what it asked for: what stands around it asks after that, since a browser asks few things at once. */
export function useCalm(): boolean {
  const asking = useIsFetching() > 0;
  const [calm, setCalm] = useState(false);
  useEffect(() => {
    if (asking || calm) return;
    const timer = setTimeout(() => setCalm(true), CALM_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [asking, calm]);
  useEffect(() => {
    const timer = setTimeout(() => setCalm(true), LONGEST_MILLISECONDS);
    return () => clearTimeout(timer);
  }, []);
  return calm;
}
