import { CloseCircleFilled, SearchOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { client } from '../api/client';
import { Named } from '../design/Named';
import { Text } from '../design/Text';
import { useDebounced } from '../design/useDebounced';

const SHOWN = 8;

/**
 * Finds a customer by name, pinyin, number or telephone number from anywhere.
 *
 * A plain field with a list: Ant Design's brings a quarter of a first screen with it.
 */
export function CustomerSearch() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const { query, hits, asking } = useFound(typed);
  const type = (words: string) => {
    setTyped(words);
    setOpen(true);
    setAt(0);
  };
  const choose = (customerId: string) => {
    type('');
    void navigate(`/customers/${customerId}`);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Keys of somebody who writes Chinese choose characters.
    if (event.nativeEvent.isComposing) return;
    const hit = hits[at];
    if (event.key === 'ArrowDown') setAt(Math.min(at + 1, hits.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
    else if (event.key === 'Enter' && open && hit) choose(hit.customer.customerId);
    else if (event.key === 'Escape') open && query ? setOpen(false) : type('');
    else return;
    event.preventDefault();
  };
  const listed = open && hits.length > 0;
  return (
    <div className="customer-search">
      <SearchOutlined aria-hidden />
      <input
        ref={field}
        role="combobox"
        aria-label={t('shell.search')}
        aria-autocomplete="list"
        aria-expanded={listed}
        aria-controls={listed ? id : undefined}
        aria-activedescendant={listed ? `${id}${at}` : undefined}
        placeholder={t('shell.search')}
        autoComplete="off"
        maxLength={100}
        value={typed}
        onChange={({ target }) => type(target.value)}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {typed && (
        <button
          type="button"
          className="customer-search-clear"
          aria-label={t('action.clear')}
          onClick={() => {
            type('');
            field.current?.focus();
          }}
        >
          <CloseCircleFilled aria-hidden />
        </button>
      )}
      {listed && (
        <div role="listbox" id={id} aria-label={t('shell.search')} className="customer-search-list">
          {hits.map(({ customer, match }, index) => (
            // The field keeps the focus, and its keys choose.
            <button
              key={customer.customerId}
              type="button"
              role="option"
              id={`${id}${index}`}
              tabIndex={-1}
              aria-selected={index === at}
              onMouseEnter={() => setAt(index)}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(customer.customerId)}
            >
              <span>
                {customer.displayName} <Text type="secondary">{customer.customerNumber}</Text>
              </span>
              <Text type="secondary">
                <Named value={match} />
              </Text>
            </button>
          ))}
        </div>
      )}
      {open && query && !asking && hits.length === 0 && (
        <p role="status" className="customer-search-list">
          {t('state.nothingFound')}
        </p>
      )}
    </div>
  );
}

/** The customers that what was typed finds, once it rests for a moment. */
function useFound(typed: string) {
  const query = useDebounced(typed.trim(), 180);
  const found = useQuery({
    queryKey: ['/v1/customers:search', query],
    queryFn: async ({ signal }) =>
      (await client.POST('/v1/customers:search', { body: { query, pageSize: SHOWN }, signal })).data?.hits ?? [],
    enabled: query.length > 0,
  });
  const hits = (found.data ?? []).flatMap(({ customer, match }) => (customer ? [{ customer, match }] : []));
  return { query, hits: typed.trim() ? hits : [], asking: found.isFetching };
}
