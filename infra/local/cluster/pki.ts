import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Layout, NODE, network } from './layout.ts';

/** Ten years: the cluster is recreated long before. */
const DAYS = '3650';

/** Clients of the API server inside the node. */
const clients = {
  kubelet: `/O=system:nodes/CN=system:node:${NODE}`,
  'controller-manager': '/CN=system:kube-controller-manager',
  scheduler: '/CN=system:kube-scheduler',
  proxy: '/CN=system:kube-proxy',
  policy: '/CN=groundwork:policy',
} as const;

/**
 * Writes the cluster's keys, certificates and kubeconfigs, once: in a temporary folder that is renamed when it is
 * complete. The administrator's kubeconfig is written each time, since the port may have changed.
 */
export async function ensurePki(layout: Layout): Promise<void> {
  if (!existsSync(layout.pki)) {
    const folder = `${layout.pki}.new`;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await makePki(folder);
    await rename(folder, layout.pki);
  }
  const partial = `${layout.kubeconfig}.new`;
  await writeKubeconfig(layout.pki, 'admin', `https://127.0.0.1:${layout.apiPort}`, partial);
  await rename(partial, layout.kubeconfig);
}

async function makePki(folder: string): Promise<void> {
  const pki = new Authority(folder);
  await Promise.all(['ca', 'etcd-ca', 'front-proxy-ca'].map((name) => pki.authority(name)));
  const apiserver = [
    `IP:${network.node}`,
    `IP:${network.apiService}`,
    'IP:127.0.0.1',
    'DNS:localhost',
    ...['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'].map(
      (name) => `DNS:${name}`,
    ),
  ];
  await Promise.all([
    pki.certificate('etcd', 'etcd-ca', '/CN=etcd', ['IP:127.0.0.1']),
    pki.certificate('apiserver', 'ca', '/CN=kube-apiserver', apiserver),
    pki.certificate('apiserver-kubelet-client', 'ca', '/O=groundwork:kubelet-api/CN=kube-apiserver-kubelet-client'),
    pki.certificate('front-proxy-client', 'front-proxy-ca', '/CN=front-proxy-client'),
    pki.certificate('admin', 'ca', '/O=system:masters/CN=admin'),
    ...Object.entries(clients).map(([name, subject]) =>
      pki.certificate(name, 'ca', subject, name === 'kubelet' ? [`IP:${network.node}`, `DNS:${NODE}`] : []),
    ),
    pki.keyPair('sa'),
  ]);
  for (const name of Object.keys(clients))
    await writeKubeconfig(folder, name, `https://${network.node}:6443`, join(folder, `${name}.kubeconfig`));
}

/** Runs OpenSSL in one folder. */
class Authority {
  readonly #folder: string;

  public constructor(folder: string) {
    this.#folder = folder;
  }

  public async authority(name: string): Promise<void> {
    const use = 'keyUsage=critical,keyCertSign,cRLSign,digitalSignature';
    await this.#openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-days',
      DAYS,
      '-subj',
      `/CN=${name}`,
      '-addext',
      use,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
    );
  }

  public async certificate(
    name: string,
    authority: string,
    subject: string,
    names: readonly string[] = [],
  ): Promise<void> {
    const use = [
      'keyUsage=critical,digitalSignature',
      'extendedKeyUsage=clientAuth,serverAuth',
      ...(names.length > 0 ? [`subjectAltName=${names.join(',')}`] : []),
    ];
    await writeFile(join(this.#folder, `${name}.ext`), use.join('\n'));
    await this.#openssl('req', '-new', ...NEW_KEY, '-subj', subject, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    await this.#openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      `${authority}.crt`,
      '-CAkey',
      `${authority}.key`,
      '-days',
      DAYS,
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.crt`,
    );
    await Promise.all(['csr', 'ext'].map((suffix) => rm(join(this.#folder, `${name}.${suffix}`))));
  }

  /** Creates the key pair that signs the service accounts' tokens. */
  public async keyPair(name: string): Promise<void> {
    await this.#openssl('genrsa', '-out', `${name}.key`, '2048');
    await this.#openssl('rsa', '-in', `${name}.key`, '-pubout', '-out', `${name}.pub`);
  }

  async #openssl(...args: readonly string[]): Promise<void> {
    await execa('openssl', args, { cwd: this.#folder });
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

async function writeKubeconfig(pki: string, user: string, server: string, file: string): Promise<void> {
  const data = async (name: string): Promise<string> => (await readFile(join(pki, name))).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': NODE,
    clusters: [{ name: NODE, cluster: { server, 'certificate-authority-data': await data('ca.crt') } }],
    contexts: [{ name: NODE, context: { cluster: NODE, user } }],
    users: [
      {
        name: user,
        user: { 'client-certificate-data': await data(`${user}.crt`), 'client-key-data': await data(`${user}.key`) },
      },
    ],
  };
  await writeFile(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
}
