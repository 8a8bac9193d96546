import { type PseudonymKeys, pseudonymOf, pseudonymsOf } from '../../audit/pseudonym/pseudonym.ts'

/** An officer in the words of the login provider. */
interface ProviderSubject {
  readonly issuer: string
  readonly subject: string
}

/**
 * The names by which others know an officer. The log has the officer's **ref**; a gateway and each country see a **subject** that is made from
 * the ref, and differs for each of them. All are HMACs under keys with epochs (audit/pseudonym), so whoever has the keys finds an officer
 * again under a name of an older epoch, and nobody else can.
 */
export interface OfficerRefs {
  /** Returns the officer's ref, for new entries. */
  readonly refOf: (officer: ProviderSubject) => string
  /** Returns the officer's refs of all epochs, the newest first. */
  readonly refsOf: (officer: ProviderSubject) => readonly string[]
  /** Returns the subject that an audience (a country's code or a gateway's address) sees of a ref. */
  readonly subjectFor: (audience: string, ref: string) => string
  /** Returns the subjects of all epochs that an audience may have seen of a ref, the newest first. */
  readonly subjectsFor: (audience: string, ref: string) => readonly string[]
}

/** Creates the names of officers under the keys of the authority's log. */
export function createOfficerRefs(keys: PseudonymKeys): OfficerRefs {
  const idOf = ({ issuer, subject }: ProviderSubject): string => `${issuer} ${subject}`
  return {
    refOf: (officer) => pseudonymOf('actor', idOf(officer), keys),
    refsOf: (officer) => pseudonymsOf('actor', idOf(officer), keys),
    subjectFor: (audience, ref) => pseudonymOf('subject', `${audience} ${ref}`, keys),
    subjectsFor: (audience, ref) => pseudonymsOf('subject', `${audience} ${ref}`, keys),
  }
}
