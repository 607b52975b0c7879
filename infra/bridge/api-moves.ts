import type { Identity } from './identity.ts';

/** Where kinds lived before, oldest last: the API server holds one object under all of them. */
const MOVES: Readonly<Record<string, readonly string[]>> = {
  'autoscaling/v2 HorizontalPodAutoscaler': ['autoscaling/v2beta2', 'autoscaling/v1'],
  'batch/v1 CronJob': ['batch/v1beta1'],
  'discovery.k8s.io/v1 EndpointSlice': ['discovery.k8s.io/v1beta1'],
  'networking.k8s.io/v1 Ingress': ['networking.k8s.io/v1beta1', 'extensions/v1beta1'],
  'networking.k8s.io/v1 IngressClass': ['networking.k8s.io/v1beta1'],
  'policy/v1 PodDisruptionBudget': ['policy/v1beta1'],
};

/**
 * Earlier API versions of an object's kind. Pulumi's typed classes know them; a generic resource that does not say
 * them would be created a second time, which fails as the object is there.
 */
export function earlierVersions({ apiVersion, kind }: Identity): readonly string[] {
  return MOVES[`${apiVersion} ${kind}`] ?? [];
}
