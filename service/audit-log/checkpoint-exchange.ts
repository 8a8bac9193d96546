import type { KnownCheckpoints } from '../../audit/gossip/known-checkpoints.ts'
import { formatCheckpointsHeader, parseCheckpointsHeader } from '../../contract/known-checkpoints.ts'

/** How often one partner is shown checkpoints, in milliseconds, and how often its checkpoints are read. Other legs cost nothing. */
const EVERY_MS = 1_000

/** The exchange of checkpoints with partners, over the header `Istmo-Checkpoints`. */
export interface CheckpointExchange {
  /** Returns the value of the header for a partner; undefined if it was shown some less than a second ago. */
  readonly headerFor: (partner: string) => string | undefined
  /** Takes in the value of a partner's header. */
  readonly take: (partner: string, header: string | readonly string[] | undefined) => void
}

/** What {@link createExchange} works with. */
export interface ExchangeOptions {
  readonly known: KnownCheckpoints
  /** Returns the latest checkpoint of the own log. It is always shown. */
  readonly own: () => string
  /** A clock in milliseconds. Default: `performance.now`. */
  readonly elapsed?: () => number
}

/** Creates the exchange. Each partner is shown the own checkpoint and two others, which take turns. */
export function createExchange({ known, own, elapsed = () => performance.now() }: ExchangeOptions): CheckpointExchange {
  const shown = new Map<string, number>()
  const heard = new Map<string, number>()
  let turn = 0
  const isDue = (times: Map<string, number>, partner: string): boolean => {
    const now = elapsed()
    if (now - (times.get(partner) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return false
    times.set(partner, now)
    return true
  }
  return {
    headerFor: (partner) => {
      if (!isDue(shown, partner)) return undefined
      const others = known.list()
      const next = [0, 1].flatMap((step) => others[(turn + step) % Math.max(1, others.length)]?.note ?? [])
      turn += 2
      return formatCheckpointsHeader([...new Set([own(), ...next])])
    },
    take: (partner, header) => {
      if (header === undefined || !isDue(heard, partner)) return
      const notes = [header].flat().flatMap(parseCheckpointsHeader)
      for (const note of notes) known.take(note, `the header of ${partner}`)
    },
  }
}
