/**
 * The entry of a request, as texts of canonical JSON (RFC 8785). Each object has its members in their order, so that `JSON.stringify` writes them as they
 * must be. What is the same for each request of an operation or a caller is written once.
 */

import { writeCanonical } from '../../audit/log/canonical-json.ts'
import { type PseudonymKeys, pseudonymOf } from '../../audit/pseudonym/pseudonym.ts'
import { commitToText } from '../../audit/salts/commitment.ts'
import type { Caller } from '../../contract/access-token.ts'
import { type NormalisedDocument, normaliseDocument } from '../../contract/audit-log/document.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { deriveQuestionSalt, saltedHash } from '../../contract/leg-salt.ts'
import { rememberByObject } from '../../contract/remember-by-object.ts'
import type { HeldReceipt, RequestContext, SentCaller, Trail, TrailLeg, TrailUse } from '../types/flow.ts'
import type { EndedRequest } from '../types/request-log.ts'

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
  const { context, status, codes, durationMs } = ended
  const { caller, question, isDryRun, hangup } = context
  const time = timeOf(sources.now)
  const rest = {
    operation: toOperation(trail, sources.isKept),
    question: question && { statement: saltedHash(deriveQuestionSalt(trail.salt), question.statement.jwt) },
    result: { codes: [...new Set(codes)].sort(), durationMs, isDryRun, isHangup: hangup.isGone, status },
    time,
    traceId: sources.traceId,
    v: 2,
  }
  return {
    id: write(context.requestId),
    endedMs: sources.now,
    time: write(time),
    gateway: write(sources.gateway),
    actor: caller === null ? 'null' : writtenOf(caller, sources.keys).text,
    actorCountry: caller?.organisation?.country ?? null,
    grounds: write(toGrounds(context, sources.keys)),
    ...(caller === null ? writeSmallLists(trail) : writeLists(trail)),
    rest: write(rest).slice(1),
  }
}

/** Matches what JSON.stringify writes for a lone surrogate, for which RFC 8785 has no form. */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/

/** Writes a value whose objects have their members in the order of RFC 8785. @throws {TypeError} if it has a lone surrogate. */
function write(value: unknown): string {
  const text = JSON.stringify(value)
  if (text.includes('\\ud') && LONE_SURROGATE.test(text)) throw new TypeError('expected texts without lone surrogates')
  return text
}

let lastTime = { ms: Number.NaN, text: '' }

function timeOf(ms: number): string {
  if (lastTime.ms !== ms) lastTime = { ms, text: new Date(ms).toISOString() }
  return lastTime.text
}

type Lists = Pick<RequestTexts, 'coordinates' | 'legs' | 'denied'>

function writeLists(trail: Trail): Lists {
  const { legs, uses } = trail
  return {
    coordinates: uses === null ? NOTHING : listCoordinates(uses),
    legs: legs.map((leg) => ({ country: leg.country, text: write(toLeg(leg, trail)) })),
    denied: listDenied(trail),
  }
}

const NOTHING: ListText = { items: [], joined: '' }

/**
 * Writes the lists of a request without a token. Everybody can send one, and it reads only the public law. So its entry has of each leg only the
 * outcome and what finds the leg in the country's log. A country that was not asked, because it publishes nothing of it, is left out.
 */
function writeSmallLists(trail: Trail): Lists {
  const sent = trail.legs.filter(({ leg }) => leg !== null && trail.sent.has(leg))
  const legs = sent.map((leg) => ({ country: leg.country, text: write(toSmallLeg(leg, trail)) }))
  return { coordinates: NOTHING, denied: [], legs }
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

function toGrounds({ caller, grounds }: RequestContext, keys: PseudonymKeys): object | null {
  if (caller?.mandate === undefined && grounds === null) return null
  return {
    caseRef: grounds?.case === undefined ? null : refOfCase(grounds.case, caller, keys),
    legalBasis: (grounds?.legalBasis ?? []).map(label).filter((basis) => basis !== null),
    purpose: grounds?.purpose ?? null,
    taskForce: label(caller?.mandate?.task_force),
  }
}

function refOfCase(id: string, caller: Caller | null, keys: PseudonymKeys): string {
  const written = caller && writtenOf(caller, keys)
  if (written?.lastCase?.id === id) return written.lastCase.ref
  const ref = pseudonymOf('case', id, keys)
  if (written !== null) written.lastCase = { id, ref }
  return ref
}

function toOperation({ operation, cost, salt }: Trail, isKept: boolean): object | null {
  if (operation === null) return null
  const { document, name, variables, graph } = operation
  const normalised = normaliseDocument(document)
  const values = commitToValues(normalised, variables, salt)
  return { cost, documentHash: normalised.hash, graph, isKept, name: label(name), variables: values }
}

/** Returns what a commitment to values of a document begins with; null if it has a lone surrogate. */
const beginOfValues = rememberByObject(({ literals, names }: NormalisedDocument): string | null => {
  const isWellFormed = [...literals, ...names].every((text) => text.isWellFormed())
  return isWellFormed ? `{"literals":${writeCanonical(literals)},"names":${writeCanonical(names)},` : null
})

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
  return commitToText(JSON.stringify(JSON.stringify({ literals, names, variables })), salt)
}

const listCoordinates = rememberByObject((uses: readonly TrailUse[]): ListText => {
  const all = uses.flatMap(({ typeName, fieldName, node }) => {
    const field = `${typeName}.${fieldName}`
    return [field, ...(node.arguments ?? []).map(({ name }) => `${field}(${name.value}:)`)]
  })
  const items = [...new Set(all)].sort().map(write)
  return { items, joined: items.join(',') }
})

/** Lists the denials, each once. A denial of a single country counts only if the gateway asked that country. */
function listDenied({ denials, legs }: Trail): readonly ItemText[] {
  if (denials.length === 0) return []
  const asked = new Set(legs.map(({ country }) => country))
  const denied = new Map<string, ItemText>()
  for (const { coordinate, kind, country } of denials) {
    if (country !== null && !asked.has(country)) continue
    const text = write({ coordinate, country, kind })
    denied.set(text, { country, text })
  }
  return [...denied.values()]
}

/** Returns a leg, or a country that was not asked. */
function toLeg({ country, domain, outcome, leg }: TrailLeg, { sent: all, operation }: Trail) {
  const sent = leg === null ? undefined : all.get(leg)
  const rules = country === null ? undefined : operation?.rules.get(country)
  const { policies = [], scopes = [] } = leg?.rights ?? {}
  return {
    access: rules?.access ?? null,
    caller: sent?.caller && toProof(sent.caller),
    code: outcome.code,
    country,
    domain,
    granted: { policies, scopes },
    operationHash: sent?.operationHash ?? null,
    policySet: rules?.policySet ?? null,
    reach: outcome.reach,
    ...toReceipt(sent?.receipt ?? null),
    requestHash: sent?.requestHash ?? null,
    responseHash: sent?.responseHash ?? null,
    tokenHash: sent?.tokenHash,
  }
}

/** Returns a leg of a request without a token. The leg token of an anonymous request names nobody, so its hash proves nothing. */
function toSmallLeg(leg: TrailLeg, trail: Trail): object {
  const nothing = { access: null, granted: { policies: [], scopes: [] }, operationHash: null, policySet: null }
  return { ...toLeg(leg, trail), ...nothing, receipt: null, records: null, tokenHash: undefined }
}

function toReceipt(held: HeldReceipt | null) {
  if (held === null) return { receipt: null, records: null }
  const { checkpoint, index, leaf, origin, size, records } = held
  return { receipt: { checkpoint, index, leaf, origin, size }, records: { count: records.count, hash: records.hash } }
}

function toProof({ authority, mandate, question, tokenHash, tokenId }: SentCaller): SentCaller {
  return { authority: cut(authority), mandate, question, tokenHash, tokenId: cut(tokenId) }
}

// Texts that others chose, as entries have them.

/** The longest text of a token that an entry holds, in UTF-16 units. The rest is cut off. */
const MAX_LABEL = 200

/** Returns a text as an entry has it; null if there is none, or it is empty. */
function label(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : cut(text)
}

/** Cuts a text off that is too long, and replaces lone surrogates, which have no canonical form. */
function cut(text: string): string {
  return text.slice(0, MAX_LABEL).toWellFormed()
}
