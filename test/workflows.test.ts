import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { parse } from 'yaml';
import { SEVERITIES } from '../infra/build/scan/finding.ts';
import { TOOLS } from '../infra/build/scan/scan.ts';
import { ARTIFACT } from '../infra/review/comment/artifact.ts';
import { environments } from '../stacks/environments/index.ts';
import { actionlint } from './support/actionlint.ts';
import { debianTool } from './support/debian-tool.ts';
import { zizmor } from './support/zizmor.ts';

const MINUTES = 60_000;

/** An expression of GitHub Actions. */
const expression = (inner: string): string => `\${{ ${inner} }}`;

const FOLDER = join(import.meta.dirname, '../.github/workflows');
const SCRIPTS = join(import.meta.dirname, '../.github/scripts');
const ACTIONS = join(import.meta.dirname, '../.github/actions');
const scriptFiles = readdirSync(SCRIPTS).map((name) => join(SCRIPTS, name));
/** The script that ci.yml runs. */
const GATE = join(import.meta.dirname, '../.ci/run');

interface Step {
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly if?: string;
  readonly uses?: string;
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': unknown };
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly with?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const files = readdirSync(FOLDER).map((name) => {
  const text = readFileSync(join(FOLDER, name), 'utf8');
  return { name, path: join(FOLDER, name), text, workflow: parse(text) as Workflow };
});
const jobs = files.flatMap(({ name: file, workflow }) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ at: `${file} › ${name}`, job })),
);
/** Steps that jobs share, in our own action. */
const actions = readdirSync(ACTIONS).map((name) => {
  const text = readFileSync(join(ACTIONS, name, 'action.yml'), 'utf8');
  return { at: name, text, job: (parse(text) as { runs: Job }).runs };
});
const steps = [...jobs, ...actions].flatMap(({ at, job }) =>
  (job.steps ?? []).map((step) => ({ at: `${at} › ${step.name ?? step.uses}`, step })),
);
const jobAt = (at: string): Job => jobs.find((one) => one.at === at)?.job as Job;

const shellcheck = async () =>
  (await debianTool({ name: 'shellcheck', packages: ['shellcheck'], path: 'usr/bin/shellcheck' })).file;

describe('linters', () => {
  test(
    'actionlint and shellcheck report no findings',
    async () => {
      const program = await shellcheck();
      expect(
        await actionlint(
          files.map(({ path }) => path),
          program,
        ),
      ).toEqual([]);
      expect((await execa(program, ['--external-sources', ...scriptFiles], { reject: false })).stdout).toBe('');
    },
    5 * MINUTES,
  );

  test(
    'zizmor reports no findings except one trigger, which a comment explains',
    async () => {
      const found = await zizmor([FOLDER, ACTIONS]);
      expect(found.filter(({ ignored }) => !ignored)).toEqual([]);
      expect(files.flatMap(({ text }) => text.match(/zizmor: ignore\S*/g) ?? [])).toEqual([
        'zizmor: ignore[dangerous-triggers]',
      ]);
    },
    5 * MINUTES,
  );

  test(
    'both find planted faults',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'workflows-'));
      try {
        const bad = join(folder, 'bad.yml');
        const job = [
          '  j:',
          '    runs-on: ubuntu-24.04',
          '    steps:',
          `      - run: echo ${expression('github.event.pull_request.title')} $UNQUOTED`,
          '      - uses: actions/checkout@v7',
        ];
        await writeFile(bad, ['on: pull_request_target', 'jobs:', ...job, ''].join('\n'));
        expect((await actionlint([bad], await shellcheck())).map(({ kind }) => kind)).toEqual(
          expect.arrayContaining(['expression', 'shellcheck']),
        );
        expect((await zizmor([bad])).map(({ ident }) => ident)).toEqual(
          expect.arrayContaining([
            'dangerous-triggers',
            'template-injection',
            'unpinned-uses',
            'excessive-permissions',
          ]),
        );
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    5 * MINUTES,
  );
});

describe('law: each workflow', () => {
  test.each(files)('$name grants no permissions at the top, and each job declares its own', ({ workflow }) => {
    expect(workflow.permissions).toEqual({});
    for (const job of Object.values(workflow.jobs)) expect(job.permissions).toBeDefined();
  });

  test.each(files)('$name does not run code of a pull request with the permissions of main', ({ workflow }) => {
    expect(Object.keys(workflow.on)).not.toContain('pull_request_target');
    expect(Object.keys(workflow.on)).not.toContain('issue_comment');
  });

  test.each(files)('$name uses no secrets: jobs sign in with short-lived tokens', ({ text }) => {
    expect(text).not.toMatch(/\bsecrets\s*[.[:]/);
  });

  test('law: package.json has each command that a workflow or its scripts run', () => {
    const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const texts = [
      ...steps.map(({ step }) => step.run ?? ''),
      ...[...scriptFiles, GATE].map((file) => readFileSync(file, 'utf8')),
    ];
    const named = texts.flatMap((text) =>
      [...text.matchAll(/\bnpm run (?:--\S+ )*([a-z][\w:]*)/g)].map(([, command]) => command as string),
    );
    expect(named).toEqual(expect.arrayContaining(['scan', 'release', 'preview']));
    for (const command of named) expect(Object.keys(scripts)).toContain(command);
  });

  test('law: each third-party action is pinned by commit, with its version in a comment', () => {
    const uses = [...files, ...actions].flatMap(({ text }) =>
      [...text.matchAll(/uses: (.*)/g)].map(([, used]) => used as string),
    );
    expect(uses.length).toBeGreaterThan(10);
    for (const used of uses)
      expect(used).toMatch(
        /^(\.\/\.github\/(workflows\/[a-z-]+\.yml|actions\/[a-z-]+)|[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/,
      );
  });

  test.each(jobs.filter(({ job }) => job.steps?.some(({ uses }) => uses?.startsWith('./'))))(
    'law: $at checks out the repository before it runs our own action',
    ({ job }) => {
      const uses = (job.steps ?? []).map((step) => step.uses ?? '');
      expect(uses[0]).toMatch(/^actions\/checkout@/);
    },
  );

  test('law: an action has the same commit everywhere', () => {
    const pins = new Map<string, Set<string>>();
    for (const { step } of steps) {
      const [action = '', commit = ''] = step.uses?.split('@') ?? [];
      if (action !== '') pins.set(action, (pins.get(action) ?? new Set()).add(commit));
    }
    for (const [, commits] of pins) expect([...commits]).toHaveLength(1);
  });

  test.each(steps.filter(({ step }) => step.run !== undefined))(
    'law: the script of $at contains no expression; values come from env',
    ({ step }) => {
      expect(step.run).not.toContain('${{');
    },
  );

  test.each(steps.filter(({ step }) => step.uses?.startsWith('actions/checkout@')))(
    'law: $at leaves no credentials in the clone',
    ({ step }) => {
      expect(step.with?.['persist-credentials']).toBe(false);
    },
  );
});

describe('previews', () => {
  const synth = jobAt('preview.yml › synth');
  const stack = jobAt('preview.yml › stack');
  const joined = jobAt('preview.yml › joined');
  const comment = jobAt('preview-comment.yml › comment');

  test('layer 1 may read the code, and has no credentials', () => {
    expect(synth.permissions).toEqual({ contents: 'read' });
    expect(JSON.stringify(synth)).not.toMatch(/secrets|github\.token|id-token|environment"/);
  });

  test('layer 2 runs for branches of this repository only, on every stack, and may sign in but not write', () => {
    expect(stack.if).toContain('github.event.pull_request.head.repo.full_name == github.repository');
    expect(stack.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(stack.strategy?.matrix.stack).toEqual(Object.keys(environments));
  });

  test('the join with stack previews has no credentials, and replaces the comment of layer 1', () => {
    expect(joined.permissions).toEqual({ contents: 'read' });
    expect(joined.environment).toBeUndefined();
    const [first, second] = [synth, joined].map(({ steps: all }) =>
      (all ?? []).find((step) => step.with?.name === ARTIFACT.name),
    );
    expect(second?.with).toEqual({ ...first?.with, overwrite: true });
    // A preview that fails says what it could not compare.
    for (const step of [first, second]) expect(step?.if).toMatch(/^\$\{\{ !cancel+ed\(\) \}\}$/);
    const written = (stack.steps ?? []).flatMap(({ run = '' }) =>
      [...run.matchAll(/> "(.*)\/\$NAME\.json"/g)].map(([, folder]) => folder),
    );
    expect(written).toEqual(['dist/pulumi']);
    expect((joined.steps ?? []).find(({ run }) => run?.includes(' preview '))?.run).toContain('--pulumi dist/pulumi ');
  });

  test('only the comment job may write, and it runs nothing of the pull request', () => {
    const writers = jobs.filter(({ job }) => job.permissions?.['pull-requests'] === 'write').map(({ at }) => at);
    expect(writers).toEqual(['preview-comment.yml › comment']);
    const refs = (comment.steps ?? []).filter(({ uses }) => uses?.includes('/checkout@')).map((step) => step.with?.ref);
    expect(refs).toEqual([expression('github.event.repository.default_branch')]);
    expect(JSON.stringify(comment.steps)).not.toMatch(/head_sha|head_branch|download-artifact|pull_request/);
  });

  test('the artifact has the name and the one file that the comment job expects', () => {
    const uploaded = (synth.steps ?? []).find((step) => step.with?.name === ARTIFACT.name);
    expect(uploaded?.with?.path).toMatch(new RegExp(`^[^*\\n]*/${ARTIFACT.file}$`));
  });
});

test('law: docs/delivery.md lists each workflow, script, environment and variable', () => {
  const page = readFileSync(join(import.meta.dirname, '../docs/delivery.md'), 'utf8');
  const variables = files.flatMap(({ text }) => [...text.matchAll(/\bvars\.(\w+)/g)].map(([, name]) => name as string));
  for (const name of [...files.map((file) => file.name), ...Object.keys(environments), ...variables])
    expect(page).toContain(`\`${name}\``);
  for (const script of ['push-and-sign.sh', 'take-signed.sh']) expect(page).toContain(script);
});

describe('deployments', () => {
  test('run the scan with its supported options, and attest the SBOMs in its output folder', () => {
    const run =
      (jobAt('deploy.yml › images').steps ?? []).find((step) => step.run?.includes('npm run scan'))?.run ?? '';
    const options: [string | undefined, string | undefined][] = [
      ...run.slice(run.indexOf(' -- ')).matchAll(/--([\w-]+) (\S+)/g),
    ].map(([, name, value]) => [name, value]);
    expect(Object.fromEntries(options)).toEqual({ require: 'trivy', 'fail-on': 'critical', out: 'dist/scan' });
    expect(TOOLS.map(({ name }) => name)).toContain('trivy');
    expect(SEVERITIES).toContain('critical');
    expect(readFileSync(join(SCRIPTS, 'push-and-sign.sh'), 'utf8')).toContain(
      '--predicate "dist/scan/$service.cdx.json"',
    );
  });

  test('run one at a time for each stack, and are not canceled', () => {
    expect(jobAt('deploy-stack.yml › up').concurrency).toEqual({
      group: `deploy-${expression('inputs.stack')}`,
      'cancel-in-progress': false,
    });
  });

  test('go to every environment in order: production after staging, each with its own approval rules', () => {
    const calls = jobs
      .filter(({ job }) => job.uses === './.github/workflows/deploy-stack.yml')
      .map(({ job }) => ({ stack: job.with?.stack, needs: job.needs }));
    expect(calls).toEqual([
      { stack: 'dev', needs: 'images' },
      { stack: 'staging', needs: undefined },
      { stack: 'production', needs: 'staging' },
    ]);
    expect(Object.keys(environments)).toEqual(calls.map(({ stack }) => stack));
    expect(jobAt('deploy-stack.yml › up').environment).toBe(expression('inputs.stack'));
  });

  test('build in one job only, scan before they push, and verify signatures before Pulumi runs', () => {
    const order = (at: string, words: readonly string[]) => {
      const runs = (jobAt(at).steps ?? []).map(({ run }) => run ?? '');
      return words.map((word) => runs.findIndex((run) => run.includes(word)));
    };
    const images = order('deploy.yml › images', ['npm run release', 'npm run scan', 'push-and-sign.sh']);
    expect(images).toEqual([...images].sort((a, b) => a - b));
    expect(images).not.toContain(-1);
    const up = order('deploy-stack.yml › up', ['take-signed.sh', 'pulumi-login.sh', 'pulumi up']);
    expect(up).toEqual([...up].sort((a, b) => a - b));
    expect(up).not.toContain(-1);
    expect(steps.filter(({ step }) => step.run?.includes('npm run release')).map(({ at }) => at)).toEqual([
      'deploy.yml › images › Build what has changed',
    ]);
  });
});
