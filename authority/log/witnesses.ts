import type { Logger } from 'pino'
import type { Log } from '../../audit/log/log.ts'
import { checkCheckpoint, type Policy, withRotations } from '../../audit/note/policy.ts'
import { collectCosignatures, witnessEndpoints } from '../../audit/witness/collect.ts'
import { doRegularly } from '../../service/audit-log/regular-work.ts'

/** How often the authority takes its latest checkpoint to the witnesses, in milliseconds. */
const COLLECT_EVERY_MS = 1_000

/** How long the witnesses have for one checkpoint, in milliseconds. */
const COLLECT_DEADLINE_MS = 5_000

/** The witnesses of the authority's log: those of the countries that are to accept its mandates. */
export interface AuthorityWitnesses {
  /** Takes the newest checkpoint to the witnesses once, unless each of them has cosigned it. Never rejects. */
  readonly collect: () => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Takes the log's checkpoints to the witnesses of its trust policy in the background. No token waits for this: without a witness, only new
 * mandates wait. The gateway's log needs a quorum; here each country needs its own witness, so all of them are asked until all have cosigned.
 */
export function openAuthorityWitnesses(
  entries: Log,
  given: Policy,
  log: Pick<Logger, 'warn'>,
  now: () => number,
): AuthorityWitnesses {
  const witnesses = witnessEndpoints(given)
  const sizes = new Map<string, number>()
  const collectOnce = async (): Promise<void> => {
    try {
      if (entries.latest().size > entries.published().size) await entries.publish()
      const { note: checkpoint } = entries.published()
      // The key of the log can be replaced while it is written.
      const policy = withRotations(given, entries.rotations)
      const { cosignatures } = checkCheckpoint(checkpoint, policy, now())
      const missing = witnesses.filter(({ name }) => !cosignatures.some(({ witness }) => witness.name === name))
      if (missing.length === 0) return
      const { signatures } = await collectCosignatures({
        ...{ checkpoint, witnesses: missing, consistency: entries.consistency },
        ...{ deadlineMs: COLLECT_DEADLINE_MS, sizes, now },
      })
      if (signatures.length > 0) await entries.addCosignatures(checkpoint, signatures)
    } catch (error) {
      log.warn({ error: (error as Error).name }, 'could not collect cosignatures of the audit log')
    }
  }
  const { run, close } = doRegularly(collectOnce, COLLECT_EVERY_MS)
  return { collect: run, close }
}
