import { type Static, Type } from 'typebox';

const EVENT = Type.Object({
  introduced: Type.Optional(Type.String()),
  fixed: Type.Optional(Type.String()),
  last_affected: Type.Optional(Type.String()),
});

const AFFECTED = Type.Object({
  package: Type.Optional(Type.Object({ ecosystem: Type.String(), name: Type.String() })),
  ranges: Type.Optional(Type.Array(Type.Object({ type: Type.String(), events: Type.Array(EVENT) }))),
  versions: Type.Optional(Type.Array(Type.String())),
});

/** What is read of an advisory. @see the OSV schema, version 1 */
export const ADVISORY = Type.Object({
  id: Type.String(),
  summary: Type.Optional(Type.String()),
  aliases: Type.Optional(Type.Array(Type.String())),
  withdrawn: Type.Optional(Type.String()),
  affected: Type.Optional(Type.Array(AFFECTED)),
  database_specific: Type.Optional(Type.Object({ severity: Type.Optional(Type.String()) })),
});

export type Advisory = Static<typeof ADVISORY>;
export type Affected = Static<typeof AFFECTED>;
export type Range = NonNullable<Affected['ranges']>[number];
