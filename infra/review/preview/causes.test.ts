import { describe, expect, test } from '@jest/globals';
import { possibleCauses } from './causes.ts';
import type { Finding } from './finding.ts';
import type { Snapshot } from './snapshot.ts';

const BUILT = {
  dockerfile: 'services/users/Dockerfile',
  files: ['services/users/main.ts', 'services/kit/app.ts'],
  packages: ['node_modules/a 1 sha512-old'],
};
const base: Snapshot = {
  version: 'base',
  environments: { dev: [], staging: [] },
  imports: {
    'stacks/shop.ts': ['stacks/environments/dev.ts', 'constructs/grafana.ts'],
    'stacks/environments/dev.ts': [],
    'stacks/environments/staging.ts': [],
    'constructs/grafana.ts': [],
    'infra/review/preview/trace.ts': [],
  },
  builds: { users: BUILT },
};
const head: Snapshot = {
  ...base,
  version: 'head',
  builds: { users: { ...BUILT, packages: ['node_modules/a 2 sha512-new'] } },
};
const finding = (more: Partial<Finding> = {}): Finding => ({
  rule: 'rollouts',
  severity: 'notice',
  subject: 'Deployment/users',
  what: 'pods are replaced',
  environments: ['dev'],
  advice: 'nothing',
  cause: `contract 'users'`,
  ...more,
});
const FILES = [
  'constructs/grafana.ts',
  'infra/review/preview/rollout-pause.ts',
  'infra/review/preview/trace.ts',
  'docs/kafka.md',
  'services/kit/app.ts',
  'services/users/main.ts',
  'stacks/environments/dev.ts',
];
const lines = (...files: readonly string[]) => files.map((file) => ({ file, line: 1, text: 'x' }));
const image = ['spec', 'template', 'spec', 'containers', '[users]', 'image'];
/** Files that can be the cause where these fields of a Deployment differ in dev. */
const files = (paths: readonly string[][], changed = lines(...FILES), about = finding()): string[] => {
  const fields = paths.map((path) => ({
    path,
    before: 'x',
    after: 'r.example:5000/groundwork.local/users:1@sha256:abc',
  }));
  const environments = [{ name: 'dev', changes: [{ id: 'Deployment/users', fields } as never] }];
  return possibleCauses(about, changed, { base, head, environments }).lines.map(({ file }) => file);
};

describe('of another image of ours, the cause is', () => {
  test('what is built into it, its own folder first, and nothing else of the commit', () => {
    expect(files([image])).toEqual(['services/users/main.ts', 'services/kit/app.ts']);
  });

  test('a package that only one version locks', () => {
    const lock = (text: string) => ({ file: 'package-lock.json', line: 1, text });
    expect(files([image], [...lines('constructs/grafana.ts'), lock('sha512-other'), lock('sha512-new')])).toEqual([
      'package-lock.json',
    ]);
  });

  test('the digest that a release wrote, where nothing of it changed', () => {
    const release = (text: string) => ({ file: 'stacks/images.lock.json', line: 1, text });
    expect(
      files([image], [...lines('constructs/grafana.ts'), release('sha256:other'), release('"digest": "sha256:abc"')]),
    ).toEqual(['stacks/images.lock.json']);
  });

  test('not known, if neither did', () =>
    expect(files([image], lines('constructs/grafana.ts', 'infra/review/preview/rollout-pause.ts'))).toEqual([]));

  test('the program too, where more than the image differs', () => {
    expect(files([image, ['spec', 'template', 'spec', 'priority']])).toEqual([
      'constructs/grafana.ts',
      'stacks/environments/dev.ts',
      'services/kit/app.ts',
      'services/users/main.ts',
    ]);
  });
});

describe('of anything else, the cause is in files that ran', () => {
  const quota = (...environments: string[]) => finding({ rule: 'quota', environments });

  test('and neither in docs and tools, nor in what only looks on', () => {
    expect(files([], lines(...FILES), quota('dev'))).toEqual(['constructs/grafana.ts', 'stacks/environments/dev.ts']);
  });

  test('and not in another environment’s, nor in one’s own for what happens elsewhere too', () => {
    expect(files([], lines(...FILES), quota('staging'))).toEqual(['constructs/grafana.ts']);
    expect(files([], lines(...FILES), quota('dev', 'staging'))).toEqual(['constructs/grafana.ts']);
    expect(
      files([], lines('stacks/environments/dev.ts', 'stacks/environments/staging.ts'), quota('dev', 'staging')),
    ).toHaveLength(2);
  });
});
