import { createHash } from 'node:crypto';
import { Problem } from '@groundwork/kit';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';

const Position = Type.Object(
  {
    /** Name of the list that it belongs to. */
    list: Type.String(),
    /** Sort key of the last product: its name, or its rank in a search. */
    after: Type.Union([Type.String(), Type.Number()]),
    id: Type.String({ format: 'uuid' }),
  },
  { additionalProperties: false },
);

/** A position in a list, after one product. Products that are added or removed elsewhere do not move it. */
export type Position = Static<typeof Position>;

const position = Compile(Position);

/** Filter of a list; a cursor is only valid for the same filter. */
export interface Filter {
  /** Search terms. @default all products */
  readonly q?: string;
  /** @default all categories */
  readonly category?: string;
}

/** Short hash that identifies a list. */
export function listName({ q = '', category = '' }: Filter): string {
  return createHash('sha256')
    .update(JSON.stringify([q, category]))
    .digest('base64url')
    .slice(0, 12);
}

/** Encodes a position; opaque to clients. */
export function writeCursor(place: Position): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Decodes a position. @throws Problem `invalid-cursor` unless `writeCursor` created it for this list */
export function readCursor(cursor: string, filter: Filter): Position {
  const place = parse(cursor);
  const key = filter.q === undefined ? 'string' : 'number';
  if (!position.Check(place) || place.list !== listName(filter) || typeof place.after !== key)
    throw new Problem('invalid-cursor');
  return place;
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
