// What the mock server answers: the contract's own examples, after the checks that the gateway makes of every request.
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const STATUS_REASONS = {
  400: 'REQUEST_INVALID',
  401: 'NOT_SIGNED_IN',
  403: 'PERMISSION_DENIED',
  404: 'EXAMPLE_NOT_FOUND',
  409: 'STATE_INVALID',
  412: 'CONCURRENT_CHANGE',
  429: 'RATE_LIMIT_REACHED',
  503: 'SERVICE_UNAVAILABLE',
};

/** Checks bodies against the schemas of the document; each is compiled when it is first sent. */
export class Checks {
  #ajv;
  #compiled = new Map();

  constructor(document) {
    this.#ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
    addFormats(this.#ajv);
    this.#ajv.addSchema({ ...document, $id: 'contract' });
  }

  /** The violations of a body, by field; none where it fits. */
  violations(operation, place, body) {
    const schema = operation.requestBody?.content?.['application/json']?.schema;
    if (!schema) return [];
    let check = this.#compiled.get(place);
    if (!check) {
      check = this.#ajv.compile(rooted(schema));
      this.#compiled.set(place, check);
    }
    if (check(body)) return [];
    return check.errors.map((error) => ({ field: fieldOf(error), description: error.message ?? 'does not fit' }));
  }
}

/** A problem document as the gateway writes them. */
export function problem(status, detail, violations = []) {
  const reason = STATUS_REASONS[status] ?? 'REFUSED';
  const title = reason.charAt(0) + reason.slice(1).toLowerCase().replaceAll('_', ' ');
  const type = `urn:workbench:problem:${reason}`;
  return {
    status,
    body: { type, title, status, detail, reason, correlationId: 'mock', violations, metadata: {} },
    contentType: 'application/problem+json',
  };
}

/** The example with which an operation succeeds. */
export function example(operation) {
  const [status, answer] = Object.entries(operation.responses).find(([code]) => code.startsWith('2')) ?? ['204', {}];
  const [contentType, media] = Object.entries(answer.content ?? {})[0] ?? [];
  if (contentType === 'text/event-stream') return { status: 200, body: ': \n\nevent: end\ndata: {}\n\n', contentType };
  return { status: Number(status), body: media?.example ?? (contentType ? {} : undefined), contentType };
}

/** References of a schema led to the registered document. */
function rooted(schema) {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"contract#/components/'));
}

function fieldOf({ instancePath, params }) {
  const name = params?.missingProperty ?? params?.additionalProperty ?? '';
  return [...instancePath.split('/').filter(Boolean), name].filter(Boolean).join('.');
}
