import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { until } from '../../../test/support/until.ts';
import { createLogger } from '../log/logger.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';
import { type CallersWatch, watchCallers } from './callers.ts';

const lines: string[] = [];
const log = createLogger(
  { SERVICE: 'stock', ENVIRONMENT: 'test', LOG_LEVEL: 'info' },
  { write: (line) => lines.push(line) },
);
let folder: string;
let metrics: Metrics;
let callers: CallersWatch;
let versions = 0;

/** Mounts a list as the kubelet does: writes a new folder, then moves the link `..data` to it. */
function mount(text: string): void {
  const version = `..${++versions}`;
  mkdirSync(join(folder, version));
  writeFileSync(join(folder, version, 'callers.json'), text);
  symlinkSync(version, join(folder, '..new'));
  renameSync(join(folder, '..new'), join(folder, '..data'));
}
const failures = async () => {
  const found = await metrics.registry.getSingleMetric('callers_reload_failures_total')?.get();
  return found?.values[0]?.value ?? -1;
};

beforeEach(() => {
  folder = temporaryFolder('callers');
  lines.length = 0;
  metrics = createMetrics('stock');
  mount('{"look":["shop"]}');
  symlinkSync('..data/callers.json', join(folder, 'callers.json'));
  callers = watchCallers(join(folder, 'callers.json'), { log, metrics });
});
afterEach(() => callers.stop());

test('only the listed callers may call an operation, and no service one that is not listed', () => {
  expect(callers.mayCall('look', 'shop')).toBe(true);
  expect(callers.mayCall('look', 'users')).toBe(false);
  expect(callers.mayCall('take', 'shop')).toBe(false);
});

test('a caller more and a caller less are reloaded without a restart', async () => {
  mount('{"look":["shop","users"],"of-the-next-version":["users"]}');
  await until(() => callers.mayCall('look', 'users'));
  expect(callers.mayCall('look', 'shop')).toBe(true);
  mount('{"look":["users"]}');
  await until(() => !callers.mayCall('look', 'shop'));
  expect(callers.mayCall('look', 'users')).toBe(true);
  expect(await failures()).toBe(0);
});

test.each(['{"look":["sho', '', '[]', '{"look":"users"}', '{"look":[1]}'])(
  'a list such as %j is logged and counted, the former stays, and a later one is reloaded',
  async (text) => {
    mount(text);
    await until(async () => (await failures()) > 0);
    expect(callers.mayCall('look', 'shop')).toBe(true);
    expect(lines.filter((line) => line.includes('new list of callers ignored'))).toHaveLength(1);
    mount('{"look":["users"]}');
    await until(() => callers.mayCall('look', 'users'));
  },
);

test('without a valid list at its start, a service does not start', () => {
  const open = (file: string) => () => watchCallers(join(folder, file), { log, metrics: createMetrics('stock') });
  expect(open('none.json')).toThrow(ConfigurationError);
  expect(open('none.json')).toThrow(/none.json cannot be read: ENOENT/);
  mount('{');
  expect(open('callers.json')).toThrow(/must be a JSON object of arrays of service names/);
});
