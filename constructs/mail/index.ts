import { type ConfigurationError, type Need, throwIfAny } from '@groundwork/contract';
import { Construct } from 'constructs';

import { deployTimeSecret } from '../kubernetes/deploy-time-secret.ts';
import {
  addNetworkRules,
  type ExternalEndpoint,
  egressToExternal,
  validateExternalEndpoints,
} from '../kubernetes/network-policy.ts';
import { labelsOf, object } from '../kubernetes/object.ts';
import { errorIf } from '../kubernetes/validate.ts';
import type { BackingService, Connection, Platform, Workload } from '../platform/index.ts';

const FILE = '/var/run/groundwork/mail/url';

/** An SMTP server outside of the cluster. */
export interface MailServer {
  /** Networks and ports of the server. Its host name and credentials are in the deploy-time secret `mail/<service>/url`. */
  readonly egress: ExternalEndpoint;
  /** Sender address of all mail, such as `Shop <no-reply@shop.example>`. */
  readonly from: string;
}

/** Props of `Mail`. */
export interface MailProps {
  /** Platform whose services send mail. */
  readonly platform: Platform;
  /** Mail server. @default none: services log mail instead of sending it */
  readonly server?: MailServer;
}

/**
 * Provides for needs of kind `mail`. The URL of the server with the service's credentials, `smtp://user:password@host:587`,
 * is a deploy-time secret that an operator provides. The service reloads it when it changes, and delays mail until it is
 * a valid URL.
 * @throws ConfigurationError (or `ConfigurationErrors`) for an invalid server
 */
export class Mail extends Construct implements BackingService {
  readonly #platform: Platform;
  readonly #server: MailServer | undefined;

  public constructor(scope: Construct, id: string, { platform, server }: MailProps) {
    super(scope, id);
    if (server !== undefined) throwIfAny(validateServer(`environment '${platform.environment}' › mail`, server));
    this.#platform = platform;
    this.#server = server;
    platform.addBackingService('mail', this);
  }

  /** @returns the environment of the mail server, and the file with its URL */
  public connect({ name, selector }: Workload, _need: Need): Connection {
    if (this.#server === undefined) return { env: { MAIL_SINK: 'log' } };
    const { namespace, system } = this.#platform;
    const scope = new Construct(this, name);
    const origin = `contract '${name}' › owns mail`;
    const secret = `${name}-mail`;
    const metadata = { namespace, labels: labelsOf(system, name) };
    object(scope, 'login', origin, 'Secret', {
      metadata: {
        ...metadata,
        name: secret,
        annotations: { 'groundwork/purpose': 'URL of the mail server, with credentials' },
      },
      stringData: { url: deployTimeSecret(`mail/${name}/url`, 'given') },
    });
    addNetworkRules(scope, 'network', origin, {
      metadata: { ...metadata, name: `${name}-to-mail` },
      selector,
      egress: [egressToExternal(this.#server.egress)],
    });
    return {
      env: { MAIL_SINK: 'smtp', MAIL_FROM: this.#server.from, SMTP_URL_FILE: FILE },
      files: [{ path: FILE, secret, key: 'url' }],
    };
  }
}

function validateServer(where: string, { egress, from }: MailServer): ConfigurationError[] {
  return [
    ...validateExternalEndpoints(`${where} › egress`, [egress]),
    ...errorIf(!/^([^<>]* <[^<>\s@]+@[^<>\s@]+>|[^<>\s@]+@[^<>\s@]+)$/.test(from), {
      code: 'mail-sender-invalid',
      where: `${where} › from`,
      problem: `from must be a mail address, got '${from}'`,
      fix: "write 'Shop <no-reply@shop.example>'",
    }),
  ];
}
