#!/usr/bin/env node
// A gateway made of the contract alone, to work against before a service exists:
//
//     npx rm-workbench-mock --port 8090
//
// Every route answers its example. Bodies are checked as the gateway checks them (400 with violations), calls without a token
// are a 401, unknown addresses a 404. `Prefer: code=412` (RFC 7240) asks for that refusal instead, to see how a page takes it.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Checks, example, problem } from './answers.mjs';
import { find, routesOf } from './routes.mjs';

const BODY_BYTES_MAX = 4 * 1024 * 1024;
const CAPABILITIES = {
  version: 'mock',
  services: ['activity', 'analytics', 'customer', 'identity', 'integration', 'performance'].map((name) => ({
    name,
    placement: 'here',
    state: 'SERVING',
  })),
};
const CROSS_ORIGIN = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers':
    'Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, Prefer, X-Correlation-Id',
  'Access-Control-Allow-Methods': 'GET, POST, PATCH, PUT, DELETE',
  'Access-Control-Expose-Headers': 'ETag, Retry-After, X-Correlation-Id',
};

/** The server of a document, not yet listening. */
export function mockServer(document) {
  const routes = routesOf(document);
  const checks = new Checks(document);
  return createServer(async (request, response) => {
    const { status, body, contentType } = await answer(request, routes, checks);
    const content = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, {
      ...CROSS_ORIGIN,
      ...(contentType ? { 'Content-Type': contentType } : {}),
      'Cache-Control': 'no-store',
    });
    response.end(content);
  });
}

async function answer(request, routes, checks) {
  const { pathname } = new URL(request.url, 'http://mock');
  if (request.method === 'OPTIONS') return { status: 204 };
  if (pathname === '/v1/capabilities') return { status: 200, body: CAPABILITIES, contentType: 'application/json' };
  const route = find(routes, pathname);
  const operation = route?.item[request.method.toLowerCase()];
  if (!operation) return problem(404, 'There is nothing at this address; the contract tells what there is.');
  if (operation['x-permission'] !== 'open' && !request.headers.authorization) return problem(401, 'Sign in first.');
  const wished = /code=(\d{3})/.exec(request.headers.prefer ?? '');
  if (wished && Number(wished[1]) >= 400) return problem(Number(wished[1]), 'The refusal that was asked for.');
  const violations = await faults(request, operation, `${request.method} ${route.template}`, checks);
  return violations.length ? problem(400, 'The request does not fit.', violations) : example(operation);
}

async function faults(request, operation, place, checks) {
  if (!operation.requestBody?.content?.['application/json']) return [];
  const parts = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) return [{ field: '', description: `is larger than ${BODY_BYTES_MAX} bytes` }];
    parts.push(part);
  }
  try {
    return checks.violations(operation, place, JSON.parse(Buffer.concat(parts).toString() || '{}'));
  } catch (error) {
    if (error instanceof SyntaxError) return [{ field: '', description: 'is not valid JSON' }];
    throw error;
  }
}

async function main() {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '8090' }, contract: { type: 'string' } } });
  const packed = new URL('../openapi.json', import.meta.url);
  const here = new URL('../../../openapi.json', import.meta.url);
  const text = values.contract
    ? await readFile(values.contract, 'utf8')
    : await readFile(packed, 'utf8').catch(() => readFile(here, 'utf8'));
  const server = mockServer(JSON.parse(text));
  server.listen(Number(values.port), '127.0.0.1', () =>
    console.log(`The mock gateway answers at http://127.0.0.1:${server.address().port}`),
  );
}

await main();
