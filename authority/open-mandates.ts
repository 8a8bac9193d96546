/** Opens the mandates of an authority on its log. */
import type { Logger } from 'pino'
import type { Policy } from '../audit/note/policy.ts'
import { folderSource } from '../audit/verify/source.ts'
import { ConfigError } from '../service/config-error.ts'
import type { AuthorityLog } from './log/authority-log.ts'
import { type Mandates, openMandates } from './mandates/mandates.ts'
import type { AuthoritySettings } from './settings/settings.ts'

/** What {@link openAuthorityMandates} works with. */
export interface MandateWorld {
  readonly settings: AuthoritySettings
  readonly authorityLog: AuthorityLog
  /** The trust policy with the witnesses; null without one, so no mandate can be proved. */
  readonly policy: Policy | null
  readonly log: Logger
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Opens the mandates from the log.
 * @throws {ConfigError} if the settings name a witness that the trust policy does not have.
 */
export async function openAuthorityMandates(world: MandateWorld): Promise<Mandates> {
  const { settings, authorityLog, policy, log, now } = world
  const { issuer, country, mandates } = settings
  const { recorder, origin, followed, findSalt, readKept, folder, verifier } = authorityLog
  const witnesses = new Map(policy?.witnesses.map((witness) => [witness.name, witness.verifier]))
  const missing = Object.values(mandates.witnesses)
    .flat()
    .find((name) => !witnesses.has(name))
  if (missing !== undefined) {
    throw new ConfigError(
      `mandates.witnesses: expected names of witnesses of trustPolicy; came one that it does not have. Correct either.`,
    )
  }
  return openMandates({
    settings: { issuer, country, ...mandates, approverKeys: new Set(mandates.approverKeys) },
    ...{ recorder, origin, read: followed.read, readKept, findSalt, now },
    proofs: {
      ...{ source: folderSource(folder), log: verifier },
      witnessesOf: (code) => (mandates.witnesses[code] ?? []).flatMap((name) => witnesses.get(name) ?? []),
    },
    onDamaged: (mandate) =>
      log.error({ mandate }, 'the content store lacks the document of a mandate; it opens nothing'),
  })
}
