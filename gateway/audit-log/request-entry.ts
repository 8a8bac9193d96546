import type { PseudonymKeys } from '../../audit/pseudonym/pseudonym.ts'
import { pseudonymOf } from '../../audit/pseudonym/pseudonym.ts'
import { commitTo } from '../../audit/salts/commitment.ts'
import type { Caller } from '../../contract/access-token.ts'
import { normaliseDocument } from '../../contract/audit-log/document.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import type { EndedRequest, RequestContext, Trail, TrailLeg, TrailUse } from '../types/flow.ts'

type RequestEntry = Omit<EntryOf<'request'>, 'continuations'>

/** What an entry is made with beside the request. */
export interface EntrySources {
  /** The log's origin. */
  readonly gateway: string
  readonly keys: PseudonymKeys
  readonly traceId: string | null
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** The longest text of a token that an entry takes. */
const MAX_LABEL = 200

/** The entry of a request: nothing of a person is in it but pseudonyms, and commitments under `salt`. */
export function requestEntry(
  { context, status, codes, durationMs }: EndedRequest,
  trail: Trail,
  salt: Uint8Array,
  sources: EntrySources,
): RequestEntry {
  return {
    v: 1,
    kind: 'request',
    id: context.requestId,
    time: new Date(sources.now).toISOString(),
    gateway: sources.gateway,
    traceId: sources.traceId,
    actor: context.caller && actorOf(context.caller, sources.keys),
    grounds: groundsOf(context, sources.keys),
    operation: operationOf(trail, salt),
    coordinates: coordinatesOf(trail.uses ?? []),
    legs: trail.legs.map((leg) => legOf(leg, trail)),
    denied: deniedOf(trail),
    result: {
      status,
      codes: [...new Set(codes)].sort(),
      durationMs,
      isHangup: context.hangup.aborted,
      isDryRun: context.isDryRun,
    },
  }
}

const actors = new WeakMap<
  Caller,
  { readonly keys: PseudonymKeys; readonly actor: NonNullable<RequestEntry['actor']> }
>()

function actorOf(caller: Caller, keys: PseudonymKeys): NonNullable<RequestEntry['actor']> {
  const known = actors.get(caller)
  if (known?.keys === keys) return known.actor
  const { issuer, subject, organisation, client, tokenId, assurance, scopes } = caller
  const actor = {
    country: organisation?.country ?? null,
    agency: label(organisation?.agency),
    role: label(organisation?.role),
    scopes: scopes.map(label).filter((scope) => scope !== null),
    ref: pseudonymOf('actor', `${issuer} ${subject}`, keys),
    client: label(client),
    tokenId: label(tokenId),
    assurance: label(assurance),
  }
  actors.set(caller, { keys, actor })
  return actor
}

function groundsOf({ caller, grounds }: RequestContext, keys: PseudonymKeys): RequestEntry['grounds'] {
  if (caller?.mandate === undefined && grounds === null) return null
  return {
    taskForce: label(caller?.mandate?.task_force),
    purpose: grounds?.purpose ?? null,
    legalBasis: (grounds?.legalBasis ?? []).map(label).filter((basis) => basis !== null),
    caseRef: grounds?.case === undefined ? null : pseudonymOf('case', grounds.case, keys),
  }
}

function operationOf({ operation, cost }: Trail, salt: Uint8Array): RequestEntry['operation'] {
  if (operation === null) return null
  const { document, name, variables, graph } = operation
  const { hash: documentHash, literals } = normaliseDocument(document)
  return { name: label(name), documentHash, variables: commitToValues({ literals, variables }, salt), cost, graph }
}

/**
 * The commitment to an operation's values. RFC 8785 has no form for a lone surrogate, which a client may send all the same: then it is to their
 * text as JSON.stringify writes it, for no operation may be without an entry.
 */
function commitToValues(values: object, salt: Uint8Array): string {
  try {
    return commitTo(values, salt)
  } catch {
    return commitTo(JSON.stringify(values), salt)
  }
}

const coordinates = new WeakMap<readonly TrailUse[], readonly string[]>()

function coordinatesOf(uses: readonly TrailUse[]): readonly string[] {
  const known = coordinates.get(uses)
  if (known !== undefined) return known
  const all = uses.flatMap(({ typeName, fieldName, node }) => {
    const field = `${typeName}.${fieldName}`
    return [field, ...(node.arguments ?? []).map(({ name }) => `${field}(${name.value}:)`)]
  })
  const sorted = [...new Set(all)].sort()
  coordinates.set(uses, sorted)
  return sorted
}

function legOf({ country, domain, outcome, leg }: TrailLeg, trail: Trail) {
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
    operationHash: sent?.operationHash ?? null,
    requestHash: sent?.requestHash ?? null,
    responseHash: sent?.responseHash ?? null,
    records,
    receipt: 'origin' in receipt ? receipt : null,
  }
}

/** Of what single countries refuse, that counts which countries were asked. */
function deniedOf({ denials, legs }: Trail): RequestEntry['denied'] {
  const asked = new Set(legs.map(({ country }) => country))
  const denied = denials
    .filter(({ country }) => country === null || asked.has(country))
    .map(({ coordinate, kind, country }) => ({ coordinate, kind, country }))
  return [...new Map(denied.map((denial) => [JSON.stringify(denial), denial])).values()]
}

function label(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text.slice(0, MAX_LABEL).toWellFormed()
}
