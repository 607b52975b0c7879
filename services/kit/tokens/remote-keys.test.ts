import { Duration } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose';
import { Deadline } from '../deadline/deadline.ts';
import type { Context } from '../operation.ts';
import { silentLog } from '../testing/run.ts';
import { joinTrace } from '../trace/traceparent.ts';
import { type RemoteKeysOptions, remoteKeys } from './remote-keys.ts';

const context: Context = {
  requestId: 'r',
  trace: joinTrace(undefined),
  deadline: Deadline.of(Duration.seconds(5)),
  log: silentLog,
};
const token = { payload: '', signature: '' };

async function source(options?: RemoteKeysOptions) {
  const publicKey = async (kid: string) => ({
    ...(await exportJWK((await generateKeyPair('EdDSA')).publicKey)),
    kid,
    alg: 'EdDSA',
  });
  const state = { fetched: 0, fails: false, set: { keys: [await publicKey('a')] } as JSONWebKeySet };
  const keys = remoteKeys(async () => {
    state.fetched += 1;
    if (state.fails) throw new Error('away');
    return state.set;
  }, options)(context);
  return { state, publicKey, find: (kid: string) => keys({ alg: 'EdDSA', kid }, token) };
}

test('many tokens at once fetch the keys once', async () => {
  const { state, find } = await source();
  await Promise.all([find('a'), find('a'), find('a')]);
  await find('a');
  expect(state.fetched).toBe(1);
});

test('an unknown key is fetched from the source, so a rotation takes effect at once', async () => {
  const { state, publicKey, find } = await source();
  await find('a');
  state.set = { keys: [await publicKey('b'), ...state.set.keys] };
  await expect(find('b')).resolves.toBeDefined();
  expect(state.fetched).toBe(2);
});

test('a flood of forged key ids causes one call per cooldown', async () => {
  const { state, find } = await source();
  await find('a');
  for (let n = 0; n < 20; n += 1) await expect(find(`forged-${n}`)).rejects.toThrow();
  expect(state.fetched).toBe(2);
});

test('while the source is unavailable, cached keys stay in use', async () => {
  const { state, find } = await source({ maxAge: Duration.millis(0) });
  await find('a');
  state.fails = true;
  await expect(find('a')).resolves.toBeDefined();
});
