import type { Caller, Grounds } from '../contract/access-token.ts'
import { IstmoError } from '../contract/errors.ts'

/** Who reads audit logs, and which entries they may see. */
export interface Viewer {
  readonly caller: Caller
  readonly grounds: Grounds
  /** The country whose entries the viewer sees; null for all. */
  readonly country: string | null
}

/** The scope that each reader of audit logs needs. */
const SCOPE = 'audit:read'

/**
 * Checks that a caller may read audit logs: with the scope `audit:read`, for the purpose OVERSIGHT, and for a country or as one of the
 * agencies that see all entries.
 * @throws {IstmoError} `UNAUTHORIZED_FIELD_OR_TYPE` or `MANDATE_NOT_COVERED`.
 */
export function readViewer(caller: Caller, grounds: Grounds | null, regionalAgencies: readonly string[]): Viewer {
  if (!caller.scopes.includes(SCOPE)) {
    throw new IstmoError('UNAUTHORIZED_FIELD_OR_TYPE', `reading audit logs needs the scope ${SCOPE}`)
  }
  if (grounds?.purpose !== 'OVERSIGHT') {
    throw new IstmoError('MANDATE_NOT_COVERED', 'reading audit logs needs the purpose OVERSIGHT')
  }
  const { country, agency } = caller.organisation ?? {}
  if (agency !== undefined && regionalAgencies.includes(agency)) return { caller, grounds, country: null }
  if (country === undefined) throw new IstmoError('MANDATE_NOT_COVERED', 'expected a token of a country')
  return { caller, grounds, country }
}
