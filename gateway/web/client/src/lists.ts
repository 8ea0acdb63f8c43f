/** One page of a list, as the gateway answers it. */
export interface ListPage {
  nextPageToken: string;
}

/**
 * Every page of a list, one after the other, each asked for when it is wanted.
 *
 *     for await (const page of pages((pageToken) => client.GET('/v1/customers', { params: { query: { pageToken } } }))) …
 */
export async function* pages<Page extends ListPage>(ask: (pageToken: string) => Promise<{ data?: Page }>): AsyncGenerator<Page> {
  let pageToken = '';
  do {
    const { data } = await ask(pageToken);
    if (!data) return;
    yield data;
    pageToken = data.nextPageToken;
  } while (pageToken);
}
