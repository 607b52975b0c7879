import type { RequestListener } from 'node:http';
import type { Resolver } from '@groundwork/kit';
import { ALGORITHM, AUDIENCE } from '@groundwork/kit/tokens';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { type Started, silentLog, startOnFreePorts } from '../kit/testing/run.ts';
import { type StubService, stubService } from '../kit/testing/upstream.ts';
import { createApp, gatewayConfig } from './app.ts';

const ISSUER = 'http://shop.test';

/** A gateway before stubs of `users`, which publishes a key, and of `orders`. */
export interface TestGateway extends Started {
  readonly orders: StubService;
  /** An access token of a user. */
  token(userId: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts a gateway over plain HTTP. @param orders answers for the service of that name */
export async function startTestGateway(orders: RequestListener): Promise<TestGateway> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { crv: 'Ed25519' });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const users = await stubService((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: [{ ...jwk, kid, alg: ALGORITHM, use: 'sig' }] }));
  });
  const stub = await stubService(orders);
  const origins: Record<string, string> = { users: users.url, orders: stub.url };
  const resolver: Resolver = {
    pick: (service) => ({ origin: origins[service] ?? 'http://127.0.0.1:1', release: () => {} }),
    close: async () => {},
  };
  const config = gatewayConfig({ ENVIRONMENT: 'test', TOKEN_ISSUER: ISSUER });
  const running = await startOnFreePorts(await createApp(config, silentLog, resolver));
  return {
    ...running,
    orders: stub,
    token: (userId) =>
      new SignJWT({ sid: 'session' })
        .setProtectedHeader({ alg: ALGORITHM, kid, typ: 'at+jwt' })
        .setSubject(userId)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt()
        .setExpirationTime('15m')
        .sign(privateKey),
    close: async () => {
      await running.stop();
      await Promise.all([users.close(), stub.close()]);
    },
  };
}
