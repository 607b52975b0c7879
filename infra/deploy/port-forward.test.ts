import { expect, test } from '@jest/globals';
import { Kubectl } from './kubectl.ts';
import { withPortForward } from './port-forward.ts';

const system = {
  target: 'pod/alertmanager-0',
  port: 9093,
  serverName: 'alertmanager',
  identity: 'prometheus-identity',
};

/** kubectl that answers `get` with this text, and cannot forward ports. */
const forwarding = (answer: string) =>
  withPortForward(
    {
      kubectl: new Kubectl({
        kubectl: [
          'sh',
          '-c',
          `[ "$1" = get ] && { printf '${answer}'; exit; }; echo 'pod not found' >&2; exit 1`,
          'sh',
        ],
      }),
      namespace: 'shop-dev',
    },
    system,
    async () => 'done',
  );

test('a system that does not run is reported with what kubectl says', () =>
  expect(forwarding('{"data":{}}')).rejects.toMatchObject({
    code: 'port-forward-failed',
    where: 'pod/alertmanager-0 in namespace shop-dev',
    problem: 'pod not found',
  }));

test('an environment without the client certificate is reported', () =>
  expect(forwarding('')).rejects.toMatchObject({ code: 'certificate-missing' }));
