import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Contract, Graph } from '@groundwork/constructs';
import { contracts } from '@groundwork/contracts';
import { describe, expect, test } from '@jest/globals';
import { boards, SYSTEM_BOARDS } from '../../constructs/grafana/dashboards/index.ts';
import { linked, runbookPath } from '../../constructs/prometheus/links.ts';
import { everyDefaultRule } from '../../constructs/prometheus/rules/index.ts';

const folder = fileURLToPath(new URL('../../docs/runbooks', import.meta.url));
const graph = new Graph(contracts as readonly Contract[]);
const files = everyDefaultRule({ graph, namespace: 'shop-test', mesh: true });
const alerts = files.flatMap((file) => file.alerts.map((alert) => ({ file, alert, name: alert.name })));

/** Sections of all runbooks by `page.md#anchor`. */
const pages = readdirSync(folder).filter((page) => page !== 'README.md');
const sections = new Map<string, string>(
  pages.flatMap((page) =>
    readFileSync(join(folder, page), 'utf8')
      .split(/^## /m)
      .slice(1)
      .map((text) => [`${page}#${text.split('\n')[0]?.toLowerCase()}`, text] as const),
  ),
);

describe('law: each alert has a runbook', () => {
  test.each(alerts)(
    '$name: three commands first, what customers see, usual causes, and how to undo',
    ({ file, alert }) => {
      const text = sections.get(runbookPath(file, alert)) ?? '';
      expect(text.split('\n')[0]).toBe(alert.name);
      expect(text.split('```')[1]?.trim().split('\n').slice(1)).toHaveLength(3);
      for (const part of ['Customers', 'Usually', 'Undo']) expect(text).toContain(`- **${part}**`);
    },
  );

  test('and each section of a runbook has its alert', () => {
    const known = alerts.map(({ file, alert }) => runbookPath(file, alert));
    expect([...sections.keys()].filter((path) => !known.includes(path))).toEqual([]);
  });

  test('the index lists each page', () => {
    const index = readFileSync(join(folder, 'README.md'), 'utf8');
    expect(pages.filter((page) => !index.includes(`(${page})`))).toEqual([]);
  });
});

test('law: the table of upstream alerts names existing alerts', () => {
  const text = readFileSync(join(folder, '../upstream-alerts.md'), 'utf8');
  const named = [...text.matchAll(/`([A-Z][A-Za-z]+)`/g)].map(([, name]) => name as string);
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((name) => !alerts.some((alert) => alert.name === name))).toEqual([]);
});

test('law: each alert links to a dashboard that exists', () => {
  const known = boards('shop', graph, Object.keys(SYSTEM_BOARDS)).map(({ name }) => name);
  const links = files.flatMap((file) => linked(file, { runbooks: 'r', grafana: 'g' }).alerts);
  const missing = links.filter(({ dashboardUrl = '' }) => {
    const uid = dashboardUrl.replace('g/d/', '').replace(/\{\{.*\}\}/, 'gateway');
    return !known.includes(uid);
  });
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test('law: an alert inhibits others of the same system only, of the same labels, or of those that depend on it', () => {
  const fileOf = new Map(alerts.map(({ file, name }) => [name, file.name]));
  const dependencyOf = new Map(alerts.map(({ alert, name }) => [name, alert.dependency]));
  const wide = alerts.flatMap(({ file, alert }) =>
    (alert.explains ?? [])
      .filter(({ sameIn, where }) => sameIn === undefined && where === undefined)
      .filter((one) => fileOf.get(one.alert) !== file.name && dependencyOf.get(one.alert) !== file.name)
      .map((one) => `${alert.name} inhibits every ${one.alert}`),
  );
  expect(wide).toEqual([]);
});
