/**
 * What the token endpoint asks the other parts of the authority: which mandates there are, and what is suspended. `authority/main.ts` puts
 * the parts together.
 */
import type { MandateDocument } from '../contract/trust/mandate-document.ts'
import type { Witnessed } from '../service/trust/mandate-proof.ts'

/** An officer, as a login provider's token says. */
export interface Officer {
  readonly issuer: string
  readonly subject: string
  readonly agency: string
  readonly role: string | null
}

/** A mandate that both persons have signed, that is in the log, that was not revoked and whose last day has not passed. */
export interface MandateInForce {
  /** The mandate hash (docs/design/trust.md, The mandate). */
  readonly hash: string
  /** What tokens need of the document. */
  readonly document: Pick<
    MandateDocument,
    'task_force' | 'purposes' | 'countries' | 'scopes' | 'legal_basis' | 'not_after' | 'case'
  > & { readonly time_zone?: string }
}

/** The mandates of this authority. Each method rejects if the mandates cannot be read now. */
export interface Mandates {
  /** Lists the mandates in force that name the officer, or the officer's agency and role. */
  readonly findFor: (officer: Officer) => Promise<readonly MandateInForce[]>
  /** Finds a mandate by its hash; null if there is none, or if it is not in force. */
  readonly find: (hash: string) => Promise<MandateInForce | null>
  /** Returns the proof of a mandate for a country's node; null while no witness of that country has cosigned. */
  readonly prove: (hash: string, country: string) => Promise<unknown>
  /** Says what the witnesses of a country have cosigned of the log. Only an authority with its own mandates can. */
  readonly witnessed?: (country: string) => Promise<Witnessed>
}

/** What a token would be about. */
export interface TokenSubject {
  readonly authority?: string
  /** The country that would accept the token. */
  readonly country?: string
  readonly agency?: string
  readonly taskForce?: string
  readonly mandate?: string
  /** The officer's refs in this authority's log, and the subjects that a country may have seen. */
  readonly officer?: readonly string[]
  /** `jti` of an access token. */
  readonly token?: string
  /** Thumbprints of keys, and hashes of certificates. */
  readonly keys?: readonly string[]
}

/** Returns a suspension of the subject; null if there is none. It is asked at each exchange, and its answer is never kept. */
export type FindSuspension = (subject: TokenSubject) => object | null
