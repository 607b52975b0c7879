import type { Need, SecretNeed } from '@groundwork/contract';
import { Construct } from 'constructs';
import { deployTimeSecret, type SecretFormat } from '../kubernetes/deploy-time-secret.ts';
import { labelsOf, object } from '../kubernetes/object.ts';
import type { BackingService, Connection, Platform, Workload } from '../platform/index.ts';

/** Folder of a service's secrets, one file for each. */
const FOLDER = '/var/run/groundwork/secrets';

const FORMATS: Readonly<Record<SecretNeed['format'], SecretFormat>> = {
  random: 'password',
  'ed25519-jwks': 'ed25519-jwks',
};

/** Props of `Secrets`. */
export interface SecretsProps {
  /** Platform whose services own secrets. */
  readonly platform: Platform;
}

/** Provides for needs of kind `secret`: one Secret for each, with a deploy-time secret, mounted only by its service. */
export class Secrets extends Construct implements BackingService {
  readonly #platform: Platform;

  public constructor(scope: Construct, id: string, { platform }: SecretsProps) {
    super(scope, id);
    this.#platform = platform;
    platform.addBackingService('secret', this);
  }

  /** Creates a Secret for the need, and mounts it as a file in `/var/run/groundwork/secrets`. */
  public connect({ name: service }: Workload, need: Need): Connection {
    const { name, format, purpose } = need as SecretNeed;
    const secret = `${service}-${name}`;
    const { namespace, system } = this.#platform;
    object(this, secret, `contract '${service}' › owns secret '${name}'`, 'Secret', {
      metadata: {
        name: secret,
        namespace,
        labels: labelsOf(system, service),
        annotations: { 'groundwork/purpose': purpose },
      },
      stringData: { value: deployTimeSecret(`secrets/${service}/${name}`, FORMATS[format]) },
    });
    return { files: [{ path: `${FOLDER}/${name}`, secret, key: 'value' }] };
  }
}
