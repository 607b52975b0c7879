import { type Check, files, sample } from './check.ts';

/** Names of files that hold credentials, wherever they are. */
const FILES = new Set([
  'credentials.json',
  'credential.json',
  'credentials',
  'credential',
  'credentials.xml',
  'password.txt',
  'id_rsa',
  'id_dsa',
  'id_ecdsa',
  'id_ed25519',
  'secret_token.rb',
  'carrierwave.rb',
  'omniauth.rb',
  'database.yml',
  '.env',
  '.npmrc',
  '.netrc',
]);

const ENDS = /\.(secret|ovpn|private_key|cscfg|rdp|bek|tpm|fve|jks|psafe3|agilekeychain|keychain|pcap|gnucache)$/;

/** Variables that by their names hold a secret; public keys of packagers don't. */
const VARIABLE = /PASS|SECRET|KEY|ACCESS|TOKEN/i;
const HARMLESS = /^(GPG_KEYS?|.*_FILE)$/;

/** Whoever can pull an image can read it. */
export const noSecrets: Check = {
  id: 'CIS-DI-0010',
  severity: 'high',
  what: 'it holds what looks like a secret',
  fix: 'give secrets to pods as files, by the contract; change the one that was in the image',
  finds: (image) => [
    ...image.env
      .map((variable) => variable.split('=', 2) as [string, string?])
      .filter(([name, value = '']) => value !== '' && VARIABLE.test(name) && !HARMLESS.test(name))
      .map(([name]) => ({ at: `ENV ${name}` })),
    ...files(image, (_, name) => FILES.has(name) || ENDS.test(name)),
  ],
  passes: sample({
    env: ['GPG_KEY=0a', 'DATABASE_PASSWORD_FILE=/run/x', 'TOKEN='],
    files: [{ path: 'etc/ssl/certs/ca.pem', setId: false }],
  }),
  fails: sample({ env: ['AWS_SECRET_ACCESS_KEY=x'] }),
};
