import { join } from 'node:path'
import type { Logger } from 'pino'
import { isSignedWith, type KnownCheckpoints, openKnownCheckpoints } from '../../audit/gossip/known-checkpoints.ts'
import { forOrigin, parsePolicy } from '../../audit/note/policy.ts'
import { followRotations } from '../../audit/note/rotation.ts'
import { formatCheckpointsHeader, parseCheckpointsHeader } from '../../contract/known-checkpoints.ts'
import { readSetting } from '../read-setting.ts'

/** The folder of the memory, below the folder of a process's audit log. */
export const KNOWN_FOLDER = 'known'

const NO_LOGS = parsePolicy('quorum none\n')

/**
 * Opens the memory of the checkpoints that a node is shown of others' audit logs, below the folder of its own. It believes nobody whom the
 * trust policy does not name, so without a trust policy it keeps nothing.
 * @param policy the file of the trust policy
 * @throws {ConfigError} if the trust policy cannot be used.
 */
export async function openOthersCheckpoints(
  { folder, policy }: { readonly folder: string; readonly policy?: string },
  log: Logger,
): Promise<KnownCheckpoints> {
  const read =
    policy === undefined ? NO_LOGS : await readSetting(policy, '--trust-policy (TRUST_POLICY_FILE)', parsePolicy)
  return openKnownCheckpoints({
    folder: read.logs.length === 0 ? null : join(folder, KNOWN_FOLDER),
    isSigned: (origin, note) => {
      const { logs } = forOrigin(read, origin)
      const keys = logs.flatMap(({ verifier }) => (verifier.name === origin ? [verifier] : []))
      return isSignedWith(note, followRotations(keys, []))
    },
    ...reportTo(log),
  })
}

/** Returns the callbacks that report a split view, and a memory that cannot be written, to the operator's log. */
export function reportTo(log: Pick<Logger, 'error' | 'warn'>) {
  return {
    onSplit: ({ origin, size, elsewhere }: Parameters<NonNullable<OpenOptions['onSplit']>>[0]) =>
      log.error(
        { origin, size, from: elsewhere.where },
        'an audit log signed two histories; the evidence is in known/split-views',
      ),
    onError: (error: unknown) =>
      log.warn({ error: (error as Error).name }, 'could not write the checkpoints that are known'),
  }
}

type OpenOptions = Parameters<typeof openKnownCheckpoints>[0]

/** How often one partner is shown checkpoints, in milliseconds, and how often its checkpoints are read. Other legs cost nothing. */
const EVERY_MS = 1_000

/** What {@link createExchange} works with. */
interface ExchangeOptions {
  readonly known: KnownCheckpoints
  /** Returns the latest checkpoint of the own log. It is always shown. */
  readonly own: () => string
  /** A clock in milliseconds. Default: `performance.now`. */
  readonly elapsed?: () => number
}

/** Creates the exchange of checkpoints with partners, over the header `Istmo-Checkpoints`. Each partner is shown the own checkpoint and two others, which take turns. */
export function createExchange({ known, own, elapsed = () => performance.now() }: ExchangeOptions) {
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
    /** Returns the value of the header for a partner; undefined if it was shown some less than a second ago. */
    headerFor: (partner: string) => {
      if (!isDue(shown, partner)) return undefined
      const others = known.list()
      const next = [0, 1].flatMap((step) => others[(turn + step) % Math.max(1, others.length)]?.note ?? [])
      turn += 2
      return formatCheckpointsHeader([...new Set([own(), ...next])])
    },
    /** Takes in the value of a partner's header. */
    take: (partner: string, header: string | readonly string[] | undefined) => {
      if (header === undefined || !isDue(heard, partner)) return
      const notes = [header].flat().flatMap(parseCheckpointsHeader)
      for (const note of notes) known.take(note, `the header of ${partner}`)
    },
  }
}
