import type { Manifest } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { reportedBy } from './testing/reported-by.ts';

const workload = (kind: string, image: string, fields: object = {}): Manifest =>
  ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'w', namespace: 'n' },
    spec: {
      replicas: 3,
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image }] } },
      ...fields,
    },
  }) as never;
const onDelete = { updateStrategy: { type: 'OnDelete' } };
/** As the API server fills it in: the field of another strategy has no effect. */
const defaulted = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } };
const partition = (count: number) => ({
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: count } },
});
const reported = (before: Manifest, after: Manifest) => [
  ...reportedBy('held-back', [before], [after]),
  ...reportedBy('rollouts', [before], [after]).map(() => 'rolls'),
];

describe('pods that a change does not replace automatically', () => {
  test.each<[string, string, object, string[]]>([
    ['roll by default', 'StatefulSet', {}, ['rolls']],
    ['roll by the default strategy', 'StatefulSet', defaulted, ['rolls']],
    [
      'wait until they are deleted',
      'StatefulSet',
      onDelete,
      [
        'warning StatefulSet/w |  | the change is not rolled out: its pods keep the old template until they are deleted',
      ],
    ],
    [
      'wait on every node',
      'DaemonSet',
      onDelete,
      ['warning DaemonSet/w |  | the change is not rolled out: its pods keep the old template until they are deleted'],
    ],
    [
      'wait below a partition',
      'StatefulSet',
      partition(2),
      [
        'warning StatefulSet/w |  | the change is not rolled out: its first 2 pods keep the old template until the partition is lowered',
        'rolls',
      ],
    ],
    [
      'wait below a partition of all',
      'StatefulSet',
      partition(3),
      [
        'warning StatefulSet/w |  | the change is not rolled out: its pods keep the old template until the partition is lowered',
      ],
    ],
    [
      'wait while their Deployment is paused',
      'Deployment',
      { paused: true },
      ['warning Deployment/w |  | the change is not rolled out: its pods keep the old template until it is resumed'],
    ],
    ['roll in a Deployment, which knows no OnDelete', 'Deployment', onDelete, ['rolls']],
  ])('%s', (_, kind, fields, expected) => {
    expect(reported(workload(kind, 'a:1', fields), workload(kind, 'a:2', fields))).toEqual(expected);
  });

  test('are reported when the strategy changes, either way, and not when only another field does', () => {
    expect(reported(workload('DaemonSet', 'a:1'), workload('DaemonSet', 'a:1', onDelete))).toEqual([
      'warning DaemonSet/w | spec.updateStrategy.type | later changes are not rolled out: its pods keep the old template until they are deleted',
    ]);
    expect(reported(workload('DaemonSet', 'a:1', onDelete), workload('DaemonSet', 'a:1'))).toEqual([
      'warning DaemonSet/w | spec.updateStrategy.type | pending template changes roll out to its pods',
    ]);
    expect(
      reported(workload('StatefulSet', 'a:1', onDelete), workload('StatefulSet', 'a:1', { ...onDelete, replicas: 4 })),
    ).toEqual([]);
  });
});
