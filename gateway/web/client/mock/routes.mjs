// The routes of the contract: which operation answers at a path, whatever verb stands behind the last colon.

const REGEX_SIGNS = /[.*+?^$()|[\]\\]/g;

/** The routes of an OpenAPI document, those with more fixed text first. */
export function routesOf(document) {
  const routes = Object.entries(document.paths).map(([template, item]) => ({ template, pattern: patternOf(template), item }));
  const fixed = ({ template }) => template.replace(/\{\w+\}/g, '').length;
  return routes.sort((one, other) => fixed(other) - fixed(one));
}

/** The operations at a path by method, with the route's template; undefined where there are none. */
export function find(routes, path) {
  return routes.find(({ pattern }) => pattern.test(path));
}

function patternOf(template) {
  const source = template.replace(REGEX_SIGNS, '\\$&').replace(/\{\w+\}/g, '[^/:]+');
  return new RegExp(`^${source}$`);
}
