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

test('a second environment in a namespace is rejected, with both names', () => {
  const [message] = texts(namespaceOf({ 'groundwork/environment': 'staging' }), dev);
  expect(message).toMatch(
    /the namespace belongs to environment 'staging'[\s\S]*namespace town[\s\S]*deploy 'dev' to another namespace/,
  );
});
test.each([
  ['the same environment', dev],
  ['a namespace without the label', namespaceOf({})],
  ['a missing namespace', undefined],
])('%s is accepted', (_, live) => expect(texts(live, dev)).toEqual([]));
