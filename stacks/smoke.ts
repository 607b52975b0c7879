import { ConfigurationError } from '@groundwork/contract';

/** What the shop must answer through its gateway; each touches another layer. */
const questions = [
  { step: 'the gateway describes the shop', path: '/openapi.json', status: 200 },
  { step: 'catalog answers from its database', path: '/products?limit=1', status: 200 },
  { step: 'users publishes its keys', path: '/.well-known/jwks.json', status: 200 },
  { step: 'an account is closed to strangers', path: '/users/me', status: 401 },
];

/**
 * Asks the running shop what its users would ask first. Leaves nothing behind.
 * @throws ConfigurationError with the first answer that is wrong.
 */
export async function smoke(gatewayUrl: string, step: (text: string) => void): Promise<void> {
  for (const question of questions) {
    step(question.step);
    const url = new URL(question.path, gatewayUrl);
    const reply = await fetch(url, { signal: AbortSignal.timeout(10_000) }).catch((error: Error) => {
      throw new ConfigurationError({
        code: 'smoke-check-failed',
        where: `GET ${url}`,
        problem: `no answer: ${String(error.cause ?? error)}`,
        fix: '`npm run status` shows what runs',
      });
    });
    const text = await reply.text();
    if (reply.status !== question.status) {
      throw new ConfigurationError({
        code: 'smoke-check-failed',
        where: `GET ${url}`,
        problem: `status ${reply.status} where ${question.status} is right: ${text.slice(0, 300)}`,
        fix: '`npm run status` shows what runs',
      });
    }
  }
}

/** How a person begins. */
export function welcome(gatewayUrl: string): readonly string[] {
  const json = "-H 'content-type: application/json'";
  const me = `'{"email":"ada@example.com","name":"Ada","password":"correct horse battery staple"}'`;
  return [
    `shop:     ${gatewayUrl}/products`,
    `API:      ${gatewayUrl}/openapi.json`,
    `sign up:  curl ${gatewayUrl}/users ${json} -d ${me}`,
    `sign in:  curl ${gatewayUrl}/sessions ${json} -d '{"email":"ada@example.com","password":"correct horse battery staple"}'`,
    `then:     curl ${gatewayUrl}/users/me -H "authorization: Bearer <accessToken>"`,
  ];
}
