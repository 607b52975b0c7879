import { createHash } from 'node:crypto';
import { Problem } from '@groundwork/kit';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';

const Position = Type.Object(
  {
    /** Which list it is a place in. */
    list: Type.String(),
    /** Sort key of the last product seen: its name, or its rank in a search. */
    after: Type.Union([Type.String(), Type.Number()]),
    id: Type.String({ format: 'uuid' }),
  },
  { additionalProperties: false },
);

/** A place in a list: right behind one product. Products that come or go elsewhere don't move it. */
export type Position = Static<typeof Position>;

const position = Compile(Position);

/** What a list shows; a cursor of another list is refused. */
export interface Filter {
  readonly q?: string;
  readonly category?: string;
}

/** Short name of a list. */
export function listName({ q = '', category = '' }: Filter): string {
  return createHash('sha256')
    .update(JSON.stringify([q, category]))
    .digest('base64url')
    .slice(0, 12);
}

/** Opaque to clients: they hand it back unread. */
export function writeCursor(place: Position): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** @throws Problem `invalid-cursor` for anything that `writeCursor` did not make for this list */
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
