import { Duration } from '@groundwork/contract';
import { alert, type RuleFile } from './rule.ts';

/**
 * Certificates of the namespace that are not renewed in time: half of the time between renewal and expiry has passed,
 * such as 4 of the last 8 hours of an identity, or 15 of the last 30 days of a certificate for 90. cert-manager exports
 * a metric for every certificate of the cluster.
 * @see https://cert-manager.io/docs/devops-tips/prometheus-metrics/
 */
export function certificateRules(namespace: string): RuleFile {
  const of = (metric: string): string => `certmanager_certificate_${metric}{namespace="${namespace}"}`;
  const [expiry, renewal] = [of('expiration_timestamp_seconds'), of('renewal_timestamp_seconds')];
  return {
    name: 'certificates',
    of: 'cert-manager',
    alerts: [
      alert({
        name: 'CertificateExpiring',
        expr: `${expiry} - time() < (${expiry} - ${renewal}) / 2`,
        for: Duration.minutes(10),
        severity: 'page',
        summary: 'Certificate {{ $labels.name }} expires in {{ $value | humanizeDuration }}',
        description: 'After that, the calls, events and queries of its workload fail.',
        runbook:
          'kubectl describe certificate shows why it wasn’t renewed; check the log of cert-manager, and whether the CA of the issuer has expired.',
        explains: [{ alert: 'CertificateNotReady', sameIn: ['name'] }],
      }),
      alert({
        name: 'CertificatesUnseen',
        expr: `absent(${expiry})`,
        for: Duration.minutes(10),
        severity: 'page',
        summary: 'cert-manager reports no certificate of the platform',
        description: 'Only its leader does. Without it nothing is renewed, and no alert on certificates can fire.',
        runbook: 'kubectl -n cert-manager get pods,lease: one pod must hold the lease. Its log has the reason.',
      }),
      alert({
        name: 'CertificateNotReady',
        expr: `certmanager_certificate_ready_status{namespace="${namespace}",condition!="True"} == 1`,
        for: Duration.minutes(15),
        severity: 'ticket',
        summary: 'Certificate {{ $labels.name }} could not be issued',
        description: 'New pods of its workload can’t start without it.',
        runbook: 'kubectl describe certificate, then the CertificateRequest that it lists.',
      }),
    ],
  };
}
