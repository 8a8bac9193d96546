/** The mandates of an authority: it takes what persons signed, writes it into the log, and says which mandates are in force. */
import type { MandateAct, MandateActAnswer } from '../../contract/trust/mandate-act.ts'
import { type MandateDocument, mandateTime } from '../../contract/trust/mandate-document.ts'
import { DocumentError } from '../../contract/trust/personal-jws.ts'
import { type MandateProof, makeMandateProof } from '../../service/trust/mandate-proof.ts'
import { createActs } from './acts.ts'
import { type BookedMandate, createBook } from './mandate-book.ts'
import type { MandatesOptions } from './options.ts'
import { createPersonHashes } from './person-hashes.ts'
import { type ListedMandate, replay, toListed } from './replay.ts'
import { type ActingPerson, isNamed } from './rules.ts'

/** A mandate that is in force. */
export interface MandateInForce {
  readonly hash: string
  readonly document: MandateDocument
}

/** The mandates of an authority. */
export interface Mandates {
  /**
   * Does what a person asks. Acts are done one after another, and an act that was done before is not done twice.
   * @throws {MandateRefusedError} if the rules refuse it.
   * @throws {Error} if the log cannot be written. Then nothing is done.
   */
  readonly act: (person: ActingPerson, act: MandateAct) => Promise<MandateActAnswer>
  /** Lists all mandates, in the order of their drafts. */
  readonly list: () => readonly ListedMandate[]
  /** Lists the mandates in force that name the officer, or the officer's agency and role. */
  readonly findFor: (officer: ActingPerson) => Promise<readonly MandateInForce[]>
  /** Finds a mandate by its hash. Resolves to null if there is none, or if it is not in force. */
  readonly find: (hash: string) => Promise<MandateInForce | null>
  /** Returns the proof of a mandate for a country's node; null while no witness of that country has cosigned, or it is not in force. */
  readonly prove: (hash: string, country: string) => Promise<MandateProof | null>
}

/** Opens the mandates of an authority from its log. Rejects if the log cannot be read. */
export async function openMandates(options: MandatesOptions): Promise<Mandates> {
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
    act: createActs(options, book, persons),
    list: () => [...book.mandates.values()].map((mandate) => toListed(mandate, now())),
    async findFor(officer) {
      const person = { ...officer, hash: await persons.find(officer) }
      return [...book.mandates.values()].filter((mandate) => isInForce(mandate) && isNamed(mandate.document, person))
    },
    find: async (hash) => findBooked(hash),
    async prove(hash, country) {
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
