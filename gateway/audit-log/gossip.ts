/** What the gateway knows of audit logs, its own and the countries', and how it and the countries show it to each other. */
import { join } from 'node:path'
import type { Logger } from 'pino'
import { isSignedWith, openKnownCheckpoints } from '../../audit/gossip/known-checkpoints.ts'
import { parseVerifierKey } from '../../audit/note/key.ts'
import { type KeyPeriod, parseRotation } from '../../audit/note/rotation.ts'
import { findTrustedName, shardKeys } from '../../audit/note/shard-name.ts'
import { CHECKPOINTS_HEADER } from '../../contract/known-checkpoints.ts'
import { createExchange, KNOWN_FOLDER, reportTo } from '../../service/audit-log/others-checkpoints.ts'
import type { Leg } from '../types/flow.ts'
import type { Participant } from '../types/participant.ts'
import type { GatewayAuditLog } from './audit-log.ts'
import { originOf } from './receipts.ts'

/** The exchange of checkpoints with the countries. */
export type Gossip = Awaited<ReturnType<typeof openGossip>>

/** What {@link openGossip} works with. `folder` is the folder of the audit log. */
export interface GossipOptions {
  readonly folder: string
  readonly entries: GatewayAuditLog['entries']
  readonly participants: () => readonly Participant[]
  readonly log: Logger
}

/** Opens the memory of checkpoints, below the folder of the audit log. */
export async function openGossip({ folder, entries, participants, log }: GossipOptions) {
  const known = await openKnownCheckpoints({
    folder: join(folder, KNOWN_FOLDER),
    isSigned: (origin, note) => {
      return origin === entries.origin
        ? isOwn(entries, note)
        : isSignedWith(note, keysOfCountry(participants(), origin))
    },
    ...reportTo(log),
  })
  const own = () => entries.published().note
  const exchange = createExchange({ known, own })
  const receipts = new Map<string, number>()
  return {
    /** Returns the header that shows checkpoints to the country of a leg, on a few legs only. */
    headersOf: ({ country }: Leg) => {
      const header = country === null ? undefined : exchange.headerFor(country)
      return header === undefined ? NO_HEADERS : { [CHECKPOINTS_HEADER]: header }
    },
    /** Takes in the headers of a country's answer. */
    noteHeaders: ({ country }: Leg, headers: Readonly<Record<string, string | string[] | undefined>>) => {
      if (country !== null) exchange.take(country, headers[CHECKPOINTS_KEY])
    },
    /** Takes in the checkpoint of a valid receipt. */
    noteReceipt: (origin: string, note: string) => {
      const now = performance.now()
      if (now - (receipts.get(origin) ?? Number.NEGATIVE_INFINITY) < RECEIPT_EVERY_MS) return
      receipts.set(origin, now)
      known.take(note, 'a receipt')
    },
    /** Returns what the operator's `/status` shows. */
    status: () => {
      known.take(own(), 'this gateway')
      return { checkpoints: known.list(), splitViews: known.splits() }
    },
    close: async () => {
      known.take(own(), 'this gateway')
      await known.close()
    },
  }
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({})
const CHECKPOINTS_KEY = CHECKPOINTS_HEADER.toLowerCase()

/** How often the checkpoint of a receipt is remembered, in milliseconds, for each log. */
const RECEIPT_EVERY_MS = 1_000

function isOwn(entries: GossipOptions['entries'], note: string): boolean {
  try {
    entries.openCheckpoint(note)
    return true
  } catch {
    return false
  }
}

/** Returns the keys of a country's log, or of one of its shards; none for another origin. */
function keysOfCountry(participants: readonly Participant[], origin: string): readonly KeyPeriod[] {
  const logs = participants.flatMap(({ receipts }) => {
    return receipts === undefined ? [] : [{ receipts, verifier: { name: originOf(receipts.vkey) } }]
  })
  const name = findTrustedName(origin, { logs })
  const found = logs.find(({ verifier }) => verifier.name === name)
  if (found === undefined) return []
  const { vkey, rotations = [] } = found.receipts
  return shardKeys([parseVerifierKey(vkey)], rotations.map(parseRotation), origin)
}
