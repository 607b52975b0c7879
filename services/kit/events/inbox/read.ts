import type { Contract, Event } from '@groundwork/contract';
import { Compile } from 'typebox/compile';
import { withSafeIntegers } from '../../schema/rewrite.ts';
import { joinTrace } from '../../trace/traceparent.ts';
import type { Delivery } from '../bus.ts';
import { HEADERS, type Received } from '../envelope.ts';
import { tolerant } from '../tolerant.ts';

/** All reasons for dead letters. */
export const REASONS = ['no-event-id', 'unknown-version', 'not-json', 'invalid-payload', 'handler-failed'] as const;

/** Why an event was moved to the dead-letter topic. */
export type Reason = (typeof REASONS)[number];

/** A message that cannot be read; a retry does not help. */
export class Unreadable extends Error {
  public override readonly name = 'Unreadable';
  public readonly reason: Reason;

  /** @param detail must contain no part of the payload: it goes into headers and logs */
  public constructor(reason: Reason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Creates a tolerant reader of the events in a contract's `consumes`. @returns a function that throws Unreadable */
export function createReader(contract: Contract): (delivery: Delivery) => Received {
  const checks = new Map(
    contract.consumes.map((event) => [
      versionOf(event.name, `${event.version}`),
      { event, check: Compile(withSafeIntegers(tolerant(event.schema))) },
    ]),
  );
  return ({ topic, key, headers, value }) => {
    const id = headers[HEADERS.id]?.toLowerCase() ?? '';
    if (!UUID.test(id)) throw new Unreadable('no-event-id', `header ${HEADERS.id} must be a UUID`);
    const version = headers[HEADERS.version] ?? '';
    const known = checks.get(versionOf(topic, version));
    if (known === undefined)
      throw new Unreadable(
        'unknown-version',
        `version '${version.slice(0, 20)}' is not in the contract of ${contract.name}`,
      );
    const payload = parse(value);
    if (!known.check.Check(payload)) {
      const faults = known.check
        .Errors(payload)
        .map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
      throw new Unreadable('invalid-payload', faults.slice(0, 5).join(', '));
    }
    return {
      id,
      ...nameOf(known.event),
      key,
      occurredAt: timeOf(headers[HEADERS.occurredAt]),
      payload,
      trace: joinTrace(headers[HEADERS.trace]),
    };
  };
}

const versionOf = (topic: string, version: string) => `${topic} ${version}`;
const nameOf = ({ name, version }: Event) => ({ name, version });

function parse(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString());
  } catch {
    throw new Unreadable('not-json', 'the value must be JSON');
  }
}

/** An unreadable time does not make the event unreadable. */
function timeOf(text: string | undefined): Date {
  const time = new Date(text ?? '');
  return Number.isNaN(time.getTime()) ? new Date(0) : time;
}
