import { contract, Duration, event, postgres, route, secret } from '@groundwork/contract';
import { Type } from 'typebox';

const UserId = Type.String({ format: 'uuid', examples: ['6f0c1b7a-2f0e-4a0c-8b36-1d2e3f4a5b6c'] });

/** An account, as its owner sees it. */
export const User = Type.Object(
  {
    id: UserId,
    email: Type.String({ format: 'email' }),
    name: Type.String({ examples: ['Ada'] }),
    createdAt: Type.String({ format: 'date-time' }),
  },
  { additionalProperties: false },
);

const Email = Type.String({ format: 'email', maxLength: 254, description: 'Compared case-insensitively.' });
const Name = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S', examples: ['Ada'] });
const Password = Type.String({
  minLength: 12,
  maxLength: 128,
  examples: ['correct horse battery staple'],
  description: 'Only the length is checked; there are no rules about kinds of characters (NIST SP 800-63B).',
});

/** Tokens of a session, as in RFC 6749 section 5.1 but in camel case. A refresh token works once; the reply to its use contains the next one. */
export const Tokens = Type.Object(
  {
    accessToken: Type.String({ examples: ['eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln'] }),
    refreshToken: Type.String({ examples: ['Zm9yIGFuIGV4YW1wbGUgb25seQ'] }),
    tokenType: Type.Literal('Bearer'),
    expiresIn: Type.Integer({ examples: [900], description: 'Seconds until the access token expires.' }),
  },
  { additionalProperties: false },
);

/** RFC 8037: an Ed25519 key, public part. */
const PublicKey = Type.Object(
  {
    kty: Type.Literal('OKP'),
    crv: Type.Literal('Ed25519'),
    x: Type.String({ examples: ['11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'] }),
    kid: Type.String({ examples: ['kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'] }),
    alg: Type.Literal('EdDSA'),
    use: Type.Literal('sig'),
  },
  { additionalProperties: false },
);

/** An account was opened. The payload contains only the personal data that a message to the user needs. */
export const userRegistered = event(
  'user.registered',
  1,
  Type.Object(
    { userId: UserId, email: Type.String({ format: 'email' }), name: Type.String({ examples: ['Ada'] }) },
    { additionalProperties: false },
  ),
  { key: 'userId' },
);

/** Accounts, log-in, and the keys that verify tokens. */
export const users = contract('users', {
  http: {
    register: route('POST', '/users', {
      summary: 'Open an account',
      auth: 'none',
      body: Type.Object({ email: Email, name: Name, password: Password }, { additionalProperties: false }),
      reply: { 201: User },
    }),
    logIn: route('POST', '/sessions', {
      summary: 'Log in with email and password',
      auth: 'none',
      body: Type.Object(
        { email: Email, password: Type.String({ maxLength: 128, examples: ['correct horse battery staple'] }) },
        { additionalProperties: false },
      ),
      reply: { 201: Tokens },
    }),
    refresh: route('POST', '/sessions/refresh', {
      summary: 'Exchange a refresh token for new tokens; reuse ends the session',
      auth: 'none',
      body: Type.Object(
        { refreshToken: Type.String({ maxLength: 128, examples: ['Zm9yIGFuIGV4YW1wbGUgb25seQ'] }) },
        { additionalProperties: false },
      ),
      reply: { 200: Tokens },
    }),
    logOut: route('DELETE', '/sessions/current', {
      summary: 'End the session of the access token',
      reply: { 204: Type.Null() },
    }),
    profile: route('GET', '/users/me', {
      summary: 'The account of the access token',
      reply: { 200: User },
    }),
    updateProfile: route('PATCH', '/users/me', {
      summary: 'Change the account of the access token',
      body: Type.Object({ name: Name }, { additionalProperties: false }),
      reply: { 200: User },
    }),
    keys: route('GET', '/.well-known/jwks.json', {
      summary: 'Keys that access tokens are signed with (RFC 7517)',
      auth: 'none',
      reply: { 200: Type.Object({ keys: Type.Array(PublicKey) }, { additionalProperties: false }) },
    }),
  },
  owns: [
    postgres({ migrations: 'services/users/migrations' }),
    secret('token-keys', {
      purpose: 'signs access tokens; its first key signs, all of them are published',
      format: 'ed25519-jwks',
    }),
  ],
  publishes: [userRegistered],
  // Log-in is slow by design: argon2id takes tens of milliseconds of CPU.
  slo: { availability: 0.999, latency: { p99: Duration.millis(800) } },
});
