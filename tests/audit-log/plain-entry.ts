/**
 * The entries of a request, built as objects and measured by writing them: the plain way, with which tests compare the texts that the gateway
 * writes (request-entry.ts, fit-request.ts).
 */

import { type PseudonymKeys, pseudonymOf } from '../../audit/pseudonym/pseudonym.ts'
import { commitTo } from '../../audit/salts/slot.ts'
import type { Caller } from '../../contract/access-token.ts'
import { normaliseDocument } from '../../contract/audit-log/document.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { deriveQuestionSalt, saltedHash } from '../../contract/leg-salt.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import type { EntrySources } from '../../gateway/audit-log/request-entry.ts'
import type { RequestContext, SentCaller, Trail, TrailLeg, TrailUse } from '../../gateway/types/flow.ts'
import type { EndedRequest } from '../../gateway/types/request-log.ts'

type CallerProof = NonNullable<EntryOf<'leg'>['caller']>
/** A request with the lists of all countries. */
export type PlainRequest = Omit<EntryOf<'request'>, 'continuations'>

/** The longest text of a token that an entry holds, in UTF-16 units. The rest is cut off. */
const MAX_LABEL = 200

/**
 * Builds the entry of a request, with the lists of all countries: `fitRequest` splits them. The only personal data in it are
 * pseudonyms, and commitments under the salt of its trail.
 */
export function plainRequest(
  { context, status, codes, durationMs }: EndedRequest,
  trail: Trail,
  sources: EntrySources,
): PlainRequest {
  return {
    v: 2,
    kind: 'request',
    id: context.requestId,
    time: new Date(sources.now).toISOString(),
    gateway: sources.gateway,
    traceId: sources.traceId,
    actor: context.caller && toActor(context.caller, sources.keys),
    grounds: toGrounds(context, sources.keys),
    operation: toOperation(trail, sources.isKept),
    ...(context.question && { question: { statement: hashStatement(context.question, trail) } }),
    ...(context.caller === null ? toSmallLists(trail) : toLists(trail)),
    result: {
      status,
      codes: [...new Set(codes)].sort(),
      durationMs,
      isHangup: context.hangup.isGone,
      isDryRun: context.isDryRun,
    },
  }
}

type Lists = Pick<PlainRequest, 'coordinates' | 'legs' | 'denied'>

function toLists(trail: Trail): Lists {
  return {
    coordinates: listCoordinates(trail.uses ?? []),
    legs: trail.legs.map((leg) => toLeg(leg, trail)),
    denied: listDenied(trail),
  }
}

/**
 * Returns the lists of a request without a token. Everybody can send one, and it reads only the public law. So its entry has of each leg only the
 * outcome and what finds the leg in the country's log. A country that was not asked, because it publishes nothing of it, is left out.
 */
function toSmallLists(trail: Trail): Lists {
  const legs = trail.legs.filter(({ leg }) => leg !== null && trail.sent.has(leg))
  return {
    coordinates: [],
    denied: [],
    legs: legs.map((each) => ({
      ...withoutToken(toLeg(each, trail)),
      ...{ access: null, policySet: null, granted: { scopes: [], policies: [] } },
      ...{ operationHash: null, records: null, receipt: null },
    })),
  }
}

/** The leg token of an anonymous request names nobody, so its hash proves nothing. */
function withoutToken({ tokenHash: _, ...leg }: ReturnType<typeof toLeg>) {
  return leg
}

/** Returns the caller as entries name it: with a pseudonym instead of the subject. */
function toActor(caller: Caller, keys: PseudonymKeys): NonNullable<PlainRequest['actor']> {
  const { issuer, subject, organisation, client, tokenId, tokenHash, assurance, scopes } = caller
  const actor = {
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
  return actor
}

function toGrounds({ caller, grounds }: RequestContext, keys: PseudonymKeys): PlainRequest['grounds'] {
  if (caller?.mandate === undefined && grounds === null) return null
  return {
    taskForce: label(caller?.mandate?.task_force),
    purpose: grounds?.purpose ?? null,
    legalBasis: (grounds?.legalBasis ?? []).map(label).filter((basis) => basis !== null),
    caseRef: grounds?.case === undefined ? null : pseudonymOf('case', grounds.case, keys),
  }
}

function toOperation({ operation, cost, salt }: Trail, isKept: boolean): PlainRequest['operation'] {
  if (operation === null) return null
  const { document, name, variables, graph } = operation
  const { hash: documentHash, literals, names } = normaliseDocument(document)
  const values = commitToValues({ literals, names, variables }, salt)
  return { name: label(name), documentHash, variables: values, cost, graph, isKept }
}

function hashStatement({ statement }: NonNullable<RequestContext['question']>, { salt }: Trail): string {
  return saltedHash(deriveQuestionSalt(salt), statement.jwt)
}

/**
 * Commits to an operation's values. A client may send a lone surrogate, for which RFC 8785 has no form. Then the commitment is to the
 * text that JSON.stringify writes, because each operation must have an entry.
 */
function commitToValues(values: object, salt: Uint8Array): string {
  try {
    return commitTo(values, salt)
  } catch {
    return commitTo(JSON.stringify(values), salt)
  }
}

function listCoordinates(uses: readonly TrailUse[]): readonly string[] {
  const all = uses.flatMap(({ typeName, fieldName, node }) => {
    const field = `${typeName}.${fieldName}`
    return [field, ...(node.arguments ?? []).map(({ name }) => `${field}(${name.value}:)`)]
  })
  const sorted = [...new Set(all)].sort()
  return sorted
}

function toLeg({ country, domain, outcome, leg }: TrailLeg, trail: Trail) {
  const sent = leg === null ? undefined : trail.sent.get(leg)
  const rules = country === null ? undefined : trail.operation?.rules.get(country)
  const { records = null, ...receipt } = sent?.receipt ?? {}
  return {
    country,
    domain,
    access: rules?.access ?? null,
    policySet: rules?.policySet ?? null,
    granted: { scopes: leg?.rights?.scopes ?? [], policies: leg?.rights?.policies ?? [] },
    reach: outcome.reach,
    code: outcome.code,
    ...(sent?.tokenHash !== undefined && { tokenHash: sent.tokenHash }),
    ...(sent?.caller !== undefined && { caller: sent.caller && toCallerProof(sent.caller) }),
    operationHash: sent?.operationHash ?? null,
    requestHash: sent?.requestHash ?? null,
    responseHash: sent?.responseHash ?? null,
    records,
    receipt: 'origin' in receipt ? receipt : null,
  }
}

function toCallerProof({ authority, tokenId, ...hashes }: SentCaller): CallerProof {
  return { authority: cut(authority), tokenId: cut(tokenId), ...hashes }
}

/** Lists the denials. A denial of a single country counts only if the gateway asked that country. */
function listDenied({ denials, legs }: Trail): PlainRequest['denied'] {
  const asked = new Set(legs.map(({ country }) => country))
  const denied = denials
    .filter(({ country }) => country === null || asked.has(country))
    .map(({ coordinate, kind, country }) => ({ coordinate, kind, country }))
  return [...new Map(denied.map((denial) => [JSON.stringify(denial), denial])).values()]
}

function label(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : cut(text)
}

function cut(text: string): string {
  return text.slice(0, MAX_LABEL).toWellFormed()
}

/** The largest entry, in bytes (docs/design/audit-log.md, Entries). */
const MAX_BYTES = 65_535

/** Space for the members of a continuation besides its lists, in bytes. */
const CONTINUATION_BYTES = 600

/** A continuation of version 2 that has no `seq` yet: it gets it when it is written (number-entries.ts). */
export type PlainPart = Omit<Extract<EntryOf<'continuation'>, { readonly v: 2 }>, 'seq'>

/** The entries of a request. */
export interface PlainFit {
  readonly entry: EntryOf<'request'>
  /** In the order of their part numbers: first those of no country, then those of each country, by code. */
  readonly parts: readonly PlainPart[]
  /** The size of all of them, in bytes, about: at most this, without `seq`. */
  readonly bytes: number
}

const NOTHING: Lists = { coordinates: [], legs: [], denied: [] }

/**
 * Splits a request into the entry of what belongs to no single country, and parts of each country: its legs and denials. The caller's
 * country always has a part, so that the country can see that no request of its officers is missing. Lists that do not fit into one
 * entry are split between their items and keep their order.
 * @param maxBytes the largest size of one entry.
 * @throws {RangeError} if a single item does not fit into an entry.
 * @throws {TypeError} if a text has no canonical form, because an entry that gets a number must not fail afterwards.
 */
export function plainFit(complete: PlainRequest, maxBytes: number = MAX_BYTES): PlainFit {
  const byCountry = divide(complete)
  const common = byCountry.get(null) ?? NOTHING
  const size = sizeOf(complete)
  const partRoom = maxBytes - CONTINUATION_BYTES
  // Nearly all requests: what fits into one entry together fits into several.
  const isSmall = size <= partRoom
  const firstRoom = isSmall ? partRoom : maxBytes - sizeOf({ ...complete, ...NOTHING, continuations: 9_999 })
  const split = (lists: Lists, room: number) => (isSmall ? [lists] : splitLists(lists, room, partRoom))
  const [first = NOTHING, ...rest] = split(common, firstRoom)
  const countries = [...byCountry.keys()].filter((country) => country !== null).sort()
  const groups = [
    ...rest.map((lists) => ({ country: null, lists })),
    ...countries.flatMap((country) =>
      split(byCountry.get(country) ?? NOTHING, partRoom).map((lists) => ({ country, lists })),
    ),
  ]
  const { id: of, time, gateway } = complete
  const base = { v: 2, kind: 'continuation', time, gateway, of } as const
  const parts = groups.map(({ country, lists }, at): PlainPart => {
    return { ...base, id: createUuidV7(Date.parse(time)), part: at + 1, country, ...lists }
  })
  const entry = { ...complete, ...first, continuations: parts.length }
  return { entry, parts, bytes: size + (1 + parts.length) * CONTINUATION_BYTES }
}

/** Divides the lists by country. The key null has what belongs to none. */
function divide({ coordinates, legs, denied, actor }: PlainRequest): ReadonlyMap<string | null, Lists> {
  const legsBy = Map.groupBy(legs, ({ country }) => country)
  const deniedBy = Map.groupBy(denied, ({ country }) => country)
  const countries = new Set([null, ...legsBy.keys(), ...deniedBy.keys(), actor?.country ?? null])
  return new Map(
    [...countries].map((country) => [
      country,
      {
        coordinates: country === null ? coordinates : [],
        legs: legsBy.get(country) ?? [],
        denied: deniedBy.get(country) ?? [],
      },
    ]),
  )
}

/** Splits lists into groups that fit: the first into `firstRoom` bytes, each other one into `room` bytes. There is at least one. */
function splitLists(lists: Lists, firstRoom: number, room: number): readonly Lists[] {
  if (sizeOf(lists) <= firstRoom) return [lists]
  const groups: Lists[] = [NOTHING]
  let left = firstRoom
  for (const name of ['coordinates', 'legs', 'denied'] as const) {
    for (const item of lists[name]) {
      const size = sizeOf(item) + 1
      if (size > left) {
        left = room
        if (size > left) throw new RangeError(`an item of ${name} has ${size} bytes, more than an entry can hold`)
        groups.push(NOTHING)
      }
      left -= size
      const last = groups.at(-1) ?? NOTHING
      groups[groups.length - 1] = { ...last, [name]: [...last[name], item] }
    }
  }
  return groups
}

/** Matches what JSON.stringify writes for a lone surrogate, for which RFC 8785 has no form. */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/

/** Returns the size of a value as JSON. RFC 8785 only puts the members into another order. */
function sizeOf(value: unknown): number {
  const text = JSON.stringify(value)
  if (LONE_SURROGATE.test(text)) throw new TypeError('expected texts without lone surrogates')
  return Buffer.byteLength(text)
}
