// Where the page shows what a resource's name stands for, such as `tasks/0198…`.
const PLACES: Record<string, (id: string) => string> = {
  customers: (id) => `/customers/${id}`,
};

/** The address of a resource within the page; undefined where the page has none for its kind. */
export function addressOf(resource: string): string | undefined {
  const [kind = '', id = ''] = resource.split('/');
  return PLACES[kind]?.(id);
}
