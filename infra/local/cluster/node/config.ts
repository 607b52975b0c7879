import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from '../binaries.ts';
import { type Layout, NODE, network } from '../layout.ts';

/** Folder of the files for the node's processes, in the node's own `/run`, which is not visible outside. */
const CONF = '/run/groundwork';

/** Configuration files of the node's processes, by file name. */
export function nodeConfig(layout: Layout, pauseImage: string): Readonly<Record<string, string>> {
  return {
    'cni.conflist': json(cni),
    'containerd.toml': containerd(pauseImage),
    'kubelet.yaml': json(kubelet(layout)),
    'proxy.yaml': json(proxy(layout)),
  };
}

/** Writes the files, and `env`, the variables of `init.sh`. */
export async function writeNodeConfig(layout: Layout, binaries: Binaries, pauseImage: string): Promise<void> {
  const folder = join(layout.run, 'conf');
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(nodeConfig(layout, pauseImage)))
    await writeFile(join(folder, name), content);
  const known = {
    node: NODE,
    node_ip: network.node,
    pods: network.pods,
    services: network.services,
    cgroup: layout.cgroup,
    kube: binaries.kube,
    cni_policy: binaries['cni-policy'],
    pki: layout.pki,
    log: layout.log,
    lib: layout.lib,
  };
  await writeFile(
    join(folder, 'env'),
    Object.entries(known)
      .map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`)
      .join(''),
  );
}

/** Kubernetes and CNI accept JSON wherever they accept YAML. */
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const cni = {
  cniVersion: '1.0.0',
  name: 'groundwork',
  plugins: [
    {
      type: 'ptp',
      ipam: {
        type: 'host-local',
        dataDir: '/run/ipam',
        ranges: [[{ subnet: network.pods, gateway: network.podsGateway }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
    { type: 'cni-policy', socket: `${CONF}/policy.sock` },
  ],
};

function containerd(pauseImage: string): string {
  const unused = [
    'snapshotter.v1.aufs',
    'snapshotter.v1.btrfs',
    'snapshotter.v1.devmapper',
    'snapshotter.v1.zfs',
    'internal.v1.opt',
    'tracing.processor.v1.otlp',
  ];
  return `version = 2
disabled_plugins = [${unused.map((name) => `"io.containerd.${name}"`).join(', ')}]
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true # a machine may lack CAP_SYS_RESOURCE; without this no pod starts there
  enable_unprivileged_ports = true # as containerd 2 and Docker do: a non-root process may listen on port 53 or 80
  enable_unprivileged_icmp = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${CONF}/cnibin"
    conf_dir = "${CONF}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
`;
}

const kubelet = ({ pki, cgroup }: Layout) => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: join(pki, 'ca.crt') },
  },
  authorization: { mode: 'Webhook' },
  tlsCertFile: join(pki, 'kubelet.crt'),
  tlsPrivateKeyFile: join(pki, 'kubelet.key'),
  address: network.node,
  healthzPort: 0,
  containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
  cgroupDriver: 'cgroupfs',
  cgroupRoot: `/${cgroup}`,
  failCgroupV1: false,
  failSwapOn: false,
  clusterDomain: 'cluster.local',
  clusterDNS: [network.dnsService],
  resolvConf: `${CONF}/resolv.conf`,
  volumePluginDir: '/var/lib/kubelet/volumeplugins',
  // Maximum delay until a running pod sees a changed ConfigMap or Secret.
  syncFrequency: '10s',
  serializeImagePulls: false,
  // Never: an imported image cannot be pulled again.
  imageGCHighThresholdPercent: 100,
  // The defaults, in percent, would evict pods on a disk that is only fairly full.
  evictionHard: {
    'memory.available': '200Mi',
    'nodefs.available': '1%',
    'imagefs.available': '1%',
    'nodefs.inodesFree': '1%',
  },
});

const proxy = ({ pki }: Layout) => ({
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  clientConnection: { kubeconfig: join(pki, 'proxy.kubeconfig') },
  mode: 'nftables',
  hostnameOverride: NODE,
  clusterCIDR: network.pods,
  nftables: { minSyncPeriod: '100ms' },
  // These can only be set in the initial network namespace.
  conntrack: { maxPerCore: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
});
