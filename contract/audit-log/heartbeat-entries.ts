import { z } from 'zod'
import { COUNTRY, COUNTS, ENTRY_ID, LABEL, TIME } from './parts.ts'

/**
 * The entries by which a log shows that it lives (docs/design/audit-log.md, Heartbeats). Without them, a log that was set back looks like
 * one in which nothing happened.
 */

const BASE = { v: z.literal(1), id: ENTRY_ID, time: TIME } as const

/** The gateway lives, and has written so many continuations of each country. */
export const HEARTBEAT_ENTRY = z
  .strictObject({ ...BASE, kind: z.literal('heartbeat'), gateway: LABEL, counts: COUNTS })
  .readonly()

/** A national node lives. */
export const NODE_HEARTBEAT_ENTRY = z
  .strictObject({ ...BASE, kind: z.literal('node-heartbeat'), node: LABEL, country: COUNTRY })
  .readonly()
