import type { PseudonymKeys } from '../../audit/pseudonym/pseudonym.ts'
import { pseudonymOf } from '../../audit/pseudonym/pseudonym.ts'
import { commitTo } from '../../audit/salts/commitment.ts'
import type { Caller } from '../../contract/access-token.ts'
import { normaliseDocument } from '../../contract/audit-log/document.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { deriveQuestionSalt, saltedHash } from '../../contract/leg-salt.ts'
import type { EndedRequest, RequestContext, SentCaller, Trail, TrailLeg, TrailUse } from '../types/flow.ts'

type CallerProof = NonNullable<EntryOf<'leg'>['caller']>
type RequestEntry = Omit<EntryOf<'request'>, 'continuations'>

/** What {@link requestEntry} needs, besides the request. */
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

/** The longest text of a token that an entry holds, in UTF-16 units. The rest is cut off. */
const MAX_LABEL = 200

/**
 * Builds the entry of a request, with the lists of all countries: `fitRequest` splits them. The only personal data in it are
 * pseudonyms, and commitments under the salt of its trail.
 */
export function requestEntry(
  { context, status, codes, durationMs }: EndedRequest,
  trail: Trail,
  sources: EntrySources,
): RequestEntry {
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

type Lists = Pick<RequestEntry, 'coordinates' | 'legs' | 'denied'>

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

const actors = new WeakMap<
  Caller,
  { readonly keys: PseudonymKeys; readonly actor: NonNullable<RequestEntry['actor']> }
>()

/** Returns the caller as entries name it: with a pseudonym instead of the subject. */
export function toActor(caller: Caller, keys: PseudonymKeys): NonNullable<RequestEntry['actor']> {
  const cached = actors.get(caller)
  if (cached?.keys === keys) return cached.actor
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
  actors.set(caller, { keys, actor })
  return actor
}

function toGrounds({ caller, grounds }: RequestContext, keys: PseudonymKeys): RequestEntry['grounds'] {
  if (caller?.mandate === undefined && grounds === null) return null
  return {
    taskForce: label(caller?.mandate?.task_force),
    purpose: grounds?.purpose ?? null,
    legalBasis: (grounds?.legalBasis ?? []).map(label).filter((basis) => basis !== null),
    caseRef: grounds?.case === undefined ? null : pseudonymOf('case', grounds.case, keys),
  }
}

function toOperation({ operation, cost, salt }: Trail, isKept: boolean): RequestEntry['operation'] {
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

const coordinates = new WeakMap<readonly TrailUse[], readonly string[]>()

function listCoordinates(uses: readonly TrailUse[]): readonly string[] {
  const cached = coordinates.get(uses)
  if (cached !== undefined) return cached
  const all = uses.flatMap(({ typeName, fieldName, node }) => {
    const field = `${typeName}.${fieldName}`
    return [field, ...(node.arguments ?? []).map(({ name }) => `${field}(${name.value}:)`)]
  })
  const sorted = [...new Set(all)].sort()
  coordinates.set(uses, sorted)
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
function listDenied({ denials, legs }: Trail): RequestEntry['denied'] {
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
