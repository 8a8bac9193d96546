import type { Caller, Grounds } from '../contract/access-token.ts'
import { IstmoError } from '../contract/errors.ts'

/** Who reads the record, and how much of it. */
export interface Viewer {
  readonly caller: Caller
  readonly grounds: Grounds
  /** Whose entries are seen; null for all. */
  readonly country: string | null
}

/** The scope without which nobody reads the record. */
const SCOPE = 'audit:read'

/**
 * Whether a caller may read the record: by `audit:read`, for OVERSIGHT, and for a country or as one of the agencies that see all.
 * @throws {IstmoError} `UNAUTHORIZED_FIELD_OR_TYPE` or `MANDATE_NOT_COVERED`.
 */
export function viewerOf(caller: Caller, grounds: Grounds | null, regionalAgencies: readonly string[]): Viewer {
  if (!caller.scopes.includes(SCOPE)) {
    throw new IstmoError('UNAUTHORIZED_FIELD_OR_TYPE', `the record is read with the scope ${SCOPE}`)
  }
  if (grounds?.purpose !== 'OVERSIGHT') {
    throw new IstmoError('MANDATE_NOT_COVERED', 'the record is read for the purpose OVERSIGHT')
  }
  const { country, agency } = caller.organisation ?? {}
  if (agency !== undefined && regionalAgencies.includes(agency)) return { caller, grounds, country: null }
  if (country === undefined) throw new IstmoError('MANDATE_NOT_COVERED', 'expected a token of a country')
  return { caller, grounds, country }
}
