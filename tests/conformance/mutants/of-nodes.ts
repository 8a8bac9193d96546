/** What a node may do wrong that a service behind it cannot. */
import { canonicalBytes } from '../../../audit/log/canonical.ts'
import { openLogOn } from '../../../audit/log/log.ts'
import { createMemoryStorage } from '../../../audit/log/testing.ts'
import type { NoteSigner } from '../../../audit/note/key.ts'
import { formatTlogProof, parseTlogProof, readTlogProof } from '../../../audit/note/tlog-proof.ts'
import { parseEntry } from '../../../contract/audit-log/entry.ts'
import { formatReceiptHeader, parseReceiptHeader } from '../../../contract/receipt.ts'
import { STRANGE_AGENCY } from '../../../joining/conformance/identity.ts'
import type { Leg, LegFault, Reply } from '../../../joining/conformance/leg.ts'
import { answering, changing, idsAsked, type Json, mistaking, refusing, variablesOf, type Wrong } from './damage.ts'
import { QUESTION_MUTANTS } from './of-questions.ts'

const isFull = ({ as }: Leg): boolean => as?.policies.includes('protected_release') === true
const lacksScope = (leg: Leg, scope: string): boolean => isFull(leg) && leg.as?.scopes.includes(scope) === false
const asTrusted = (isConcerned: (leg: Leg) => boolean): Wrong =>
  mistaking(isConcerned, (leg, { trusted }) => ({ ...leg, as: trusted }))

const RULES: Readonly<Record<string, Wrong>> = {
  'rules.reader': refusing(
    (leg) =>
      leg.as?.scopes.includes('person:protected') === true &&
      leg.query.includes('{ narrative }') &&
      isFull(leg) &&
      leg.as.scopes.includes('case:narrative') &&
      leg.as.policies.includes('narrative_release') &&
      leg.as.agency !== STRANGE_AGENCY,
  ),
  'rules.scopes': asTrusted((leg) => lacksScope(leg, 'case:officials')),
  'rules.policies': asTrusted(
    ({ as }) => as?.scopes.includes('person:protected') === true && !as.policies.includes('narrative_release'),
  ),
  'rules.agency': asTrusted(({ as }) => as?.agency === STRANGE_AGENCY),
  'rules.purpose': asTrusted(({ as }) => as?.purpose === 'PROSECUTION'),
  'rules.nobody': asTrusted(({ as }) => as === null),
  'rules.filters': asTrusted(
    (leg) => lacksScope(leg, 'person:identifiers') && leg.query.includes('persons(search: $s'),
  ),
  'rules.schema': answering(
    ({ query }) => query.includes('_service'),
    () => ({ _service: { sdl: '' } }),
  ),
}

const TOKENS: Readonly<Record<string, LegFault>> = {
  'tokens.none': 'NO_LEG_TOKEN',
  'tokens.wrong-key': 'LEG_KEY_UNKNOWN',
  'tokens.expired': 'LEG_TOKEN_EXPIRED',
  'tokens.future': 'LEG_TOKEN_FROM_THE_FUTURE',
  'tokens.long-lived': 'LEG_TOKEN_LIVES_LONG',
  'tokens.other-country': 'LEG_TOKEN_OF_OTHER_COUNTRY',
  'tokens.other-query': 'LEG_TOKEN_OF_OTHER_QUERY',
  'tokens.other-type': 'LEG_TOKEN_OF_OTHER_TYPE',
  'tokens.other-gateway': 'LEG_TOKEN_OF_OTHER_GATEWAY',
  'tokens.no-country-token': 'NO_COUNTRY_TOKEN',
  'tokens.country-key': 'COUNTRY_KEY_UNKNOWN',
  'tokens.country-expired': 'COUNTRY_TOKEN_EXPIRED',
  'tokens.country-audience': 'COUNTRY_TOKEN_OF_OTHER_COUNTRY',
  'tokens.country-pair': 'COUNTRY_TOKEN_NOT_NAMED',
  'tokens.country-gateway': 'COUNTRY_TOKEN_OF_OTHER_GATEWAY_KEY',
  'tokens.beyond-mandate': 'COUNTRY_TOKEN_BEYOND_MANDATE',
  'tokens.no-salt': 'NO_SALT',
  'tokens.bad-salt': 'SALT_NOT_VALID',
}

const withoutFault = ({ fault: _, http: __, again: ___, ...leg }: Leg): Leg => leg

/** A node that takes a token that was used before. */
export const TAKING_AGAIN: Wrong = mistaking(({ again }) => again !== undefined, withoutFault)

const isBadId = (leg: Leg): boolean => idsAsked(leg).join() === 'no id'
const eachError = (json: Json, use: (error: Json) => void): void => {
  for (const error of (json.errors ?? []) as Json[]) use(error)
}

const REQUESTS: Readonly<Record<string, Wrong>> = {
  'requests.answer-form': async (leg, next) => ({ ...(await next(leg)), type: 'text/html' }),
  'requests.error-form': changing(isBadId, (json) =>
    eachError(json, (error) => Object.assign(error, { extensions: {} })),
  ),
  'requests.error-inside': changing(isBadId, (json) =>
    eachError(json, (error) => Object.assign(error.extensions as Json, { stacktrace: ['at resolve (/home/x.js)'] })),
  ),
  'requests.syntax': answering(
    ({ query }) => query === '{',
    () => ({}),
  ),
  'requests.unknown-field': changing(
    ({ query }) => query.includes('statutez'),
    (json) => eachError(json, (error) => Object.assign(error, { message: 'Did you mean "statutes"?' })),
  ),
  'requests.variables': answering(
    (leg) => typeof variablesOf(leg).id === 'object',
    () => ({ case: null }),
  ),
  'requests.too-many-records': answering(
    (leg) => idsAsked(leg).length > 1_000,
    () => ({ _entities: [] }),
  ),
  ...Object.fromEntries(
    Object.entries({
      'content-type': (leg: Leg) => leg.http?.contentType !== undefined,
      'not-json': (leg: Leg) => leg.http?.body === '{"query":',
      'big-body': (leg: Leg) => (leg.http?.body?.length ?? 0) > 1_000_000,
      method: (leg: Leg) => leg.http?.method !== undefined,
      path: (leg: Leg) => leg.http?.path !== undefined,
      deadline: (leg: Leg) => leg.http?.deadline !== undefined,
    }).map(([name, isConcerned]) => [`requests.${name}`, mistaking(isConcerned, withoutFault)]),
  ),
}

const flipByte = (receipt: string): string => {
  const bytes = Buffer.from(receipt.slice(1, -1), 'base64')
  // In the first hash of the proof or in the checkpoint: behind the entry.
  const at = bytes.length - 20
  bytes[at] = (bytes[at] ?? 0) ^ 1
  return `:${bytes.toString('base64')}:`
}

/** Gives each leg the receipt of the leg before it. */
function shifting(): Wrong {
  let before: string | undefined
  return async (leg, next) => {
    const reply = await next(leg)
    const receipt = before ?? reply.receipt
    before = reply.receipt
    return { ...reply, ...(receipt !== undefined && { receipt }) }
  }
}

/** Writes each second leg into another log under the same name and key. */
export function forking(signer: NoteSigner): Wrong {
  let count = 0
  const log = openLogOn(createMemoryStorage(), { signer, publishAfterMs: 1_000_000 })
  return async (leg, next) => {
    const reply = await next(leg)
    count += 1
    return count % 2 === 0 && reply.receipt !== undefined
      ? { ...reply, receipt: await moveEntry(reply, await log) }
      : reply
  }
}

async function moveEntry({ receipt = '' }: Reply, log: Awaited<ReturnType<typeof openLogOn>>): Promise<string> {
  const { extra = new Uint8Array() } = readTlogProof(parseReceiptHeader(receipt) ?? '')
  const entry = canonicalBytes(parseEntry(extra))
  const { proof } = await log.append(entry)
  return formatReceiptHeader(formatTlogProof({ ...parseTlogProof(await proof()), extra: entry }))
}

const RECEIPTS: Readonly<Record<string, () => Wrong>> = {
  'receipts.present': () => async (leg, next) => ({ ...(await next(leg)), receipt: undefined }),
  'receipts.signature': () => async (leg, next) => {
    const reply = await next(leg)
    return reply.receipt === undefined ? reply : { ...reply, receipt: flipByte(reply.receipt) }
  },
  'receipts.leg': shifting,
}

/** Gives legs that are on their way together the answer of the first. */
function mixing(): Wrong {
  let inFlight = 0
  let first: Reply | undefined
  return async (leg, next) => {
    inFlight += 1
    const isCrowded = inFlight > 5
    const reply = await next(leg)
    inFlight -= 1
    first ??= reply
    return isCrowded ? first : reply
  }
}

const isSlow = (leg: Leg): boolean => leg.query.includes('cases(countries: $c, first: 100)')

const LOAD: Readonly<Record<string, () => Wrong>> = {
  'load.concurrent': mixing,
  'load.deadline': () => async (leg, next) => {
    const reply = await next(leg)
    return isSlow(leg) ? { ...reply, ms: 1e9 } : reply
  },
}

/** The mutants of nodes, by the check that must catch them. Some remember what they saw, so each is made anew. */
export const NODE_MUTANTS: Readonly<Record<string, () => Wrong>> = {
  ...Object.fromEntries(Object.entries({ ...RULES, ...REQUESTS }).map(([id, wrong]) => [id, () => wrong])),
  ...Object.fromEntries(
    Object.entries(TOKENS).map(([id, fault]) => [id, () => mistaking((leg) => leg.fault === fault, withoutFault)]),
  ),
  'tokens.salt-repeated': () => TAKING_AGAIN,
  'tokens.salt-sent-back': () => async (leg, next) => ({ ...(await next(leg)), echoed: undefined }),
  ...{ ...QUESTION_MUTANTS, ...RECEIPTS, ...LOAD },
}
