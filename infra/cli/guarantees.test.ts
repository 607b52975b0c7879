import { GUARANTEES, type Guarantee, type GuaranteeReport, type Guarantees } from '@groundwork/constructs';
import { expect, test } from '@jest/globals';
import { guaranteeTable } from './guarantees.ts';

const keeping = (...kept: readonly Guarantee[]): Guarantees =>
  Object.fromEntries(
    Object.keys(GUARANTEES).map((guarantee) => [guarantee, kept.includes(guarantee as Guarantee)]),
  ) as Guarantees;
const postgres: GuaranteeReport = {
  kind: 'postgres',
  backEnd: 'CnpgPostgres',
  sheet: keeping('survives-pod-loss', 'tls-in-transit'),
  requirement: {
    guarantees: ['survives-pod-loss', 'online-resize'],
    waived: { 'online-resize': 'the volumes are large enough for years' },
  },
};
const row = (lines: readonly string[], guarantee: string): string[] =>
  (
    lines
      .join('\n')
      .split('\n')
      .find((line) => line.startsWith(guarantee)) ?? ''
  ).split(/ {2,}/);

test('a cell shows kept, required and kept, waived, or not kept', () => {
  const lines = guaranteeTable([postgres]);
  expect(
    ['tls-in-transit', 'survives-pod-loss', 'online-resize', 'tls-rotation'].map(
      (guarantee) => row(lines, guarantee)[1],
    ),
  ).toEqual(['yes', 'yes!', 'waived', 'no']);
});

test('a waiver is listed below with its reason', () => {
  expect(guaranteeTable([postgres])).toContain('  postgres › online-resize: the volumes are large enough for years');
});

test('every guarantee has a row with its meaning', () => {
  const lines = guaranteeTable([postgres]);
  for (const [guarantee, words] of Object.entries(GUARANTEES)) expect(row(lines, guarantee).at(-1)).toBe(words);
});

test('a system that declares no guarantees is named and has no column', () => {
  const lines = guaranteeTable([
    postgres,
    { kind: 'secret', backEnd: 'Secrets', sheet: undefined, requirement: undefined },
  ]);
  expect(lines.at(-1)).toBe('no guarantees declared: secret');
  expect(row(lines, 'guarantee')).toHaveLength(3);
});
