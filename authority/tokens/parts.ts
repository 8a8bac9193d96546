import type { FindSuspension, Mandates } from '../doors.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { SealOfficer } from '../reveal/reveals.ts'
import type { Client } from '../settings/clients-file.ts'
import type { AuthoritySettings } from '../settings/settings.ts'
import type { Grant } from '../store/grants.ts'
import type { OfficerRefs } from './officer-refs.ts'
import type { ReadProviderToken } from './provider-token.ts'

/** What both exchanges work with. */
export interface TokenParts {
  readonly settings: Pick<
    AuthoritySettings,
    'issuer' | 'country' | 'accessTokenSeconds' | 'countryTokenSeconds' | 'tokensPerMinute'
  >
  readonly clients: () => ReadonlyMap<string, Client>
  readonly readProviderToken: ReadProviderToken
  readonly refs: OfficerRefs
  readonly keys: KeyRing
  readonly mandates: Mandates
  readonly findSuspension: FindSuspension
  /** Puts the officer of a token under seal. Rejects if the entry cannot be written. */
  readonly sealOfficer: SealOfficer
  /** Finds what was noted when an access token was given. Rejects if the database is away. */
  readonly findGrant: (tokenId: string) => Promise<Grant | null>
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/** What is known of a request so far, for the entry of its refusal. */
export interface KnownSoFar {
  officer: string | null
  grant: string | null
  country: string | null
  mandate: string | null
}
