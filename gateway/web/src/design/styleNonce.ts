// Style elements that the page's own scripts make carry the mark which the content security policy asks for; libraries forget it
// in places (measuring a scroll bar).
const nonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? '';

const create = document.createElement.bind(document) as (tag: string, options?: ElementCreationOptions) => HTMLElement;

document.createElement = ((tag: string, options?: ElementCreationOptions) => {
  const element = create(tag, options);
  if (tag.toLowerCase() === 'style') element.nonce = nonce;
  return element;
}) as typeof document.createElement;

export const styleNonce = nonce;
