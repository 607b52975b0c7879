import type { Identity } from './identity.ts';

/** Former API versions of kinds, oldest last: the API server serves one object in all of them. */
const MOVES: Readonly<Record<string, readonly string[]>> = {
  'autoscaling/v2 HorizontalPodAutoscaler': ['autoscaling/v2beta2', 'autoscaling/v1'],
  'batch/v1 CronJob': ['batch/v1beta1'],
  'discovery.k8s.io/v1 EndpointSlice': ['discovery.k8s.io/v1beta1'],
  'networking.k8s.io/v1 Ingress': ['networking.k8s.io/v1beta1', 'extensions/v1beta1'],
  'networking.k8s.io/v1 IngressClass': ['networking.k8s.io/v1beta1'],
  'policy/v1 PodDisruptionBudget': ['policy/v1beta1'],
};

/**
 * Former API versions of an object's kind. Pulumi's typed classes declare them as aliases; without them Pulumi would
 * create a generic resource again, which fails because the object exists.
 */
export function earlierVersions({ apiVersion, kind }: Identity): readonly string[] {
  return MOVES[`${apiVersion} ${kind}`] ?? [];
}
