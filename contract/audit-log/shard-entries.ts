import { z } from 'zod'
import { COUNT, ENTRY_ID, LABEL, TIME } from './parts.ts'

/** The entries that join the shards of a log (docs/design/audit-log.md, Shards). Logs of all owners have them in the same form. */

const BASE = { v: z.literal(1), id: ENTRY_ID, time: TIME, origin: LABEL }

/** The last entry of a shard. `origin` is the shard's, and `next` is the origin of the shard that follows. */
export const SHARD_END_ENTRY = z.strictObject({ ...BASE, kind: z.literal('shard-end'), next: LABEL }).readonly()

/** The first entry of each shard but the first one. `origin` is the shard's. */
export const SHARD_START_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('shard-start'),
    /** The shard before it: its origin, and its final checkpoint as it was when this shard began. */
    previous: z
      .strictObject({
        origin: LABEL,
        size: COUNT,
        /** The root in Base 64. */
        root: z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'expected 32 bytes in Base 64'),
        /** The note, with the signatures that it had. */
        checkpoint: z.string().max(20_000),
      })
      .readonly(),
  })
  .readonly()
