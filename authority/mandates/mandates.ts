import { join } from 'node:path'
import type { Logger } from 'pino'
import type { RequestRejected } from '../../audit/inbox/inbox-folder.ts'
import type { Policy } from '../../audit/note/policy.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { MANDATE_ACTS_FOLDER, parseMandateAct } from '../../contract/trust/mandate-act.ts'
import { mandateTime } from '../../contract/trust/mandate-document.ts'
import { DocumentError } from '../../contract/trust/personal-jws.ts'
import { ConfigError } from '../../service/config-error.ts'
import { findWitnessed, makeMandateProof } from '../../service/trust/mandate-proof.ts'
import type { FindSuspension, Mandates } from '../doors.ts'
import type { AuthorityLog } from '../log/authority-log.ts'
import { openRequestInbox, type RequestInbox, type RequestInboxOptions } from '../request-inbox.ts'
import type { AuthoritySettings } from '../settings/settings.ts'
import { createPersonReader, type ReadProviderToken } from '../tokens/officer.ts'
import { type ActingPerson, createActs, createPersonHashes, isNamed, type MandatesOptions } from './acts.ts'
import { type BookedMandate, createBook, replay, toListed } from './mandate-book.ts'

/** The mandates of an authority: it takes what persons signed, writes it into the log, and says which mandates are in force. */

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

/** What {@link openActsInbox} works with. */
interface ActsInboxOptions extends Pick<RequestInboxOptions, 'log' | 'now' | 'lookEveryMs'> {
  /** The home of the authority's audit log. The inbox is in it. */
  readonly home: string
  readonly mandates: Pick<MandatesOfLog, 'act'>
  /** Rejects with a {@link RequestRejected} for a token that is not accepted, and with any other error if it cannot be told now. */
  readonly readPerson: (token: string) => Promise<ActingPerson>
}

/**
 * Begins to look into the folder into which `istmo mandates` puts what persons signed. A request that was carried out before a crash is carried
 * out once: acts that were done are not done again.
 */
export function openActsInbox({ home, mandates, readPerson, ...options }: ActsInboxOptions): RequestInbox {
  return openRequestInbox({
    ...options,
    inbox: join(home, MANDATE_ACTS_FOLDER),
    waiting: 'could not carry out an act on mandates; the next try follows',
    async carryOut(bytes) {
      const act = parseMandateAct(bytes)
      return mandates.act(await readPerson(act.token), act)
    },
  })
}

/** The proofs of mandates, also while the log grows faster than the witnesses cosign. */

/** How many proofs are kept. Each has about 1.5 KB. */
const MAX_PROOFS = 10_000

/**
 * Creates the prover of mandates. A proof leads into a checkpoint that a witness has cosigned, and each token makes a newer checkpoint that none has seen
 * yet. So when there is no proof, the witnesses are asked at once. A proof that was made once stays one, and is kept as long as the mandate is in force.
 * @param collect takes the newest checkpoint to the witnesses; null if there are none.
 * @param onUnproved called with a country once it gets no proof, and not again until it got one.
 */
export function createProver(
  { find, prove }: Pick<Mandates, 'find' | 'prove'>,
  collect: (() => Promise<void>) | null,
  onUnproved: (country: string) => void,
): Mandates['prove'] {
  const proofs = new Map<string, unknown>()
  const unproved = new Set<string>()
  return async (hash, country) => {
    const key = JSON.stringify([hash, country])
    if ((await find(hash)) === null) {
      proofs.delete(key)
      return null
    }
    const kept = proofs.get(key)
    if (kept !== undefined) return kept
    let proof = await prove(hash, country)
    if (proof === null && collect !== null) {
      await collect()
      proof = await prove(hash, country)
    }
    if (proof === null) {
      if (!unproved.has(country)) onUnproved(country)
      unproved.add(country)
      return null
    }
    unproved.delete(country)
    proofs.set(key, proof)
    const [oldest] = proofs.keys()
    if (proofs.size > MAX_PROOFS && oldest !== undefined) proofs.delete(oldest)
    return proof
  }
}

/** The mandates of an authority, with what persons do with them. */
export type MandatesOfLog = Awaited<ReturnType<typeof openMandates>>

/** Opens the mandates of an authority from its log. Rejects if the log cannot be read. */
export async function openMandates(options: MandatesOptions) {
  const { settings, now, proofs } = options
  const book = createBook()
  const persons = createPersonHashes(options.findSalt)
  for await (const { index, entry } of options.read(0)) {
    if (entry?.kind === 'person-hash') persons.take(entry.id, entry.person)
    if (entry !== null) await replay(options, book, entry, index)
  }
  const isInForce = (mandate: BookedMandate): boolean =>
    mandate.state === 'APPROVED' &&
    !book.ending.has(mandate.hash) &&
    // A key that the settings no longer name is lost or stolen: partners do not accept it either.
    settings.approverKeys.has(mandate.approverKid ?? '') &&
    ![mandate.drafterKid, mandate.approverKid ?? ''].some(options.isKeySuspended) &&
    mandateTime(mandate.document, now()) === 'IN_FORCE'
  const findBooked = (hash: string): BookedMandate | null => {
    const mandate = book.mandates.get(hash)
    return mandate !== undefined && isInForce(mandate) ? mandate : null
  }
  return {
    /**
     * Does what a person asks. Acts are done one after another, and an act that was done before is not done twice.
     * Rejects with a {@link MandateRefusedError} if the rules refuse it, and with any other error if the log cannot be written. Then nothing is done.
     */
    act: createActs(options, book, persons),
    /** Lists all mandates, in the order of their drafts. */
    list: () => [...book.mandates.values()].map((mandate) => toListed(mandate, now())),
    /** Lists the mandates in force that name the officer, or the officer's agency and role. */
    async findFor(officer: ActingPerson) {
      const person = { ...officer, hash: await persons.find(officer) }
      return [...book.mandates.values()].filter((mandate) => isInForce(mandate) && isNamed(mandate.document, person))
    },
    /** Finds a mandate by its hash. Resolves to null if there is none, or if it is not in force. */
    find: async (hash: string) => findBooked(hash),
    /** Returns the proof of a mandate for a country's node; null while no witness of that country has cosigned, or it is not in force. */
    async prove(hash: string, country: string) {
      const mandate = findBooked(hash)
      if (mandate?.index == null) return null
      const { source, log } = proofs
      const place = { source, log, index: mandate.index, witnesses: proofs.witnessesOf(country) }
      return makeMandateProof(mandate.jws, place).catch((error: unknown) => {
        if (error instanceof DocumentError) return null
        throw error
      })
    },
  }
}
