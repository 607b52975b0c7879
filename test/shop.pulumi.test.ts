import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { Project, realEngine } from './support/pulumi.ts';

const found = await realEngine();
if ('lacks' in found) console.log(`skipped: ${found.lacks}`);
const notice = (name: string) =>
  `new ApiObject(chart('notices'), 'notice', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: '${name}', namespace } });`;

/** Each test continues from the state that the previous one left. */
('lacks' in found ? describe.skip : describe)('the dev stack on the real engine', () => {
  let project: Project;
  let objects: number;

  beforeAll(async () => {
    const { kubeconfig } = found as { kubeconfig: string };
    project = new Project(kubeconfig);
    project.edit('shop.ts', 'import { App, Chart }', 'import { ApiObject, App, Chart }');
    project.edit('shop.ts', '  return app;', `  ${notice('opening-hours')}\n  return app;`);
    await project.pulumi('stack init dev');
    await project.pulumi(
      `config set context ${(parse(readFileSync(kubeconfig, 'utf8')) as { 'current-context': string })['current-context']}`,
    );
  });

  afterAll(async () => {
    await project.run('pulumi destroy --yes --skip-preview --non-interactive'); // also after a failed test
    project.remove();
  });

  test('preview without secrets lists the commands that set them, and the commands work', async () => {
    const { exitCode, output } = await project.run('pulumi preview --non-interactive');
    expect(exitCode).not.toBe(0);
    // A ConfigurationError has its own location; a stack trace would hide it.
    expect(output).not.toContain('    at main');
    const commands = output.split('\n').filter((line) => line.includes('pulumi config set --secret --path'));
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) expect(await project.run(command)).toMatchObject({ exitCode: 0 });
  });

  test('preview lists everything as created', async () => {
    const { summary } = await project.pulumi('preview');
    expect(Object.keys(summary)).toEqual(['create']);
    objects = summary.create as number;
  });

  test('up creates everything, and waits until it runs', async () => {
    expect((await project.pulumi('up --yes --skip-preview')).summary).toEqual({ create: objects });
    expect((await project.run('pulumi stack output url')).output.trim()).toMatch(/^http/);
  });

  test('up again changes nothing', async () => {
    expect((await project.pulumi('up --yes --skip-preview --expect-no-changes')).summary).toEqual({
      unchanged: objects,
    });
  });

  test('law: neither state nor config has a secret in plain text', async () => {
    const { output } = await project.run('pulumi config --show-secrets --json');
    const { secrets } = Object.fromEntries(
      Object.entries(JSON.parse(output) as object).map(([key, value]) => [key.replace(/^.*:/, ''), value]),
    ) as {
      secrets: { objectValue: Record<string, string> };
    };
    const kept = readdirSync(project.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ya?ml|json|bak)$/.test(entry.name))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    expect(kept.length).toBeGreaterThan(0);
    for (const value of Object.values(secrets.objectValue)) for (const text of kept) expect(text).not.toContain(value);
    for (const text of kept) expect(text).not.toContain('client-key-data');
  });

  test('a changed scaling bound updates the autoscaler and nothing else', async () => {
    project.edit('environments/dev.ts', 'max: 3', 'max: 4');
    const { output, summary } = await project.pulumi('up --yes --skip-preview');
    expect(summary).toEqual({ update: 1, unchanged: objects - 1 });
    expect(output).toContain('HorizontalPodAutoscaler/shop-dev/catalog updated');
  });

  test('a renamed object with an alias is replaced: the new one is created first', async () => {
    project.edit('shop.ts', notice('opening-hours'), notice('hours'));
    project.edit(
      'stack.ts',
      'images: builds',
      "images: builds, aliases: { 'ConfigMap/shop-dev/hours': [{ name: 'opening-hours' }] }",
    );
    const { output, summary } = await project.pulumi('up --yes --skip-preview');
    expect(summary).toEqual({ replace: 1, unchanged: objects - 1 });
    expect(output.indexOf('ConfigMap/shop-dev/hours created replacement')).toBeLessThan(
      output.indexOf('ConfigMap/shop-dev/opening-hours deleted original'),
    );
  });

  test('refresh finds no drift', async () => {
    expect((await project.pulumi('refresh --yes --skip-preview')).summary).toMatchObject({ unchanged: objects });
  });

  test('destroy removes everything', async () => {
    expect((await project.pulumi('destroy --yes --skip-preview')).summary).toEqual({ delete: objects });
  });
});
