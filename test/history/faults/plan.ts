import type { Random } from '../random.ts';

/** Kinds of faults. */
export const FAULTS = [
  'kill',
  'pause',
  'restart',
  'delay',
  'drop',
  'cut',
  'truncate',
  'postgres-stop',
  'postgres-crash',
  'kafka-kill',
] as const;

/** A kind of fault. */
export type Fault = (typeof FAULTS)[number];

/** A fault of a plan. Times are milliseconds from the beginning of the seed. */
export interface PlannedFault {
  readonly at: number;
  readonly fault: Fault;
  /** Instance or link. */
  readonly target: string;
  readonly duration: number;
  /** Milliseconds of a delay, bytes of a truncated answer. @default 0 */
  readonly amount: number;
}

/** How often a fault is planned among 100, and how long it lasts in milliseconds. Starting a process costs a second of a core. */
const MIX: Readonly<
  Record<'kill' | 'pause' | 'delay' | 'drop' | 'cut' | 'truncate', { share: number; longest: number }>
> = {
  kill: { share: 6, longest: 0 },
  pause: { share: 18, longest: 2500 },
  delay: { share: 26, longest: 1500 },
  drop: { share: 16, longest: 2000 },
  cut: { share: 24, longest: 500 },
  truncate: { share: 10, longest: 700 },
};

/** What can be hit. */
export interface Targets {
  readonly instances: readonly string[];
  readonly links: readonly string[];
}

/**
 * Plans the faults of one seed at random times.
 * @param count faults of processes and links; those of servers come in addition
 */
export function planFaults(random: Random, targets: Targets, milliseconds: number, count: number): PlannedFault[] {
  const kinds = Object.entries(MIX).flatMap(([fault, { share }]) =>
    Array.from({ length: share }, () => fault as keyof typeof MIX),
  );
  const common = Array.from({ length: count }, (): PlannedFault => {
    const fault = random.pick(kinds);
    const process = fault === 'kill' || fault === 'pause';
    return {
      at: random.int(0, milliseconds),
      fault,
      target: random.pick(process ? targets.instances : targets.links),
      duration: random.int(Math.min(50, MIX[fault].longest), MIX[fault].longest),
      amount: fault === 'truncate' ? random.int(0, 3000) : random.int(20, 600),
    };
  });
  const third = Math.round(milliseconds / 3);
  const servers: PlannedFault[] = [
    { at: random.int(0, third), fault: random.pick(['postgres-stop', 'postgres-crash']), target: 'postgres' },
    { at: random.int(third, 2 * third), fault: 'kafka-kill', target: 'kafka' },
    { at: random.int(2 * third, milliseconds), fault: 'postgres-crash', target: 'postgres' },
  ].map((fault) => ({ ...fault, duration: random.int(0, 800), amount: 0 }) as PlannedFault);
  return [...common, ...servers].sort((a, b) => a.at - b.at);
}
