import { expect, test } from '@jest/globals';
import type { EngineEvent, OpType } from '@pulumi/pulumi/automation/index.js';
import { recorder } from '../tools/testing/fake-commands.ts';
import { RunEvents } from './run-events.ts';

const URN = 'urn:pulumi:dev::groundwork::groundwork:index:Chart$kubernetes:core/v1:Secret::';
const step = (op: OpType, name: string, type = 'kubernetes:core/v1:Secret') => ({
  metadata: { op, urn: URN + name, type, provider: '' },
});
const event = (parts: Partial<EngineEvent>): EngineEvent => ({ sequence: 0, timestamp: 0, ...parts });

test('counts what a run changed by resource, without providers, components and the second half of a replacement', () => {
  const run = new RunEvents(recorder(), 5);
  for (const [op, name] of [
    ['create', 'Secret/shop-dev/users'],
    ['update', 'Secret/shop-dev/mail'],
    ['create-replacement', 'Secret/shop-dev/grafana'],
    ['delete-replaced', 'Secret/shop-dev/grafana'],
    ['delete', 'Secret/shop-dev/hours'],
    ['same', 'Secret/shop-dev/kafka'],
  ] as const)
    run.note(event({ resOutputsEvent: step(op, name) }));
  run.note(event({ resOutputsEvent: step('create', 'cluster', 'pulumi:providers:kubernetes') }));
  expect(run.changes()).toEqual({
    created: ['Secret/shop-dev/users'],
    configured: ['Secret/shop-dev/mail', 'Secret/shop-dev/grafana'],
    pruned: ['Secret/shop-dev/hours'],
    unchanged: 1,
  });
});

test('reports an error of a resource at once, by its name and without marks of color', () => {
  const progress = recorder();
  const run = new RunEvents(progress, 1);
  const message = '<{%reset%}>the image is missing\n<{%reset%}>';
  run.note(event({ diagnosticEvent: { urn: `${URN}Secret/a/b`, message, color: 'never', severity: 'error' } }));
  expect(progress.said).toEqual(['Secret/a/b: the image is missing']);
});
