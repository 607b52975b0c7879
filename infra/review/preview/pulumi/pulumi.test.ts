import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '@groundwork/constructs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FakeCommands } from '../../../tools/testing/fake-commands.ts';
import type { Finding } from '../finding.ts';
import type { SnapshotObject } from '../snapshot.ts';
import { readDigest } from './digest.ts';
import { joinPulumi } from './index.ts';
import { joinStack } from './join.ts';
import { type Recorded, recorded, recordedSources } from './testing/recorded.ts';

const read = (digest: Recorded = recorded()) => readDigest(JSON.stringify(digest), 'stack dev');
const changed = (change: (digest: Recorded) => void): Recorded => {
  const digest = recorded();
  change(digest);
  return digest;
};
const edited = (entries: SnapshotObject[], kind: string, edit: (manifest: Manifest) => object): SnapshotObject[] =>
  entries.map((entry) =>
    entry.manifest.kind === kind ? { ...entry, manifest: { ...entry.manifest, ...edit(entry.manifest) } } : entry,
  );
const lines = (findings: readonly Finding[]): string[] =>
  findings.map(({ severity, subject, field, what }) => [severity, subject, field ?? '', what].join(' | '));
const STOPS = 'Pulumi rejects this, and the whole deploy stops';

describe('the output of Pulumi is read', () => {
  test('as one step per object, without bookkeeping', () => {
    expect(read().steps.map(({ operation, object }) => `${operation} ${object.kind}/${object.metadata.name}`)).toEqual([
      'same Namespace/town',
      'update Secret/login',
      'replace RoleBinding/reads',
      'replace Service/frontend',
      'create ConfigMap/fresh',
      'update ConfigMap/hours',
      'same Role/reader',
      'replace StatefulSet/database',
      'replace Deployment/web',
      'replace Job/once',
      'delete ConfigMap/leaves',
      'delete PersistentVolumeClaim/disk',
    ]);
    expect(read().isWhole).toBe(true);
  });

  test('with the three steps of a replacement as one', () => {
    const parts = changed(({ steps }) => {
      const [step] = steps.filter(({ urn }) => urn.endsWith('Service/town/frontend')) as [Recorded['steps'][number]];
      const { newState: _, ...before } = step;
      const { oldState: __, ...after } = step;
      steps.splice(steps.indexOf(step), 1, { ...after, op: 'create-replacement' }, step, {
        ...before,
        op: 'delete-replaced',
      });
    });
    expect(read(parts)).toEqual(read());
  });

  test('as incomplete without --show-sames, or if it stopped at a rejected object', () => {
    expect(
      read(
        changed((digest) =>
          digest.steps.splice(0, digest.steps.length, ...digest.steps.filter(({ op }) => op !== 'same')),
        ),
      ).isWhole,
    ).toBe(false);
    const urn = 'urn:pulumi:dev::groundwork::groundwork:index:Chart$kubernetes:core/v1:Service::Service/town/gate';
    const refused = read(
      changed(({ diagnostics }) => diagnostics.splice(0, 1, { urn, message: 'error: hunter2', severity: 'error' })),
    );
    expect(refused.isWhole).toBe(false);
    expect(refused.steps.at(-1)).toMatchObject({
      object: { kind: 'Service', metadata: { name: 'gate' } },
      isRefused: true,
    });
    expect(JSON.stringify(refused)).not.toContain('hunter2');
  });

  test.each([
    ['text that is not JSON', 'error: hunter2'],
    ['another JSON', '{"name":"hunter2"}'],
    [
      'a stack whose program failed',
      JSON.stringify(
        changed(({ diagnostics }) =>
          diagnostics.push({ message: 'error: Running program failed: hunter2', severity: 'error' }),
        ),
      ),
    ],
  ])('%s is a ConfigurationError without the text', (_, text) => {
    const attempt = () => readDigest(text, 'stack dev');
    expect(attempt).toThrow(/stack dev \((file-invalid|pulumi-failed)\)\n\s+fix: /);
    expect(attempt).not.toThrow(/hunter2/);
  });
});

describe('for a stack that is at the base', () => {
  test('only what stops the deploy is reported: the rules predict the rest from the sources', () => {
    const { findings, remarks, counts } = joinStack('dev', read(), recordedSources());
    expect(lines(findings)).toEqual([
      `critical | StatefulSet/database | spec.volumeClaimTemplates[0].spec.resources.requests.storage | it is protected, but the deploy would replace it: ${STOPS}`,
      `critical | PersistentVolumeClaim/disk |  | it is protected, but the deploy would delete it: ${STOPS}`,
    ]);
    expect(remarks).toEqual([
      'Joined with pulumi preview of stack dev: 1 create, 2 update, 5 replace, 2 delete, 2 same.',
    ]);
    expect(counts).toEqual({ create: 1, update: 2, replace: 5, delete: 2, same: 2 });
  });

  test('the cause is the origin of the object in the source', () => {
    expect(joinStack('dev', read(), recordedSources()).findings.map(({ cause }) => cause)).toEqual([
      "prop 'database'",
      "prop 'disk'",
    ]);
  });

  test('a replacement that the rules don’t predict is reported, and one that only they predict', () => {
    const { base, head } = recordedSources();
    const predicted = (digest: Recorded, sources = { base, head }) =>
      lines(joinStack('dev', read(digest), sources).findings).filter((line) => !line.includes(STOPS));
    const replaced = changed(({ steps }) => {
      for (const step of steps)
        if (step.urn.endsWith('ConfigMap/town/hours'))
          Object.assign(step, { op: 'replace', replaceReasons: ['data.close'] });
    });
    expect(predicted(replaced)).toEqual([
      "warning | ConfigMap/hours | data.close | Pulumi replaces it, which the sources alone don't show",
    ]);
    const inPlace = changed(({ steps }) => {
      for (const step of steps)
        if (step.urn.endsWith('Service/town/frontend')) Object.assign(step, { op: 'update', replaceReasons: [] });
    });
    expect(predicted(inPlace)).toEqual([
      'info | Service/frontend |  | the rules predict a replacement, but Pulumi updates it in place',
    ]);
  });
});

describe('for a stack that is not at the base', () => {
  const { base, head } = recordedSources();
  const reported = (sources: { base: SnapshotObject[] | undefined; head: SnapshotObject[] }, digest = recorded()) =>
    lines(joinStack('dev', read(digest), sources).findings).filter((line) => !line.includes(STOPS));
  const BEHIND = 'warning | stack dev |  | it is not at the base, so a deploy changes more than this preview shows: ';

  test('objects that differ, are not deployed, or are not in the base are counted', () => {
    const otherwise = edited(base, 'Role', () => ({ rules: [] })).filter(
      ({ manifest }) => manifest.metadata.name !== 'leaves',
    );
    const [, other] = base as [SnapshotObject, SnapshotObject];
    const absent = {
      ...other,
      manifest: { ...other.manifest, metadata: { ...other.manifest.metadata, name: 'absent' } },
    };
    expect(reported({ base: [...otherwise, absent], head })).toEqual([
      'warning | ConfigMap/leaves |  | Pulumi deletes it, although the base does not have it: another version created it',
      `${BEHIND}1 different (Role/reader), 1 not deployed (Secret/absent), 1 that the base does not have (ConfigMap/leaves)`,
    ]);
  });

  test('an incomplete plan reports no missing objects', () => {
    const part = changed((digest) =>
      digest.steps.splice(0, digest.steps.length, ...digest.steps.filter(({ op }) => op !== 'same')),
    );
    expect(reported({ base, head }, part)).toEqual([]);
  });

  test('values of secrets are not compared, and never shown', () => {
    const named = edited(base, 'Secret', () => ({
      data: undefined,
      stringData: { password: '<<secret:password:login>>' },
    }));
    expect(reported({ base: named, head })).toEqual([]);
    expect(JSON.stringify(joinStack('dev', read(), { base: [], head }))).not.toMatch(/\[secret\]|hunter/);
  });

  test('replicas of an autoscaler, a Job named after its content and an image that is built later are not reported', () => {
    const autoscaler = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web', namespace: 'town' },
    };
    const scaler = {
      ...autoscaler,
      spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' } },
    } as unknown as Manifest;
    const scaled = edited(base, 'Deployment', ({ spec }) => ({ spec: { ...(spec as object), replicas: 7 } }));
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'migrate-0123456789ab', namespace: 'town' },
    } as unknown as Manifest;
    const entry = (manifest: Manifest): SnapshotObject => ({ chart: 'town', path: 'x', why: 'x', manifest });
    const known = changed(({ steps }) =>
      steps.push({
        op: 'same',
        urn: 'urn::autoscaler',
        oldState: { type: 'kubernetes:autoscaling/v2:x', inputs: scaler } as never,
      }),
    );
    expect(reported({ base: [...scaled, entry(scaler), entry(job)], head: [...head, entry(scaler)] }, known)).toEqual(
      [],
    );
  });

  test('nothing is compared without a base or for an empty stack', () => {
    expect(reported({ base: undefined, head })).toEqual([]);
    const fresh = { steps: [], diagnostics: [], changeSummary: {} };
    expect(joinStack('dev', read(fresh), { base, head })).toMatchObject({
      findings: [],
      remarks: [expect.stringContaining('nothing is deployed yet')],
    });
  });
});

describe('the plans are read from', () => {
  let commands: FakeCommands;
  let folder: string;
  beforeEach(async () => {
    commands = new FakeCommands();
    folder = await mkdtemp(join(tmpdir(), 'groundwork-preview-test-'));
  });
  afterEach(async () => {
    commands.end();
    await rm(folder, { recursive: true });
  });
  const { base, head } = recordedSources();
  const snapshots = {
    base: { version: 'a', environments: { dev: base, staging: base } },
    head: { version: 'b', environments: { dev: head, staging: head } },
  };
  const joined = (from?: string) => joinPulumi(folder, from, snapshots);

  test('a file for each stack, if it exists; the same finding in two stacks is merged', async () => {
    for (const name of ['dev', 'staging']) await writeFile(join(folder, `${name}.json`), JSON.stringify(recorded()));
    const { findings, stacks } = await joined(folder);
    expect(findings.map(({ environments }) => environments)).toEqual([
      ['dev', 'staging'],
      ['dev', 'staging'],
    ]);
    expect(Object.keys(stacks)).toEqual(['dev', 'staging']);
    await rm(join(folder, 'dev.json'));
    await writeFile(join(folder, 'staging.json'), 'hunter2');
    expect(await joined(folder)).toEqual({
      findings: [],
      remarks: [
        expect.stringMatching(/^pulumi preview of stack dev skipped: .*dev\.json does not exist\.$/),
        expect.stringMatching(/staging\.json: not the output of `pulumi preview --json`\.$/),
      ],
      stacks: {},
    });
  });

  test('the CLI, for each existing stack of any organization', async () => {
    await writeFile(join(folder, 'digest'), JSON.stringify(recorded()));
    commands.add(
      'pulumi',
      `case "$1" in stack) echo '[{"name":"org/groundwork/dev"}]' ;; preview) /bin/cat digest; exit 1 ;; esac`,
    );
    const { remarks, stacks } = await joined();
    expect(stacks).toMatchObject({ dev: { replace: 5 } });
    expect(remarks[1]).toBe("pulumi preview of stack staging skipped: there is no stack 'staging'.");
  });

  test.each([
    ['there is no CLI', undefined, 'there is no `pulumi` CLI on PATH'],
    [
      'the CLI is not logged in',
      'case "$1" in stack) echo hunter2 >&2; exit 3 ;; esac',
      'the Pulumi CLI cannot list the stacks: log in with `pulumi login`',
    ],
    [
      'the preview fails',
      `case "$1" in stack) echo '[{"name":"dev"},{"name":"staging"}]' ;; preview) echo hunter2; exit 255 ;; esac`,
      'pulumi preview ended with 255: run it manually to see the cause; its output is hidden, since it may contain secrets',
    ],
  ])('where %s, it is skipped, and the remark says why', async (_, script, why) => {
    commands.add('pulumi', script ?? 'exit 127');
    const found = await joined();
    expect(found).toEqual({
      findings: [],
      remarks: [`pulumi preview of stack dev skipped: ${why}.`, `pulumi preview of stack staging skipped: ${why}.`],
      stacks: {},
    });
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });
});
