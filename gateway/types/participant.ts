/** Who answers: a country or subgraph with its endpoints, as its file says it, and what is suspended of it. Types only. */
import type { CountryAccess } from '../../contract/access/country-access.ts'
import type { Caller } from '../../contract/access-token.ts'
import type { GroundsPart, LegTokenUse } from '../../contract/leg-token.ts'
import type { Outcome } from '../../contract/outcome.ts'
import type { Suspender } from '../../contract/trust/suspension.ts'
import type { CallerPartner } from '../../service/country-file-callers.ts'
import type { ServerTrust } from '../../service/http/server-trust.ts'

/** The endpoint of one domain of one participant, or of one subgraph that no country publishes. */
export interface Endpoint {
  /** HTTP or HTTPS URL of the GraphQL endpoint. */
  readonly url: string
  /** How long one leg may take from its start to its last byte, in milliseconds. */
  readonly deadlineMs: number
  /** The largest answer that the gateway reads, in bytes after decompression. */
  readonly maxAnswerBytes: number
  /**
   * How often the country's node accepts one leg token. Default: until the token expires. `once`: the gateway signs a fresh token for
   * each leg and each retry.
   */
  readonly legTokens?: LegTokenUse
  /** The parts of the grounds that the country's rules read, so that its legs carry them. Default: none. */
  readonly groundsRead?: readonly GroundsPart[]
  /** By what the gateway knows the server. Default: by the authorities of the operating system. */
  readonly tls?: ServerTrust
}

/** One domain as one country publishes it. */
export interface NationalSubgraph extends Endpoint {
  /** The country's own SDL of this domain. Default: the country publishes the contract's complete domain. */
  readonly sdl?: string
}

/** A holder of records: a country, or the treaty depositary. The gateway reads it from one file of the countries folder. */
export interface Participant {
  /** ISO 3166-1 alpha-2, or UN. */
  readonly country: string
  readonly name: { readonly es: string; readonly en: string }
  /** By domain name. */
  readonly domains: Readonly<Record<string, NationalSubgraph>>
  /** Whom the country recognises, and its policies: the published copy of the file by which the country's own node decides. */
  readonly access: CountryAccess
  /** The key of the country's own audit log, and whether each answer needs a receipt. Default: the gateway ignores receipts. */
  readonly receipts?: ReceiptSettings
  /**
   * How long the audit log may lack a quorum of witnesses before the gateway stops sending legs to this country, in milliseconds.
   * Default: the gateway never stops.
   */
  readonly refuseUnwitnessedAfterMs?: number
  /** How many of its rows one caller may be given a day. Default: the gateway's `--rows-per-day`. */
  readonly rowsPerDay?: number
  /** Who may suspend at the country's node. The one with `isOwner` is the country itself. Default: nobody may. */
  readonly suspenders?: readonly (Suspender & { readonly isOwner: boolean })[]
  /** The authorities whose word the country's node takes, and for whom. Default: the file says nothing of it. */
  readonly callers?: readonly CallerPartner[]
  /** Why the gateway asks the country for nothing. Default: it asks the country. */
  readonly unavailable?: Unavailable
  /** The domains in which the country also answers what no officer has signed, by its own choice. Default: none. */
  readonly unsigned?: readonly string[]
}

/**
 * Why the gateway sends a country no legs: the country's file is wrong, or says that the country is suspended. The code is that of the
 * outcome. `reason` is for operators, and `since` is as the file says it; both are null if nobody said them.
 */
export interface Unavailable {
  readonly code: 'CONFIGURATION_INVALID' | 'SUSPENDED'
  readonly reason: string | null
  readonly since: string | null
  /** Who signed that it is suspended. Absent if the country's file says it. */
  readonly by?: string
}

/**
 * `vkey`: a verifier key of a C2SP signed note. `required`: the gateway drops an answer that has no valid receipt. `rotations`: the proofs
 * of the rotations of that key, oldest first.
 */
export interface ReceiptSettings {
  readonly vkey: string
  readonly required: boolean
  readonly rotations?: readonly string[]
}

/**
 * What is suspended at the moment, by the gateway's own statements, those of the countries and those of the authorities (docs/design/trust.md,
 * Stop).
 */
export interface SuspendedNow {
  /** Why a country is not asked about a domain for a caller; null if it is asked. */
  readonly outcomeOf: (country: string, domain: string, caller: Caller | null) => Outcome | null
  readonly isFieldSuspended: (country: string, typeName: string, fieldName: string) => boolean
  /** Another number after each change: what was decided under an old one is decided again. */
  readonly version: () => number
}
