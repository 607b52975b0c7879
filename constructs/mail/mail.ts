import { Mistake, type Need, refuse } from '@groundwork/contract';
import { Construct } from 'constructs';
import type { Secret } from 'kubernetes-types/core/v1.d.ts';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.d.ts';
import { labelsOf } from '../kubernetes/labels.ts';
import { late } from '../kubernetes/deploy-time-secret.ts';
import { object } from '../kubernetes/object.ts';
import { egressOutside, type Outside, outsideMistakes } from '../kubernetes/outside.ts';
import type { Backing, Connection, Platform, Workload } from '../platform/index.ts';

const FILE = '/var/run/groundwork/mail/url';

/** A mail server outside of the cluster that takes what services send. */
export interface MailServer {
  /** Where it is, for the NetworkPolicy of who sends. Its name and the login are the late value `mail/<service>/url`. */
  readonly egress: Outside;
  /** Sender of all mail, such as `Shop <no-reply@shop.example>`. */
  readonly from: string;
}

export interface MailProps {
  readonly platform: Platform;
  /** @default none: services write into their log that a letter would have gone out */
  readonly server?: MailServer;
}

/**
 * Provides for needs of kind `mail`. The server's URL with the service's own login, `smtp://user:password@host:587`, is a
 * late value that others decide on; the service reads it again when it changes, and holds letters back while it is no URL.
 * @throws Mistake (or `Mistakes`) for a server that isn't described well
 */
export class Mail extends Construct implements Backing {
  readonly #platform: Platform;
  readonly #server: MailServer | undefined;

  public constructor(scope: Construct, id: string, { platform, server }: MailProps) {
    super(scope, id);
    if (server !== undefined) refuse(serverMistakes(`environment '${platform.environment}' › mail`, server));
    this.#platform = platform;
    this.#server = server;
    platform.addBacking('mail', this);
  }

  public connect({ name, selector }: Workload, _need: Need): Connection {
    if (this.#server === undefined) return { env: { MAIL_SINK: 'log' } };
    const { namespace, system } = this.#platform;
    const scope = new Construct(this, name);
    const cause = `contract '${name}' › owns mail`;
    const secret = `${name}-mail`;
    const metadata = { namespace, labels: labelsOf(system, name) };
    object<Secret>(scope, 'login', cause, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        ...metadata,
        name: secret,
        annotations: { 'groundwork/purpose': 'URL of the mail server, with the login' },
      },
      stringData: { url: late(`mail/${name}/url`, 'password') },
    });
    object<NetworkPolicy>(scope, 'network', cause, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { ...metadata, name: `${name}-to-mail` },
      spec: {
        podSelector: { matchLabels: { ...selector } },
        policyTypes: ['Egress'],
        egress: [egressOutside(this.#server.egress)],
      },
    });
    return {
      env: { MAIL_SINK: 'smtp', MAIL_FROM: this.#server.from, SMTP_URL_FILE: FILE },
      files: [{ path: FILE, secret, key: 'url' }],
    };
  }
}

function serverMistakes(where: string, { egress, from }: MailServer): Mistake[] {
  const found = outsideMistakes(`${where} › egress`, [egress]);
  if (!/^([^<>]* <[^<>\s@]+@[^<>\s@]+>|[^<>\s@]+@[^<>\s@]+)$/.test(from)) {
    found.push(new Mistake(`${where} › from`, `'${from}' is no sender`, "write 'Shop <no-reply@shop.example>'"));
  }
  return found;
}
