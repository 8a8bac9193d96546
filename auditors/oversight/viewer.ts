import type { Caller, Grounds } from '../../contract/access-token.ts'
import { meetsAssurance } from '../../contract/assurance.ts'
import { IstmoError } from '../../contract/errors.ts'

/** Who reads audit logs, and which entries they may see. */
export interface Viewer {
  readonly caller: Caller
  readonly grounds: Grounds
  /** The country whose entries the viewer sees; null for all. */
  readonly country: string | null
}

/** An agency whose auditors see all entries. It belongs to one country: another country's issuer cannot name it. */
export interface RegionalAgency {
  /** The code of the country whose issuer must have signed the token. */
  readonly issuer: string
  /** `org.agency`. */
  readonly agency: string
  /** The least `acr` of its auditors' tokens. */
  readonly acr: string
}

/** Whom the settings let read. */
export interface ViewerSettings {
  readonly regionalAgencies: readonly RegionalAgency[]
  /** The least `acr` of a national auditor's token. */
  readonly leastAcr: string
}

/** The scope that each reader of audit logs needs. */
const SCOPE = 'audit:read'

/**
 * Checks that a caller may read audit logs: with the scope `audit:read`, for the purpose OVERSIGHT, and for a country or as one of the
 * agencies that see all entries. The caller must have logged in strongly enough for that.
 * @throws {IstmoError} `UNAUTHORIZED_FIELD_OR_TYPE`, `MANDATE_NOT_COVERED` or `ASSURANCE_TOO_LOW`.
 */
export function readViewer(
  caller: Caller,
  grounds: Grounds | null,
  { regionalAgencies, leastAcr }: ViewerSettings,
): Viewer {
  if (!caller.scopes.includes(SCOPE)) {
    throw new IstmoError('UNAUTHORIZED_FIELD_OR_TYPE', `reading audit logs needs the scope ${SCOPE}`)
  }
  if (grounds?.purpose !== 'OVERSIGHT') {
    throw new IstmoError('MANDATE_NOT_COVERED', 'reading audit logs needs the purpose OVERSIGHT')
  }
  const { country, agency } = caller.organisation ?? {}
  if (country === undefined) throw new IstmoError('MANDATE_NOT_COVERED', 'expected a token of a country')
  const regional = regionalAgencies.find((each) => each.issuer === country && each.agency === agency)
  const least = regional?.acr ?? leastAcr
  if (!meetsAssurance(caller.assurance, least)) {
    throw new IstmoError('ASSURANCE_TOO_LOW', `expected a token with \`acr\` ${least} or higher`)
  }
  return { caller, grounds, country: regional === undefined ? country : null }
}
