// Makes the types of the client from the OpenAPI document: `npm run generate`.
//
// The document has one schema per message, for what is sent and what is answered. The gateway prints every field of an answer
// but those with presence (messages, and what is marked `x-presence`), and ignores what is read-only in a request; so that
// each gets types of its own: `customer.v1.Customer` as it is answered, `customer.v1.Customer.Input` as it is sent.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import openapiTypescript, { astToString } from 'openapi-typescript';
import ts from 'typescript';

const DOCUMENT = new URL('../../openapi.json', import.meta.url);
const GENERATED = new URL('./src/generated/', import.meta.url);
const REFERENCE = '#/components/schemas/';
const INPUT = '.Input';
const BLOB = ts.factory.createTypeReferenceNode('Blob');

/** Files are sent and answered as they are. */
const fileAsBlob = (schema) => (schema.format === 'binary' ? BLOB : undefined);

/** A text that is a day or empty is a text: of the formats that it may have, the types say nothing. */
function withoutFormats(_key, value) {
  if (value?.type === 'string' && value.anyOf) return { ...value, anyOf: undefined };
  return value;
}

/** The schema with every reference led to the schemas of requests. */
function asInput(schema, named) {
  if (Array.isArray(schema)) return schema.map((each) => asInput(each, named));
  if (schema === null || typeof schema !== 'object') return schema;
  const copied = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === '$ref' && value.startsWith(REFERENCE)) {
      const name = value.slice(REFERENCE.length);
      named.add(name);
      copied.$ref = `${REFERENCE}${name}${INPUT}`;
    } else if (key === 'properties') {
      const sent = Object.entries(value).filter(([, property]) => !property.readOnly);
      copied.properties = asInput(Object.fromEntries(sent), named);
      if (schema.required) copied.required = schema.required.filter((name) => name in copied.properties);
    } else if (key !== 'required' || !schema.properties) {
      copied[key] = asInput(value, named);
    }
  }
  return copied;
}

/** The schema as it is answered: everything is there but what has presence. */
function asAnswer(schema, schemas) {
  if (!schema.properties) return schema;
  const isMessage = (property) =>
    property.format === 'date-time' ||
    (property.$ref
      ? schemas[property.$ref.slice(REFERENCE.length)].type === 'object'
      : property.type === 'object' && !property.additionalProperties);
  const required = Object.entries(schema.properties)
    .filter(([, property]) => !property['x-presence'] && !property.writeOnly && !isMessage(property))
    .map(([name]) => name);
  const kept = { ...schema, properties: {} };
  for (const [name, property] of Object.entries(schema.properties)) kept.properties[name] = { ...property, readOnly: undefined };
  return { ...kept, required };
}

function split(document) {
  const { schemas } = document.components;
  const inputs = {};
  const pending = new Set();
  for (const operation of operations(document)) {
    if (operation.requestBody) operation.requestBody = asInput(operation.requestBody, pending);
  }
  for (const name of pending) inputs[`${name}${INPUT}`] = asInput(schemas[name], pending);
  const answers = Object.entries(schemas).map(([name, schema]) => [
    name,
    name === 'Problem' ? schema : asAnswer(schema, schemas),
  ]);
  document.components.schemas = { ...Object.fromEntries(answers), ...inputs };
  for (const operation of operations(document)) {
    for (const answer of Object.values(operation.responses)) {
      for (const media of Object.values(answer.content ?? {})) media.schema = asAnswer(media.schema ?? {}, schemas);
    }
  }
  return document;
}

function operations(document) {
  return Object.values(document.paths).flatMap((item) =>
    Object.entries(item).flatMap(([method, operation]) => (method === 'parameters' ? [] : [operation])),
  );
}

function permissionsOf(document) {
  const named = new Set(operations(document).map((operation) => operation['x-permission']));
  return [...named].filter((name) => name.includes('.')).sort();
}

/** The routes that take an `Idempotency-Key`, as `POST /v1/contacts`. */
function keyedOf(document) {
  const takes = (operation) => operation.parameters?.some(({ name }) => name === 'Idempotency-Key');
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) => (takes(operation) ? [`${method.toUpperCase()} ${path}`] : [])),
  );
}

const document = split(JSON.parse(await readFile(DOCUMENT, 'utf8'), withoutFormats));
const permissions = permissionsOf(document).map((name) => `  | '${name}'`);
await mkdir(GENERATED, { recursive: true });
await writeFile(
  new URL('schema.ts', GENERATED),
  `// Made by generate.mjs; do not edit.\n${astToString(await openapiTypescript(document, { transform: fileAsBlob }))}`,
);
await writeFile(
  new URL('permissions.ts', GENERATED),
  `// Made by generate.mjs; do not edit.\n/** What a post may permit, as the routes ask for it. */\nexport type Permission =\n${permissions.join('\n')};\n`,
);
await writeFile(
  new URL('keyed.ts', GENERATED),
  `// Made by generate.mjs; do not edit.\n/** The routes on which a write may be repeated under one \`Idempotency-Key\`. */\nexport const KEYED: ReadonlySet<string> = new Set(${JSON.stringify(keyedOf(document))});\n`,
);
