import { Duration } from '@groundwork/contract';
import { alert, type RuleFile } from './rule.ts';

/**
 * Certificates that are not renewed in time. Identities are valid for 24 hours and are renewed 8 hours before expiry, so
 * one with 4 hours left has missed its renewal by 4; cert-manager exports a metric for every certificate.
 * @see https://cert-manager.io/docs/devops-tips/prometheus-metrics/
 */
export const certificateRules: RuleFile = {
  name: 'certificates',
  of: 'cert-manager',
  alerts: [
    alert({
      name: 'CertificateExpiring',
      expr: 'certmanager_certificate_expiration_timestamp_seconds - time() < 4 * 3600',
      for: Duration.minutes(10),
      severity: 'page',
      summary: 'Certificate {{ $labels.name }} expires in {{ $value | humanizeDuration }}',
      description: 'After that, the calls, events and queries of its workload fail.',
      runbook:
        'kubectl describe certificate shows why it wasn’t renewed; check the log of cert-manager, and whether the CA of the issuer has expired.',
      explains: [{ alert: 'CertificateNotReady', sameIn: ['name'] }],
    }),
    alert({
      name: 'CertificateNotReady',
      expr: 'certmanager_certificate_ready_status{condition!="True"} == 1',
      for: Duration.minutes(15),
      severity: 'ticket',
      summary: 'Certificate {{ $labels.name }} could not be issued',
      description: 'New pods of its workload can’t start without it.',
      runbook: 'kubectl describe certificate, then the CertificateRequest that it lists.',
    }),
  ],
};
