/** The rules: one a file, in the folder of what it is about. */
import type { Rule } from '../rule.ts';
import { noClusterAdmin } from './access/no-cluster-admin.ts';
import { noClusterPowers } from './access/no-cluster-powers.ts';
import { noEscalation } from './access/no-escalation.ts';
import { noPodCreation } from './access/no-pod-creation.ts';
import { noRightsForEveryone } from './access/no-rights-for-everyone.ts';
import { noSecretReading } from './access/no-secret-reading.ts';
import { noWildcardRights } from './access/no-wildcard-rights.ts';
import { alertsReceived } from './alerts/alerts-received.ts';
import { claimsRetained } from './data/claims-retained.ts';
import { storesBackedUp } from './data/stores-backed-up.ts';
import { storesProtected } from './data/stores-protected.ts';
import { volumesRetained } from './data/volumes-retained.ts';
import { accountWithoutToken } from './identity/account-without-token.ts';
import { knownAccount } from './identity/known-account.ts';
import { noTokenInPod } from './identity/no-token-in-pod.ts';
import { oneAccountEach } from './identity/one-account-each.ts';
import { oneCertificateEach } from './identity/one-certificate-each.ts';
import { ownAccount } from './identity/own-account.ts';
import { shortCertificates } from './identity/short-certificates.ts';
import { knownImage } from './images/known-image.ts';
import { noLatestImage } from './images/no-latest-image.ts';
import { pinnedImage } from './images/pinned-image.ts';
import { namespaceLimits } from './namespaces/namespace-limits.ts';
import { namespaceRestricted } from './namespaces/namespace-restricted.ts';
import { noDefaultNamespace } from './namespaces/no-default-namespace.ts';
import { defaultDeny } from './network/default-deny.ts';
import { ingressTls } from './network/ingress-tls.ts';
import { loadBalancerSources } from './network/load-balancer-sources.ts';
import { noExternalIps } from './network/no-external-ips.ts';
import { noNodePort } from './network/no-node-port.ts';
import { noOpenPeer } from './network/no-open-peer.ts';
import { podCovered } from './network/pod-covered.ts';
import { appArmor } from './pods/apparmor.ts';
import { noCapabilities } from './pods/no-capabilities.ts';
import { noHostNamespaces } from './pods/no-host-namespaces.ts';
import { noHostPath } from './pods/no-host-path.ts';
import { noHostPort } from './pods/no-host-port.ts';
import { noHostProbe } from './pods/no-host-probe.ts';
import { noPrivilegeEscalation } from './pods/no-privilege-escalation.ts';
import { noPrivilegedContainer } from './pods/no-privileged-container.ts';
import { noSecretInEnvironment } from './pods/no-secret-in-environment.ts';
import { noSecretInPlainText } from './pods/no-secret-in-plain-text.ts';
import { noSharedProcesses } from './pods/no-shared-processes.ts';
import { noWindowsHostProcess } from './pods/no-windows-host-process.ts';
import { nonRoot } from './pods/non-root.ts';
import { nonRootUser } from './pods/non-root-user.ts';
import { procMount } from './pods/proc-mount.ts';
import { readOnlyRoot } from './pods/read-only-root.ts';
import { safeSysctls } from './pods/safe-sysctls.ts';
import { safeVolumes } from './pods/safe-volumes.ts';
import { seccomp } from './pods/seccomp.ts';
import { selinux } from './pods/selinux.ts';
import { budgetLetsEvict } from './running/budget-lets-evict.ts';
import { disruptionBudget } from './running/disruption-budget.ts';
import { drains } from './running/drains.ts';
import { jobEnds } from './running/job-ends.ts';
import { livenessProbe } from './running/liveness-probe.ts';
import { memoryLimit } from './running/memory-limit.ts';
import { probesDiffer } from './running/probes-differ.ts';
import { readinessProbe } from './running/readiness-probe.ts';
import { requests } from './running/requests.ts';
import { rollsGently } from './running/rolls-gently.ts';
import { scalerOwnsReplicas } from './running/scaler-owns-replicas.ts';
import { serviceFindsPods } from './running/service-finds-pods.ts';
import { spread } from './running/spread.ts';
import { stopsInTime } from './running/stops-in-time.ts';

/** Rules by topic. */
export const groups = {
  pods: [
    appArmor,
    noCapabilities,
    noHostNamespaces,
    noHostPath,
    noHostPort,
    noHostProbe,
    noPrivilegeEscalation,
    noPrivilegedContainer,
    noSecretInEnvironment,
    noSecretInPlainText,
    noSharedProcesses,
    noWindowsHostProcess,
    nonRoot,
    nonRootUser,
    procMount,
    readOnlyRoot,
    safeSysctls,
    safeVolumes,
    seccomp,
    selinux,
  ],
  namespaces: [namespaceLimits, namespaceRestricted, noDefaultNamespace],
  access: [
    noClusterAdmin,
    noClusterPowers,
    noEscalation,
    noPodCreation,
    noRightsForEveryone,
    noSecretReading,
    noWildcardRights,
  ],
  identity: [
    accountWithoutToken,
    knownAccount,
    noTokenInPod,
    oneAccountEach,
    oneCertificateEach,
    ownAccount,
    shortCertificates,
  ],
  network: [defaultDeny, ingressTls, loadBalancerSources, noExternalIps, noNodePort, noOpenPeer, podCovered],
  images: [knownImage, noLatestImage, pinnedImage],
  running: [
    budgetLetsEvict,
    disruptionBudget,
    drains,
    jobEnds,
    livenessProbe,
    memoryLimit,
    probesDiffer,
    readinessProbe,
    requests,
    rollsGently,
    scalerOwnsReplicas,
    serviceFindsPods,
    spread,
    stopsInTime,
  ],
  alerts: [alertsReceived],
  data: [claimsRetained, storesBackedUp, storesProtected, volumesRetained],
} as const satisfies Record<string, readonly Rule[]>;

export const rules: readonly Rule[] = Object.values(groups).flat();
