/** Settings that only make sense together. Each check looks at which of them are given, and lists what is wrong, so that all errors show at once. */
import { nameSetting, type TextsOf } from '../../service/setting.ts'
import { GATEWAY_SETTINGS, type OWN_SETTINGS, type SettingKey } from './settings.ts'

type GivenSettings = TextsOf<typeof OWN_SETTINGS>

/** Lists what is wrong with the groups of settings: the issuer, TLS, the client certificate, the audit log and several workers. Each item is the text of an error. */
export function listGroupErrors(given: GivenSettings): readonly string[] {
  return [
    ...listIssuerErrors(given),
    ...listTlsErrors(given),
    ...listClientErrors(given),
    ...listAuditLogErrors(given),
    ...listSuspensionErrors(given),
    ...listWorkerErrors(given),
  ]
}

/** Returns how an error names settings: `--jwks (JWKS_URL), --issuer (ISSUER)`. */
export function namesOf(keys: readonly SettingKey[]): string {
  return keys.map((key) => nameSetting(GATEWAY_SETTINGS[key])).join(', ')
}

/** Returns an error's text with settings in camel case: `jwks` for `--jwks (JWKS_URL)` and for `--jwks`. */
export function inCamelCase(text: string): string {
  return Object.entries(GATEWAY_SETTINGS).reduce(
    (named, [key, { flag, variable }]) =>
      named.replace(new RegExp(`--${flag}(?![-\\w])(?: \\(${variable}(?:=1)?\\))?`, 'g'), key),
    text,
  )
}

function listIssuerErrors(given: GivenSettings): readonly string[] {
  if (given.issuers !== undefined) {
    // The file describes the issuers completely, so the gateway would silently ignore a flag.
    const flags = ['jwks', 'issuer', 'audience', 'issuerCountry', 'tokenType', 'policyClaim'] as const
    const beside = flags.filter((key) => given[key] !== undefined)
    if (beside.length === 0) return []
    const remedy = 'Move it into the file, or remove one of the two.'
    return [`${namesOf(beside)}: expected nothing beside --issuers. ${remedy}`]
  }
  const missing = (['jwks', 'issuer', 'audience'] as const).filter((key) => given[key] === undefined)
  const isAnonymous = given.anonymous === '1' || given.anonymous === 'true'
  if (missing.length === 0 || (missing.length === 3 && isAnonymous)) return []
  const remedy =
    'Give all of --jwks, --issuer and --audience, or --issuers; or, if nothing is secret, none of them and --anonymous.'
  return [`${namesOf(missing)}: expected a value, because the gateway checks tokens with it; came nothing. ${remedy}`]
}

function listTlsErrors(given: GivenSettings): readonly string[] {
  if (given.tlsKey === undefined && given.tlsCert === undefined && given.tlsClientCa === undefined) return []
  const missing = (['tlsKey', 'tlsCert'] as const).filter((key) => given[key] === undefined)
  if (missing.length === 0) return []
  const remedy = 'Give both --tls-key and --tls-cert, or no TLS setting.'
  return [`${namesOf(missing)}: expected a value, because TLS needs it; came nothing. ${remedy}`]
}

function listClientErrors(given: GivenSettings): readonly string[] {
  const missing = (['clientKey', 'clientCert'] as const).filter((key) => given[key] === undefined)
  if (missing.length !== 1) return []
  const remedy = 'Give both --client-key and --client-cert, or none of them.'
  return [`${namesOf(missing)}: expected a value, because a client certificate needs it; came nothing. ${remedy}`]
}

function listAuditLogErrors(given: GivenSettings): readonly string[] {
  const missing = (['auditLogDir', 'auditLogKey', 'auditLogRefKeys'] as const).filter((key) => given[key] === undefined)
  if (missing.length === 0 || (missing.length === 3 && given.trustPolicy === undefined)) return []
  const remedy =
    'Give all of --audit-log-dir, --audit-log-key and --audit-log-ref-keys, or no setting of the audit log.'
  return [`${namesOf(missing)}: expected a value, because an audit log needs it; came nothing. ${remedy}`]
}

function listWorkerErrors({ workers = '1', countries, legKey, drain = '0' }: GivenSettings): readonly string[] {
  if (workers === '1') return []
  const remedy = 'Give --leg-key (`istmo keys --leg` makes one), or one worker.'
  const ownKeys = `${namesOf(['legKey'])}: expected a file, because each worker would make a key of its own that the countries do not know; came nothing. ${remedy}`
  const noDrain = `${namesOf(['drain'])}: expected no drain, because several workers cannot drain; came ${JSON.stringify(drain)}. Leave it out, or give one worker.`
  return [...(countries === undefined || legKey !== undefined ? [] : [ownKeys]), ...(drain === '0' ? [] : [noDrain])]
}

function listSuspensionErrors({ suspensions, suspenders }: GivenSettings): readonly string[] {
  if (suspenders === undefined || suspensions !== undefined) return []
  const remedy = 'Set --suspensions too, or remove --suspenders.'
  return [
    `${namesOf(['suspensions'])}: expected a folder, in which the suspenders’ statements are kept; came nothing. ${remedy}`,
  ]
}
