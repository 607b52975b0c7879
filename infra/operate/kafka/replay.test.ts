import { expect, test } from '@jest/globals';
import type { Kubectl } from '../../deploy/index.ts';
import { replayDeadLetters } from './replay.ts';

const provisioner = (name: string, created: string, image: string) => ({
  metadata: {
    name,
    namespace: 'shop-dev',
    creationTimestamp: created,
    labels: { 'app.kubernetes.io/name': 'kafka-provisioner', 'app.kubernetes.io/part-of': 'shop' },
  },
  spec: { template: { spec: { containers: [{ name: 'provision', image, command: ['node', 'x'] }] } } },
});
const other = { metadata: { name: 'other', labels: {} }, spec: {} };

/** A cluster with these Jobs, whose new Job ends as given; records what is created and deleted. */
function cluster(jobs: readonly object[], succeeded: number) {
  const created: { metadata: object; spec: { template: { metadata: object; spec: { containers: object[] } } } }[] = [];
  const ran: string[] = [];
  const kubectl = {
    list: async () => jobs,
    get: async () => ({ status: { succeeded } }),
    run: async (args: readonly string[], { input }: { input?: string } = {}) => {
      ran.push(args.join(' '));
      if (input !== undefined) created.push(JSON.parse(input));
      return args.includes('logs') ? 'starting\n3 dead letters\n' : '';
    },
  } as unknown as Kubectl;
  const progress = { step: () => {} } as unknown as Parameters<typeof replayDeadLetters>[0]['progress'];
  const replay = (dryRun: boolean) =>
    replayDeadLetters({ kubectl, namespace: 'shop-dev', topic: 'a.b.c.dlt', dryRun, progress });
  return { replay, created, ran };
}

const jobs = [
  provisioner('old', '2026-01-01T00:00:00Z', 'image:1'),
  provisioner('new', '2026-02-01T00:00:00Z', 'image:2'),
  other,
];

test.each([
  [true, ['--dry-run']],
  [false, []],
])('runs a Job like the newest provisioner, shows its log and deletes it: dry run %s', async (dryRun, options) => {
  const { replay, created, ran } = cluster(jobs, 1);
  expect(await replay(dryRun)).toBe('starting\n3 dead letters');
  expect(created).toHaveLength(1);
  expect(created[0]?.metadata).toMatchObject({ name: 'kafka-replay', namespace: 'shop-dev' });
  expect(created[0]?.spec.template.metadata).toEqual({
    labels: { 'app.kubernetes.io/name': 'kafka-provisioner', 'app.kubernetes.io/part-of': 'shop' },
  });
  expect(created[0]?.spec.template.spec.containers).toEqual([
    {
      name: 'replay',
      image: 'image:2',
      command: ['node', 'infra/provisioner/kafka-replay.ts', '/config/kafka.json', 'a.b.c.dlt', ...options],
    },
  ]);
  expect(ran.at(-1)).toContain('delete job kafka-replay');
});

test('a Job that fails is an error with its log, and is deleted', async () => {
  const { replay, ran } = cluster(jobs, 0);
  await expect(replay(false)).rejects.toMatchObject({ code: 'replay-failed', problem: 'starting\n3 dead letters' });
  expect(ran.at(-1)).toContain('delete job kafka-replay');
});

test('without a builtin Kafka nothing runs', async () => {
  const { replay, created } = cluster([other], 1);
  await expect(replay(false)).rejects.toMatchObject({ code: 'backing-service-missing' });
  expect(created).toEqual([]);
});
