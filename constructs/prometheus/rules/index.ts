/** Rules that come with the platform: one file a subject. */
import type { Graph } from '../../graph/index.ts';
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

export {
  type Alert,
  alert,
  type Consequence,
  type Recording,
  type RuleFile,
  ruleGroups,
  type Severity,
} from './rule.ts';

/** What there is to watch. */
export interface Watched {
  readonly graph: Graph;
  /** Names of all that is scraped: rules about something that isn't there are left out. */
  readonly jobs: readonly string[];
  /** Whether there are Alertmanagers that must agree. */
  readonly mesh: boolean;
}

/** Rules that come with the platform, about what is there. */
export function defaultRules(watched: Watched): readonly RuleFile[] {
  return aboutJobs(watched.jobs, files(watched));
}

/** Files but for those about a target that isn't scraped. */
export function aboutJobs(jobs: readonly string[], files: readonly RuleFile[]): readonly RuleFile[] {
  return files.filter(({ of }) => of === undefined || jobs.includes(of));
}

/** Rules about everything that may be there. Their names are reserved, whatever is scraped today. */
export function everyDefaultRule({ graph, mesh }: Omit<Watched, 'jobs'>): readonly RuleFile[] {
  return files({ graph, mesh, jobs: files({ graph, mesh, jobs: [] }).flatMap(({ of }) => of ?? []) });
}

function files({ graph, jobs, mesh }: Watched): readonly RuleFile[] {
  return [
    targetRules(jobs, mesh),
    podRules,
    certificateRules,
    ...(graph.contracts.length > 0 ? [serviceRules(graph.contracts)] : []),
    eventRules,
    kafkaRules,
    postgresRules,
    poolerRules,
    consulRules,
  ];
}
