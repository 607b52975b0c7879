import { Problem } from '@groundwork/kit';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';

const Position = Type.Object(
  { placedAt: Type.String({ format: 'date-time' }), id: Type.String({ format: 'uuid' }) },
  { additionalProperties: false },
);

/** A position in a customer's orders, after one order. */
export type Position = Static<typeof Position>;

const position = Compile(Position);

/** Encodes a position; opaque to clients. */
export function writeCursor(place: Position): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Decodes a position. @throws Problem `invalid-cursor` */
export function readCursor(cursor: string): Position {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (position.Check(place)) return place;
  } catch {
    // Not JSON: not a cursor either.
  }
  throw new Problem('invalid-cursor');
}
