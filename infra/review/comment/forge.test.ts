import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Forge } from './forge.ts';
import { json, Loopback } from './testing/loopback.ts';

/** Responds as the test specifies, and records requests. */
class Server extends Loopback {
  public readonly tokens: (string | undefined)[] = [];
  public reply: (response: ServerResponse, url: URL) => void = (response) => json(response, 200, {});

  protected async answer(request: IncomingMessage, url: URL, _: string, response: ServerResponse): Promise<void> {
    this.tokens.push(request.headers.authorization);
    this.reply(response, url);
  }
}

let server: Server;
let storage: Server;
let url: string;
let storageUrl: string;
let forge: Forge;
beforeEach(async () => {
  [server, storage] = [new Server(), new Server()];
  [url, storageUrl] = [await server.start(), await storage.start()];
  forge = new Forge({ url, token: 'canary' });
});
afterEach(() => Promise.all([server.end(), storage.end()]));

test('the token is sent to the forge, and not to the storage of a redirected download', async () => {
  server.reply = (response) => void response.writeHead(302, { location: `${storageUrl}/zip?signed` }).end();
  storage.reply = (response) => void response.end('bytes');
  expect(Buffer.from(await forge.download('/zip', 5)).toString()).toBe('bytes');
  expect(server.tokens).toEqual(['Bearer canary']);
  expect(storage.tokens).toEqual([undefined]);
});

test('the limit applies to the storage too, for any declared length', async () => {
  server.reply = (response) => void response.writeHead(302, { location: `${storageUrl}/zip` }).end();
  storage.reply = (response) => void response.end('bytes!');
  await expect(forge.download('/zip', 5)).rejects.toThrow(/at most 5 bytes/);
});

test('an endless list is read up to its limit', async () => {
  server.reply = (response) => json(response, 200, Array(100).fill(0));
  expect(await forge.all('/notes?sort=asc')).toHaveLength(5000);
});

test('a failed change is not retried, which could post a second note', async () => {
  server.reply = (response) => json(response, 502, { message: 'Bad Gateway' });
  await expect(forge.ask('POST', '/notes', { body: 'x' })).rejects.toThrow(/status 502: .*Bad Gateway/);
  expect(server.asked).toEqual(['POST /notes']);
});

test.each<[string, (response: ServerResponse) => void]>([
  ['an answer that does not come', () => undefined],
  ['an answer that does not end', (response) => void response.writeHead(200).write('[')],
  ['a connection that is cut', (response) => void response.destroy()],
  ['a response that is not JSON', (response) => void response.end('<html>')],
])('%s is an error of the forge, without the token', async (_, reply) => {
  server.reply = reply;
  const error = await new Forge({ url, token: 'canary', timeoutMs: 200 }).ask('GET', '/x').catch((it: Error) => it);
  expect(error).toMatchObject({ code: 'forge-failed', where: 'GET /x' });
  expect(String(error)).not.toContain('canary');
});
