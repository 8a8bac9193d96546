/** Opens the mandates of an authority on its log. */
import type { Logger } from 'pino'
import type { Policy } from '../audit/note/policy.ts'
import { folderSource } from '../audit/verify/source.ts'
import { ConfigError } from '../service/config-error.ts'
import { findWitnessed } from '../service/trust/mandate-proof.ts'
import type { FindSuspension, Mandates } from './doors.ts'
import type { AuthorityLog } from './log/authority-log.ts'
import { openActsInbox } from './mandates/acts-inbox.ts'
import { openMandates } from './mandates/mandates.ts'
import type { AuthoritySettings } from './settings/settings.ts'
import { createPersonReader } from './tokens/person-token.ts'
import type { ReadProviderToken } from './tokens/provider-token.ts'

/** What {@link openAuthorityMandates} works with. */
export interface MandateWorld {
  readonly settings: AuthoritySettings
  readonly authorityLog: AuthorityLog
  /** The trust policy with the witnesses; null without one, so no mandate can be proved. */
  readonly policy: Policy | null
  readonly findSuspension: FindSuspension
  readonly readProviderToken: ReadProviderToken
  readonly log: Logger
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/** The mandates as the token endpoint asks them. `close` ends what else they do. */
export interface OpenedMandates extends Mandates {
  readonly close?: () => Promise<void>
}

/**
 * Opens the mandates from the log, and takes from a folder what `istmo mandates` puts there.
 * @throws {ConfigError} if the settings name a witness that the trust policy does not have.
 */
export async function openAuthorityMandates(world: MandateWorld): Promise<OpenedMandates> {
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
  const place = { source: folderSource(folder), log: verifier }
  const witnessesOf = (code: string) => (mandates.witnesses[code] ?? []).flatMap((name) => witnesses.get(name) ?? [])
  const opened = await openMandates({
    settings: { issuer, country, ...mandates, approverKeys: new Set(mandates.approverKeys) },
    recorder,
    origin,
    read: followed.read,
    readKept,
    findSalt,
    now,
    proofs: { ...place, witnessesOf },
    isKeySuspended: (kid) => world.findSuspension({ keys: [kid] }) !== null,
    onDamaged: (mandate) =>
      log.error({ mandate }, 'the content store lacks the document of a mandate; it opens nothing'),
  })
  const readPerson = createPersonReader(world.readProviderToken)
  const { close } = openActsInbox({ home: settings.auditLog, mandates: opened, readPerson, log, now })
  const witnessed = (code: string) => findWitnessed({ ...place, witnesses: witnessesOf(code) })
  return { ...opened, close, witnessed }
}
