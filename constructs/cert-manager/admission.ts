import type { Construct } from 'constructs';
import type {
  MutatingWebhook,
  RuleWithOperations,
  ValidatingWebhook,
} from 'kubernetes-types/admissionregistration/v1.d.ts';
import { labelsOf, object } from '../kubernetes/object.ts';
import { injectedFrom } from './configuration.ts';

const NAME = 'cert-manager-webhook';
const CAUSE = 'cert-manager (its webhook records requesters and rejects invalid objects)';

/** Webhook configurations for cert-manager's objects. They fail closed: without a response, objects are rejected. */
export function makeAdmission(scope: Construct, namespace: string): void {
  const metadata = { name: NAME, labels: labelsOf('cert-manager', NAME), annotations: injectedFrom(namespace) };
  const webhook = (path: string, operations: string[], resources: string[]): MutatingWebhook & ValidatingWebhook => ({
    name: 'webhook.cert-manager.io',
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    timeoutSeconds: 10,
    clientConfig: { service: { name: NAME, namespace, path } },
    // The type lacks `resources`, which every rule has.
    rules: [{ apiGroups: ['cert-manager.io'], apiVersions: ['v1'], operations, resources } as RuleWithOperations],
  });
  object(scope, 'mutating', CAUSE, 'MutatingWebhookConfiguration', {
    metadata,
    webhooks: [webhook('/mutate', ['CREATE'], ['certificaterequests'])],
  });
  object(scope, 'validating', CAUSE, 'ValidatingWebhookConfiguration', {
    metadata,
    webhooks: [webhook('/validate', ['CREATE', 'UPDATE'], ['*/*'])],
  });
}
