import { fc, test as law } from '@fast-check/jest';
import { expect, test } from '@jest/globals';
import { Cpu, cpuQuantity, millicores, Size, sizeQuantity } from './units.ts';

test.each([
  [Cpu.millis(250), '250m'],
  [Cpu.millis(2000), '2'],
  [Cpu.units(2), '2'],
  [Cpu.units(0.5), '500m'],
])('writes %j as %s', (cpu, text) => {
  expect(cpuQuantity(cpu)).toBe(text);
});

test.each([
  [Size.mebibytes(512), '512Mi'],
  [Size.mebibytes(1024), '1Gi'],
  [Size.mebibytes(1536), '1536Mi'],
  [Size.gibibytes(2048), '2Ti'],
  [Size.kibibytes(3), '3Ki'],
])('writes %j as %s', (size, text) => {
  expect(sizeQuantity(size)).toBe(text);
});

law.prop([fc.integer({ min: 1, max: 1e9 })])('law: a formatted quantity has the same value', (amount) => {
  const cpu = cpuQuantity(amount);
  expect(cpu.endsWith('m') ? Number(cpu.slice(0, -1)) : Number(cpu) * 1000).toBe(amount);
  expect(millicores(Cpu.millis(amount))).toBe(amount);
  const [, digits, unit] = /^(\d+)(Ki|Mi|Gi|Ti)$/.exec(sizeQuantity(Size.kibibytes(amount))) as unknown as [
    string,
    string,
    string,
  ];
  expect(Number(digits) * 1024 ** ['Ki', 'Mi', 'Gi', 'Ti'].indexOf(unit)).toBe(amount);
});
