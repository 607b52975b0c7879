/** Rules of the platform: one file for each subject. */
import type { Graph } from '../../graph/index.ts';
import { cassandraRules } from './cassandra.ts';
import { certificateRules } from './certificates.ts';
import { consulRules } from './consul.ts';
import { eventRules } from './events.ts';
import { kafkaRules } from './kafka.ts';
import { podRules } from './pods.ts';
import { poolerRules } from './pooler.ts';
import { postgresRules } from './postgres.ts';
import type { RuleFile } from './rule.ts';
import { serviceRules } from './services.ts';
import { targetRules } from './targets.ts';
import { watchdogRules } from './watchdog.ts';

export {
  type Alert,
  alert,
  type Consequence,
  type Recording,
  type RuleFile,
  ruleGroups,
  type Severity,
} from './rule.ts';

/** What the rules apply to. */
export interface Watched {
  readonly graph: Graph;
  /** Namespace of the platform. */
  readonly namespace: string;
  /** Names of all scrape jobs: rules for missing jobs are omitted. */
  readonly jobs: readonly string[];
  /** Whether there are several Alertmanagers with a mesh. */
  readonly mesh: boolean;
}

/** Rules of the platform for existing jobs. */
export function defaultRules(watched: Watched): readonly RuleFile[] {
  return aboutJobs(watched.jobs, files(watched));
}

/** Files without those for missing jobs. */
export function aboutJobs(jobs: readonly string[], files: readonly RuleFile[]): readonly RuleFile[] {
  return files.filter(({ of }) => of === undefined || jobs.includes(of));
}

/** All rules of the platform. Their names are reserved, even for missing jobs. */
export function everyDefaultRule(watched: Omit<Watched, 'jobs'>): readonly RuleFile[] {
  return files({ ...watched, jobs: files({ ...watched, jobs: [] }).flatMap(({ of }) => of ?? []) });
}

function files({ graph, namespace, jobs, mesh }: Watched): readonly RuleFile[] {
  return [
    watchdogRules,
    targetRules(jobs, mesh),
    podRules,
    certificateRules(namespace),
    ...(graph.contracts.length > 0 ? [serviceRules(graph.contracts)] : []),
    eventRules(graph.contracts),
    kafkaRules,
    cassandraRules,
    postgresRules(jobs),
    poolerRules,
    consulRules,
  ];
}
