import { expect, test } from '@jest/globals';
import { splitReference } from './load-images.ts';

const digest = `sha256:${'0'.repeat(64)}`;

test.each([
  ['docker.io/library/postgres:15', 'docker.io/library/postgres', 'docker.io/library/postgres:15'],
  ['postgres:15', 'docker.io/library/postgres', 'docker.io/library/postgres:15'],
  ['postgres', 'docker.io/library/postgres', 'docker.io/library/postgres:latest'],
  ['rancher/local-path:1', 'docker.io/rancher/local-path', 'docker.io/rancher/local-path:1'],
  ['groundwork.local/users:abc', 'groundwork.local/users', 'groundwork.local/users:abc'],
  ['mirror.example:5000/a/b:1', 'mirror.example:5000/a/b', 'mirror.example:5000/a/b:1'],
  ['localhost/users:1', 'localhost/users', 'localhost/users:1'],
  [`groundwork.local/users:abc@${digest}`, 'groundwork.local/users', 'groundwork.local/users:abc'],
  [`groundwork.local/users@${digest}`, 'groundwork.local/users', undefined],
])('%s is normalized as in containerd', (reference, repository, tagged) => {
  expect(splitReference(reference)).toEqual({ repository, tagged });
});
