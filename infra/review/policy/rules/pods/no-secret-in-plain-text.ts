import { eachContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing } from '../../samples.ts';

const NAME = /(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)$/i;
/** Values that are not secrets: a path, a URL, a number, a boolean. */
const HARMLESS = /^(\/|https?:\/\/[^@]*$|\d*$|true$|false$)/;
/** Values that are secrets under any name: a private key, a password in a URL, keys of known providers. */
const SECRET =
  /-----BEGIN [A-Z ]*PRIVATE KEY|:\/\/[^/\s:@]+:[^/\s@]+@|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b/;

export const noSecretInPlainText = rule({
  id: 'no-secret-in-plain-text',
  why: 'all readers of the repository, the preview or the Deployment can read the manifest',
  source: 'NSA/CISA Kubernetes Hardening Guide v1.2, Secrets; CIS Kubernetes Benchmark v1.12, 5.4.1',
  fix: 'put the value into a Secret with deployTimeSecret(), and mount it as a file',
  severity: 'critical',
  check: eachContainer(({ container: { env = [], args = [], command = [] }, at }) => [
    ...env
      .filter(({ name = '', value = '' }) => SECRET.test(value) || (NAME.test(name) && !HARMLESS.test(value)))
      .map(({ name }) => ({ field: `${at}.env.${name}`, what: 'looks like a secret in plain text' })),
    ...[...command, ...args]
      .filter((word) => SECRET.test(word))
      .map(() => ({ field: `${at}.args`, what: 'contain what looks like a secret in plain text' })),
  ]),
  samples: {
    good: [containing({ env: [{ name: 'LOGIN_TOKEN', value: '/var/run/groundwork/token' }] })],
    bad: [containing({ env: [{ name: 'DATABASE', value: 'postgres://users:hunter2@postgres/users' }] })],
    alsoBad: [
      [containing({ env: [{ name: 'LOGIN_TOKEN', value: 'hunter2' }] })],
      [containing({ args: ['--key=AKIAABCDEFGHIJKLMNOP'] })],
      [containing({ command: ['sh', '-c', 'psql postgres://users:hunter2@postgres/users'] })],
    ],
    nearMisses: [[containing({ env: [{ name: 'TOKEN', value: 'https://users.town' }], args: ['--port=80'] })]],
  },
});
