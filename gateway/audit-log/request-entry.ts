/**
 * The entry of a request, as texts of canonical JSON (RFC 8785). The members are written in their order, so that nothing is sorted, measured or written
 * twice. What is the same for each request of an operation or a caller is written once.
 */

import { writeCanonicalText as quote, writeCanonical } from '../../audit/log/canonical-json.ts'
import { type PseudonymKeys, pseudonymOf } from '../../audit/pseudonym/pseudonym.ts'
import { commitToText } from '../../audit/salts/commitment.ts'
import type { Caller } from '../../contract/access-token.ts'
import { type NormalisedDocument, normaliseDocument } from '../../contract/audit-log/document.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { deriveQuestionSalt, saltedHash } from '../../contract/leg-salt.ts'
import type {
  HeldReceipt,
  RequestContext,
  RulesInForce,
  SentCaller,
  SentLeg,
  Trail,
  TrailLeg,
  TrailUse,
} from '../types/flow.ts'
import type { EndedRequest } from '../types/request-log.ts'
import { cut, label } from './labels.ts'

type Actor = NonNullable<EntryOf<'request'>['actor']>

/** What {@link writeRequest} needs, besides the request. */
export interface EntrySources {
  /** The log's origin. */
  readonly gateway: string
  readonly keys: PseudonymKeys
  readonly traceId: string | null
  /** Whether the document's text is in the content store. */
  readonly isKept: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** An item of a list of an entry. */
export interface ItemText {
  /** The country that it belongs to; null if it belongs to none. */
  readonly country: string | null
  readonly text: string
}

/** A list of texts, and the same with commas between them. */
export interface ListText {
  readonly items: readonly string[]
  readonly joined: string
}

/** A request, with the lists of all countries: `fitRequest` splits them. All texts but the country are JSON. */
export interface RequestTexts {
  readonly id: string
  /** When it ended, in milliseconds since the epoch. */
  readonly endedMs: number
  readonly time: string
  readonly gateway: string
  readonly actor: string
  /** The country of the caller; null if it is not known. */
  readonly actorCountry: string | null
  readonly grounds: string
  readonly coordinates: ListText
  readonly legs: readonly ItemText[]
  readonly denied: readonly ItemText[]
  /** The members behind `legs`, from `operation` to `v`. */
  readonly rest: string
}

/**
 * Writes a request. The only personal data in it are pseudonyms, and commitments under the salt of its trail.
 * @throws {TypeError} if a text has no canonical form, because an entry that gets a number must not fail afterwards.
 */
export function writeRequest(ended: EndedRequest, trail: Trail, sources: EntrySources): RequestTexts {
  const { context } = ended
  const { caller } = context
  const time = quote(timeOf(sources.now))
  return {
    id: quote(context.requestId),
    endedMs: sources.now,
    time,
    gateway: quote(sources.gateway),
    actor: caller === null ? 'null' : writtenOf(caller, sources.keys).text,
    actorCountry: caller?.organisation?.country ?? null,
    grounds: writeGrounds(context, sources.keys),
    ...(caller === null ? writeSmallLists(trail) : writeLists(trail)),
    rest: writeRest(ended, trail, sources, time),
  }
}

let lastTime = { ms: Number.NaN, text: '' }

function timeOf(ms: number): string {
  if (lastTime.ms !== ms) lastTime = { ms, text: new Date(ms).toISOString() }
  return lastTime.text
}

function writeRest(ended: EndedRequest, trail: Trail, sources: EntrySources, time: string): string {
  const { context, status, codes, durationMs } = ended
  const question = context.question && `"question":{"statement":"${hashStatement(context.question, trail)}"},`
  const listed = codes.length === 0 ? '' : [...new Set(codes)].sort().map(quote).join(',')
  const { isDryRun, hangup } = context
  const result = `{"codes":[${listed}],"durationMs":${durationMs},"isDryRun":${isDryRun},"isHangup":${hangup.isGone},"status":${status}}`
  const traceId = sources.traceId === null ? 'null' : quote(sources.traceId)
  return `"operation":${writeOperation(trail, sources.isKept)},${question ?? ''}"result":${result},"time":${time},"traceId":${traceId},"v":2}`
}

type Lists = Pick<RequestTexts, 'coordinates' | 'legs' | 'denied'>

function writeLists(trail: Trail): Lists {
  const { legs, uses } = trail
  return {
    coordinates: uses === null ? NOTHING : listCoordinates(uses),
    legs: legs.map((leg) => ({ country: leg.country, text: writeLeg(leg, trail) })),
    denied: listDenied(trail),
  }
}

const NOTHING: ListText = { items: [], joined: '' }

/**
 * Writes the lists of a request without a token. Everybody can send one, and it reads only the public law. So its entry has of each leg only the
 * outcome and what finds the leg in the country's log. A country that was not asked, because it publishes nothing of it, is left out.
 */
function writeSmallLists({ legs, sent }: Trail): Lists {
  const texts: ItemText[] = []
  for (const leg of legs) {
    const own = leg.leg === null ? undefined : sent.get(leg.leg)
    if (own !== undefined) texts.push({ country: leg.country, text: writeSmallLeg(leg, own) })
  }
  return { coordinates: NOTHING, denied: [], legs: texts }
}

/** What was written of a caller. */
interface WrittenCaller {
  readonly keys: PseudonymKeys
  readonly actor: Actor
  readonly text: string
  /** The case of the last request, and its pseudonym. */
  lastCase: { readonly id: string; readonly ref: string } | null
}

const callers = new WeakMap<Caller, WrittenCaller>()

function writtenOf(caller: Caller, keys: PseudonymKeys): WrittenCaller {
  const known = callers.get(caller)
  if (known?.keys === keys) return known
  const actor = describeActor(caller, keys)
  const text = writeCanonical(actor)
  if (text === undefined) throw new TypeError('expected a caller with a form in JSON')
  const written = { keys, actor, text, lastCase: null }
  callers.set(caller, written)
  return written
}

/** Returns the caller as entries name it: with a pseudonym instead of the subject. */
export function toActor(caller: Caller, keys: PseudonymKeys): Actor {
  return writtenOf(caller, keys).actor
}

function describeActor(caller: Caller, keys: PseudonymKeys): Actor {
  const { issuer, subject, organisation, client, tokenId, tokenHash, assurance, scopes } = caller
  return {
    country: organisation?.country ?? null,
    agency: label(organisation?.agency),
    role: label(organisation?.role),
    scopes: scopes.map(label).filter((scope) => scope !== null),
    ref: pseudonymOf('actor', `${issuer} ${subject}`, keys),
    client: label(client),
    tokenId: label(tokenId),
    ...(tokenHash !== undefined && { tokenHash }),
    assurance: label(assurance),
  }
}

function writeGrounds({ caller, grounds }: RequestContext, keys: PseudonymKeys): string {
  if (caller?.mandate === undefined && grounds === null) return 'null'
  const caseRef = grounds?.case === undefined ? 'null' : `"${refOfCase(grounds.case, caller, keys)}"`
  const basis = (grounds?.legalBasis ?? []).filter((text) => text !== '').map((text) => quote(cut(text)))
  const purpose = grounds === null ? 'null' : quote(grounds.purpose)
  return `{"caseRef":${caseRef},"legalBasis":[${basis.join(',')}],"purpose":${purpose},"taskForce":${writeLabel(caller?.mandate?.task_force)}}`
}

function refOfCase(id: string, caller: Caller | null, keys: PseudonymKeys): string {
  const written = caller && writtenOf(caller, keys)
  if (written?.lastCase?.id === id) return written.lastCase.ref
  const ref = pseudonymOf('case', id, keys)
  if (written !== null) written.lastCase = { id, ref }
  return ref
}

function writeOperation({ operation, cost, salt }: Trail, isKept: boolean): string {
  if (operation === null) return 'null'
  const { document, name, variables, graph } = operation
  const normalised = normaliseDocument(document)
  const values = commitToValues(normalised, variables, salt)
  return `{"cost":${cost},"documentHash":"${normalised.hash}","graph":${quote(graph)},"isKept":${isKept},"name":${writeLabel(name)},"variables":"${values}"}`
}

function hashStatement({ statement }: NonNullable<RequestContext['question']>, { salt }: Trail): string {
  return saltedHash(deriveQuestionSalt(salt), statement.jwt)
}

const ofDocuments = new WeakMap<NormalisedDocument, string | null>()

/** Returns what a commitment to values of a document begins with; null if it has a lone surrogate. */
function beginOfValues(normalised: NormalisedDocument): string | null {
  const known = ofDocuments.get(normalised)
  if (known !== undefined) return known
  const { literals, names } = normalised
  const isWellFormed = [...literals, ...names].every((text) => text.isWellFormed())
  const begin = isWellFormed ? `{"literals":${writeCanonical(literals)},"names":${writeCanonical(names)},` : null
  ofDocuments.set(normalised, begin)
  return begin
}

/**
 * Commits to an operation's values. A client may send a lone surrogate, for which RFC 8785 has no form. Then the commitment is to the
 * text that JSON.stringify writes, because each operation must have an entry.
 */
function commitToValues(normalised: NormalisedDocument, variables: object, salt: Uint8Array): string {
  const begin = beginOfValues(normalised)
  if (begin !== null) {
    try {
      return commitToText(`${begin}"variables":${writeCanonical(variables)}}`, salt)
    } catch {
      // The variables have no canonical form.
    }
  }
  const { literals, names } = normalised
  return commitToText(quote(JSON.stringify({ literals, names, variables })), salt)
}

const coordinates = new WeakMap<readonly TrailUse[], ListText>()

function listCoordinates(uses: readonly TrailUse[]): ListText {
  const cached = coordinates.get(uses)
  if (cached !== undefined) return cached
  const all = uses.flatMap(({ typeName, fieldName, node }) => {
    const field = `${typeName}.${fieldName}`
    return [field, ...(node.arguments ?? []).map(({ name }) => `${field}(${name.value}:)`)]
  })
  const items = [...new Set(all)].sort().map(quote)
  const list = { items, joined: items.join(',') }
  coordinates.set(uses, list)
  return list
}

/** Lists the denials, each once. A denial of a single country counts only if the gateway asked that country. */
function listDenied({ denials, legs }: Trail): readonly ItemText[] {
  if (denials.length === 0) return []
  const asked = new Set(legs.map(({ country }) => country))
  const denied = new Map<string, ItemText>()
  for (const { coordinate, kind, country } of denials) {
    if (country !== null && !asked.has(country)) continue
    const text = `{"coordinate":${quote(coordinate)},"country":${country === null ? 'null' : quote(country)},"kind":"${kind}"}`
    denied.set(text, { country, text })
  }
  return [...denied.values()]
}

function writeLabel(text: string | undefined): string {
  return text === undefined || text === '' ? 'null' : quote(cut(text))
}

// The legs of a request, as texts of canonical JSON. The members are written in their order.

/** Writes a leg, or a country that was not asked. */
function writeLeg(traced: TrailLeg, { sent: all, operation }: Trail): string {
  const { country, domain, outcome, leg } = traced
  const sent = leg === null ? undefined : all.get(leg)
  const rules = country === null ? undefined : operation?.rules.get(country)
  const { access, policySet } = writeRules(rules)
  const granted = `{"policies":${writeTexts(leg?.rights?.policies)},"scopes":${writeTexts(leg?.rights?.scopes)}}`
  const ends = sent === undefined ? NOT_SENT : writeSent(sent)
  return `{"access":${access}${ends.caller},"code":${writeNullable(outcome.code)},"country":${writeNullable(country)},"domain":${quote(domain)},"granted":${granted},"operationHash":${ends.operation},"policySet":${policySet},"reach":"${outcome.reach}",${ends.rest}`
}

/** Writes a leg of a request without a token. The leg token of an anonymous request names nobody, so its hash proves nothing. */
function writeSmallLeg({ country, domain, outcome }: TrailLeg, sent: SentLeg): string {
  const hashes = `"requestHash":${writeNullable(sent.requestHash)},"responseHash":${writeNullable(sent.responseHash)}`
  return `{"access":null${writeCaller(sent)},"code":${writeNullable(outcome.code)},"country":${writeNullable(country)},"domain":${quote(domain)},"granted":{"policies":[],"scopes":[]},"operationHash":null,"policySet":null,"reach":"${outcome.reach}","receipt":null,"records":null,${hashes}}`
}

const NOT_SENT = {
  caller: '',
  operation: 'null',
  rest: '"receipt":null,"records":null,"requestHash":null,"responseHash":null}',
}

function writeSent(sent: SentLeg): typeof NOT_SENT {
  const { receipt, tokenHash } = sent
  const receipts = receipt === null ? '"receipt":null,"records":null' : writeReceipt(receipt)
  const token = tokenHash === undefined ? '' : `,"tokenHash":${quote(tokenHash)}`
  const hashes = `"requestHash":${writeNullable(sent.requestHash)},"responseHash":${writeNullable(sent.responseHash)}`
  return {
    caller: writeCaller(sent),
    operation: quote(sent.operationHash),
    rest: `${receipts},${hashes}${token}}`,
  }
}

function writeReceipt({ checkpoint, index, leaf, origin, size, records }: HeldReceipt): string {
  const counted = `{"count":${records.count},"hash":${writeNullable(records.hash)}}`
  return `"receipt":{"checkpoint":${quote(checkpoint)},"index":${index},"leaf":${quote(leaf)},"origin":${quote(origin)},"size":${size}},"records":${counted}`
}

function writeCaller({ caller }: SentLeg): string {
  if (caller === undefined) return ''
  return caller === null ? ',"caller":null' : `,"caller":${writeProof(caller)}`
}

function writeProof({ authority, mandate, question, tokenHash, tokenId }: SentCaller): string {
  return `{"authority":${quote(cut(authority))},"mandate":${quote(mandate)},"question":${writeNullable(question)},"tokenHash":${quote(tokenHash)},"tokenId":${quote(cut(tokenId))}}`
}

const NO_RULES = { access: 'null', policySet: 'null' }
const written = new WeakMap<RulesInForce, typeof NO_RULES>()

function writeRules(rules: RulesInForce | undefined): typeof NO_RULES {
  if (rules === undefined) return NO_RULES
  const known = written.get(rules)
  if (known !== undefined) return known
  const made = { access: quote(rules.access), policySet: quote(rules.policySet) }
  written.set(rules, made)
  return made
}

function writeTexts(texts: readonly string[] | undefined): string {
  if (texts === undefined || texts.length === 0) return '[]'
  return texts.length === 1 ? `[${quote(texts[0] as string)}]` : `[${texts.map(quote).join(',')}]`
}

function writeNullable(text: string | null): string {
  return text === null ? 'null' : quote(text)
}
