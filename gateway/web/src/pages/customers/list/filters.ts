// What the list of customers is asked: quick filters as they stand in the address, and the filter language in which they are kept.

export type ListFilters = {
  /** A part of the name or of its pinyin, or the beginning of the customer number. */
  q: string;
  /** Names of kinds, tiers and states, several with commas. */
  kind: string;
  tier: string;
  state: string;
  /** A person's id, or `me`. */
  lead: string;
  /** A unit's path. */
  unit: string;
  tag: string;
  /** A condition in the filter language, beyond the quick ones. */
  more: string;
  order: string;
};

export const NO_FILTERS: ListFilters = { q: '', kind: '', tier: '', state: '', lead: '', unit: '', tag: '', more: '', order: '' };

const ENUMS = [
  ['kind', 'CUSTOMER_KIND_'],
  ['tier', 'CUSTOMER_TIER_'],
  ['state', 'CUSTOMER_STATE_'],
] as const;
const TEXT = '"((?:\\\\.|[^"\\\\])*)"';
const SEARCHED = new RegExp(`^display_name:${TEXT} OR pinyin:${TEXT} OR customer_number = ${TEXT}$`);
const UNIT = new RegExp(`^organisation_path = ${TEXT}$`);
const TAG = new RegExp(`^tags:${TEXT}$`);
const LEAD = /^lead_person_id = (me\(\)|"[0-9a-f-]{36}")$/;

const quoted = (text: string) => `"${text.replace(/[\\"*]/g, (character) => `\\${character}`)}"`;
const plain = (text: string) => text.replace(/\\(.)/g, '$1');
export const listed = (names: string) => names.split(',').filter(Boolean);

/** The conditions as one text of the filter language; each a line of `AND`. `OR` binds tighter than `AND`. */
export function filterText(filters: ListFilters): string {
  const conditions: string[] = [];
  const typed = filters.q.trim();
  if (typed) {
    const number = `${quoted(typed).slice(0, -1)}*"`;
    conditions.push(`display_name:${quoted(typed)} OR pinyin:${quoted(typed.toLowerCase())} OR customer_number = ${number}`);
  }
  for (const [name, prefix] of ENUMS) {
    const values = listed(filters[name]);
    if (values.length) conditions.push(values.map((value) => `${name} = ${value.replace(prefix, '')}`).join(' OR '));
  }
  if (filters.lead) conditions.push(`lead_person_id = ${filters.lead === 'me' ? 'me()' : `"${filters.lead}"`}`);
  if (filters.unit) conditions.push(`organisation_path = "${filters.unit}*"`);
  if (filters.tag) conditions.push(`tags:${quoted(filters.tag)}`);
  if (filters.more.trim()) conditions.push(`(${filters.more.trim()})`);
  return conditions.join(' AND ');
}

/** The quick filters that a text stands for; what is beyond them, or all of it, as a condition of the filter language. */
export function readFilter(text: string): Omit<ListFilters, 'order'> {
  const read = { ...NO_FILTERS };
  if (!text.trim()) return read;
  const conditions = text.split(' AND ');
  for (const [place, condition] of conditions.entries()) {
    if (readCondition(condition, read)) continue;
    const rest = conditions.slice(place).join(' AND ');
    if (rest.startsWith('(') && rest.endsWith(')') && isWhole(rest)) return { ...read, more: rest.slice(1, -1) };
    return { ...NO_FILTERS, more: text };
  }
  return read;
}

function readCondition(condition: string, into: ListFilters): boolean {
  const searched = SEARCHED.exec(condition);
  const unit = UNIT.exec(condition);
  const tag = TAG.exec(condition);
  const lead = LEAD.exec(condition);
  if (searched) into.q = plain(searched[1] ?? '');
  else if (unit?.[1]?.endsWith('/*')) into.unit = unit[1].slice(0, -1);
  else if (tag) into.tag = plain(tag[1] ?? '');
  else if (lead) into.lead = lead[1] === 'me()' ? 'me' : (lead[1] ?? '').slice(1, -1);
  else return readEnum(condition, into);
  return true;
}

function readEnum(condition: string, into: ListFilters): boolean {
  for (const [name, prefix] of ENUMS) {
    const values = condition.split(' OR ').map((part) => new RegExp(`^${name} = ([A-Z_]+)$`).exec(part)?.[1]);
    if (!values.every(Boolean)) continue;
    into[name] = values.map((value) => prefix + value).join(',');
    return true;
  }
  return false;
}

/** Whether the first bracket is closed by the last character. */
function isWhole(text: string): boolean {
  let depth = 0;
  let within = '';
  for (let place = 0; place < text.length; place += 1) {
    const character = text[place] ?? '';
    if (character === '\\') place += 1;
    else if (within) within = character === within ? '' : within;
    else if (character === '"' || character === "'") within = character;
    else if (character === '(') depth += 1;
    else if (character === ')') {
      depth -= 1;
      if (depth === 0) return place === text.length - 1;
    }
  }
  return false;
}
