import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';

/**
 * A page's filters, kept in the address: they survive a reload, and can be sent to a colleague.
 *
 * Every filter is a text; the default stands where the address says nothing, and is not written into it.
 */
export function useFilters<Filters extends Record<string, string>>(
  defaults: Filters,
): [Filters, (changed: Partial<Filters>) => void] {
  const [parameters, setParameters] = useSearchParams();
  const text = JSON.stringify(defaults);
  const filters = useMemo(() => {
    const known = JSON.parse(text) as Filters;
    return Object.fromEntries(Object.entries(known).map(([name, usual]) => [name, parameters.get(name) ?? usual])) as Filters;
  }, [parameters, text]);
  const change = useCallback(
    (changed: Partial<Filters>) => {
      const known = JSON.parse(text) as Filters;
      setParameters(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changed)) {
            if (!value || value === known[name]) next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: true },
      );
    },
    [setParameters, text],
  );
  return [filters, change];
}
