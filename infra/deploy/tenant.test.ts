import type { Manifest } from '@groundwork/constructs';
import { expect, test } from '@jest/globals';
import type { LiveObject } from './kubectl.ts';
import { validateTenant } from './tenant.ts';

const namespaceOf = (labels: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'town', labels },
});
const dev = namespaceOf({ 'groundwork/environment': 'dev' });
const texts = (live: LiveObject | undefined, wanted: Manifest) =>
  validateTenant(live, [wanted]).map(({ message }) => message);

test('a second environment in a namespace is refused, with both names', () => {
  const [message] = texts(namespaceOf({ 'groundwork/environment': 'staging' }), dev);
  expect(message).toMatch(
    /environment 'staging' lives in it[\s\S]*namespace town[\s\S]*give 'dev' a namespace of its own/,
  );
});
test.each([
  ['the same environment', dev],
  ['a namespace that somebody else made', namespaceOf({})],
  ['a namespace that is not there', undefined],
])('%s is not', (_, live) => expect(texts(live, dev)).toEqual([]));
