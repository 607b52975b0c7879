import { readFile } from 'node:fs/promises';
import type { gateway } from '@groundwork/contracts/gateway';
import { type Handlers, Problem } from '@groundwork/kit';
import type { OpenApiDocument } from '@groundwork/kit/openapi';
import { problemPage, problemsPage } from './problems.ts';
import { referencePage } from './reference.ts';

/**
 * Handlers of the operations that describe the shop. Pages are rendered once.
 * @param events file with the AsyncAPI document; the platform writes it, because it depends on all contracts
 */
export function documentHandlers(document: OpenApiDocument, events: string | undefined): Handlers<typeof gateway> {
  const [reference, problems] = [referencePage(document), problemsPage()];
  return {
    openapi: async () => ({ status: 200, body: document }),
    asyncapi: async () => {
      if (events === undefined) throw new Problem('not-found', 'no AsyncAPI document is configured');
      return { status: 200, body: JSON.parse(await readFile(events, 'utf8')) };
    },
    reference: async () => reference,
    problems: async () => problems,
    problem: async ({ params }) => problemPage(params.code),
  };
}
