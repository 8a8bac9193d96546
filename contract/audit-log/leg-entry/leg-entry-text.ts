import { PURPOSES } from '../../access-token.ts'
import { isCountryCode } from '../../country-code.ts'
import { DOMAINS } from '../../domain.ts'
import type { EntryOf } from '../entry.ts'

/**
 * Reads what a receipt must say of its leg from the text of the entry, because the gateway reads one for each leg. It takes the canonical form of a
 * usual entry in version 2, and nothing that the schema of entries (node-entries.ts) refuses. Whatever it does not take is for the schema to judge.
 */

/** What a receipt must say of its leg, and the records that the answer named. */
export type ReceiptEntry = Pick<
  EntryOf<'leg'>,
  'country' | 'domain' | 'operationHash' | 'records' | 'requestHash' | 'requestId' | 'responseHash'
>

/** Characters that need no escape in JSON, of ASCII. */
const LABEL = '"[ !#-\\[\\]-~]{1,200}"'
/** 64 digits, in groups of eight: V8 runs a counted loop of one sign at half the speed. */
const HASH = `"(?:${'[0-9a-f]'.repeat(8)}){8}"`
const REF = '"[1-9]\\d*\\.[\\w-]{43}"'
const UUID = '"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"'
const TIME = '"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"'
/** Fewer digits than a safe integer may have. */
const COUNT = '(?:0|[1-9]\\d{0,14})'
/** Its two letters are compared with the table of codes. */
const COUNTRY = '"([A-Z]{2})"'
const DOMAIN = `"(?:${DOMAINS.join('|')})"`

const orNull = (form: string): string => `(?:null|${form})`
const listOf = (form: string): string => `\\[(?:${form}(?:,${form})*)?\\]`
const oneOf = (texts: readonly string[]): string => `"(?:${texts.join('|')})"`

/** Writes the form of an object with these members, whose names are in the order of the canonical form. A name with `?` may be missing. */
function objectOf(members: Readonly<Record<string, string>>): string {
  // The first member of each object of an entry is always there.
  const written = Object.entries(members).map(([name, form], at) => {
    const comma = at === 0 ? '' : ','
    return name.endsWith('?') ? `(?:${comma}"${name.slice(0, -1)}":${form})?` : `${comma}"${name}":${form}`
  })
  return `\\{${written.join('')}\\}`
}

const ACTOR = objectOf({
  agency: orNull(LABEL),
  assurance: orNull(LABEL),
  client: orNull(LABEL),
  country: orNull(COUNTRY),
  ref: REF,
  role: orNull(LABEL),
  scopes: listOf(LABEL),
  'statementHash?': HASH,
  'tokenHash?': HASH,
  tokenId: orNull(LABEL),
})
const CALLER = objectOf({ authority: LABEL, mandate: HASH, question: orNull(HASH), tokenHash: HASH, tokenId: LABEL })
const GROUNDS = objectOf({
  caseRef: orNull(REF),
  legalBasis: listOf(LABEL),
  purpose: orNull(oneOf(PURPOSES)),
  taskForce: orNull(LABEL),
})
const RESULT = objectOf({ code: orNull('"[A-Z][A-Z_]{1,49}"'), denied: '\\[\\]', status: '[1-5]\\d\\d' })

const ENTRY = new RegExp(
  `^${objectOf({
    access: orNull(HASH),
    actor: orNull(ACTOR),
    'caller?': CALLER,
    coordinates: listOf('"[_A-Za-z][\\w.():]{0,300}"'),
    country: COUNTRY,
    details: COUNT,
    domain: `(${DOMAIN})`,
    gateway: orNull(LABEL),
    grounds: orNull(GROUNDS),
    id: UUID,
    kind: '"leg"',
    moreCoordinates: COUNT,
    node: LABEL,
    operationHash: `(${orNull(HASH)})`,
    policySet: orNull(HASH),
    records: objectOf({ count: `(${COUNT})`, hash: `(${orNull(HASH)})` }),
    requestHash: `(${orNull(HASH)})`,
    requestId: `(${orNull(UUID)})`,
    responseHash: `(${orNull(HASH)})`,
    result: RESULT,
    'statement?': orNull(HASH),
    time: TIME,
    'tokenHash?': HASH,
    tokenId: orNull(LABEL),
    v: '2',
  })}$`,
)

/**
 * Reads the entry of a leg.
 * @param text the bytes of the entry, with one character for each byte.
 * @returns null if the text is not of the form that this reads.
 */
export function readLegEntryText(text: string): ReceiptEntry | null {
  const parts = ENTRY.exec(text)
  if (parts === null) return null
  const [, ofActor, country = '', domain, operation, count, refs, request, requestId, response] = parts
  if (!isCountryCode(country) || (ofActor !== undefined && !isCountryCode(ofActor))) return null
  return {
    country,
    domain: unquote(domain) as ReceiptEntry['domain'],
    operationHash: unquote(operation),
    requestHash: unquote(request),
    requestId: unquote(requestId),
    responseHash: unquote(response),
    records: { count: Number(count), hash: unquote(refs) },
  }
}

/** Reads `null` or a text without escapes. */
function unquote(json: string | undefined): string | null {
  return json === undefined || json === 'null' ? null : json.slice(1, -1)
}
