import { textAt, valueAt } from '@groundwork/contract';
import type { OpenApiDocument } from '@groundwork/kit/openapi';
import { type Field, fieldsOf } from './fields.ts';
import { type Html, html, prose } from './html.ts';
import { page } from './page.ts';

type Described = OpenApiDocument['paths'][string][string];

/** The page of an OpenAPI document: each operation with its parameters, its body, its responses, and their examples. */
export function referencePage(document: OpenApiDocument) {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ title: `${method.toUpperCase()} ${path}`, operation })),
  );
  const links = operations.map(
    ({ title, operation }) =>
      html`<li><a href="#${operation.operationId}"><code>${title}</code></a> ${prose(operation.summary)}</li>
`,
  );
  return page(
    `${document.info.title} API`,
    html`<p>${document.info.description ?? ''}</p>
<p>For programs: <a href="/openapi.json">OpenAPI</a> for the operations, <a href="/asyncapi.json">AsyncAPI</a> for the
events. Errors: <a href="/problems">problems</a>.</p>
<nav aria-label="Operations"><ul>
${links}</ul></nav>
${operations.map(({ title, operation }) => section(title, operation, document))}`,
  );
}

function section(title: string, operation: Described, document: OpenApiDocument): Html {
  const { operationId, summary, security, parameters = [], requestBody, responses } = operation;
  const body = requestBody?.content['application/json'];
  return html`<section aria-labelledby="${operationId}">
<h2 id="${operationId}"><code>${title}</code></h2>
<p>${prose(summary)}. ${security.length > 0 ? 'Requires an access token.' : 'Requires no access token.'}</p>
${parameters.length === 0 ? '' : table(title, 'Parameters', parameters.map(parameterRow))}
${body === undefined ? '' : html`${fields(title, 'Request body', body.schema)}${example('Example of a request', body.example)}`}
${Object.entries(responses).map(([status, response]) => answer(title, status, response, document))}
</section>
`;
}

/** Parameters are a table of fields too; their place is part of their type. */
function parameterRow({ name, in: place, required, schema }: NonNullable<Described['parameters']>[number]) {
  const [field] = fieldsOf(schema, name, required);
  return { ...field, name, required, type: `${place}: ${field?.type}`, description: field?.description ?? '' };
}

function answer(title: string, status: string, response: unknown, { components }: OpenApiDocument): Html {
  const name = textAt(response, '$ref')?.split('/').at(-1);
  const resolved = name === undefined ? response : valueAt(components.responses, name);
  // What all operations answer alike is shown once, with the problems.
  const contents = name === undefined ? Object.entries(Object(valueAt(response, 'content')) as object) : [];
  return html`<h3>${status === 'default' ? 'Other errors' : status}: ${textAt(resolved, 'description') ?? ''}</h3>
${contents.map(([type, content]) => {
  const schema = valueAt(content, 'schema');
  const shown = type === 'application/json' ? fields(`${title}, ${status}`, 'Response', schema) : html``;
  return html`${shown}${example(`Example, ${type}`, valueAt(content, 'example'))}`;
})}${name === undefined ? '' : html`<p>A <a href="/problems">problem</a>.</p>`}`;
}

function fields(of: string, caption: string, schema: unknown): Html {
  const rows = fieldsOf(schema);
  return rows.length === 0 ? html`` : table(of, caption, rows);
}

/** @param of what the table belongs to: the name of a region must be unique */
function table(of: string, caption: string, rows: readonly Field[]): Html {
  const body = rows.map(
    ({ name, required, type, description }) =>
      html`<tr><th scope="row"><code>${name || 'the body'}</code></th><td>${required ? 'yes' : 'no'}</td><td>${type}</td><td>${prose(description)}</td></tr>
`,
  );
  return html`<div class="table" tabindex="0" role="region" aria-label="${of}: ${caption}"><table>
<caption>${caption}</caption>
<thead><tr><th scope="col">Name</th><th scope="col">Required</th><th scope="col">Type</th><th scope="col">Description</th></tr></thead>
<tbody>
${body}</tbody>
</table></div>
`;
}

function example(label: string, value: unknown): Html {
  if (value === undefined) return html``;
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
  return html`<p>${label}:</p>
<pre tabindex="0">${text}</pre>
`;
}
