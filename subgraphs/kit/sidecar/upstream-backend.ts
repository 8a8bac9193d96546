import { type DocumentNode, type GraphQLError, type GraphQLSchema, Kind, visit } from 'graphql'
import { createHitQuota } from '../../../contract/hit-quota/hit-quota.ts'
import { createMemoryHits } from '../../../contract/hit-quota/memory-hits.ts'
import type { LegClaims } from '../../../contract/leg-token.ts'
import { createMemoryRowCounts } from '../../../contract/row-quota/row-quota.ts'
import { toAnswerError } from '../answer-error.ts'
import { type Backend, type CheckLeg, GRAPHQL_JSON, JSON_TYPE, type LegReply, type TakenLeg } from '../backend.ts'
import { type CallerUsage, callerOf } from '../caller-time.ts'
import { createDocumentReader } from '../documents.ts'
import { createFairTurns } from '../fair-turns.ts'
import type { LegRecognition } from '../leg-recognition.ts'
import { coerceLegVariables } from '../leg-variables.ts'
import { checkRepresentations, LIMITS } from '../limits.ts'
import { openHitFile } from './hit-file.ts'
import { createUpstream, UPSTREAM_CONNECTIONS, type Upstream } from './upstream.ts'

/** The address of the service that answers one domain. */
export interface UpstreamAddress {
  readonly domain: string
  readonly url: string
}

/**
 * Opens the backend that answers from services of the country. The node decides a leg and forwards it with headers that describe the
 * caller. It does not forward the leg token. The service filters the rows.
 * @param hitsFile where the node keeps the hit searches of the day; undefined: only in memory.
 * @throws {ConfigError} if that file cannot be used.
 */
export async function openUpstreams(
  addresses: readonly UpstreamAddress[],
  hitsFile: string | undefined,
  recognition: (claims: LegClaims) => LegRecognition,
  usage: CallerUsage,
): Promise<Backend> {
  const upstreams = new Map(addresses.map(({ domain, url }) => [domain, createUpstream(url)]))
  const hits = createHitQuota(hitsFile === undefined ? createMemoryHits() : await openHitFile(hitsFile), Date.now)
  return {
    hits,
    // A node in front of a service has no database of its own, so a restart forgets what it counted (docs/onboarding.md).
    rowCounts: createMemoryRowCounts(),
    serve(domain, schema, check) {
      const upstream = upstreams.get(domain)
      if (upstream === undefined) throw new Error(`expected an upstream of ${domain}. Set --upstream.`)
      const validate = createCheck(schema, check)
      const turns = createFairTurns(UPSTREAM_CONNECTIONS, usage)
      return async (leg) => {
        const errors = await validate(leg)
        if (errors !== null) return reject(errors, leg)
        return turns.take(callerOf(leg.claims), leg.time, () => forward(leg, upstream, recognition(leg.claims)))
      }
    },
    ready: async () => {
      await Promise.all([...upstreams.values()].map((upstream) => upstream.send('{"query":"{ __typename }"}', {})))
    },
    state: async () => ({ connections: null, problems: {}, empty: [], lastImports: [] }),
    async close() {
      hits.close()
      await Promise.all([...upstreams.values()].map((upstream) => upstream.close()))
    },
  }
}

/**
 * Makes the check of a request: returns its errors, or null if the node may forward it. A request that does not fit the contract is
 * not forwarded, because a service could read it in a way on which the rules were not decided.
 */
function createCheck(
  schema: GraphQLSchema,
  check: CheckLeg,
): (leg: TakenLeg) => Promise<readonly GraphQLError[] | null> {
  const read = createDocumentReader(schema, LIMITS)
  return async (leg) => {
    const { query, variables, operationName } = leg.request
    const document = read(query, operationName)
    if (!('kind' in document)) return document
    const request = { document, variables, operationName }
    await leg.pause()
    await check(request, leg)
    const errors = coerceLegVariables(request, schema)?.errors
    if (errors !== undefined) return errors
    checkRepresentations(representationsIn(document, variables ?? {}), LIMITS)
    return null
  }
}

/** Counts the representations in a document's `_entities` fields, also in its other operations. */
function representationsIn(document: DocumentNode, variables: Readonly<Record<string, unknown>>): number {
  let count = 0
  visit(document, {
    Field({ name, arguments: given = [] }) {
      if (name.value !== '_entities') return
      for (const { value } of given) {
        const listed = value.kind === Kind.VARIABLE ? variables[value.name.value] : undefined
        if (Array.isArray(listed)) count += listed.length
        else count += value.kind === Kind.LIST ? value.values.length : 1
      }
    },
  })
  return count
}

/**
 * Forwards a leg as JSON that is made again from the parsed request. In the original text a member could occur twice, and the service
 * could read the one on which the rules were not decided.
 */
function forward(leg: TakenLeg, upstream: Upstream, recognition: LegRecognition): Promise<LegReply> {
  const { query, variables, operationName } = leg.request
  const headers = {
    ...callerHeaders(leg.claims, recognition),
    ...(leg.requestId !== undefined && { 'istmo-request-id': leg.requestId }),
  }
  return upstream.send(JSON.stringify({ query, variables, operationName }), headers, leg.time)
}

function reject(errors: readonly GraphQLError[], { takesGraphQLJson }: TakenLeg): LegReply {
  const text = JSON.stringify({ errors: errors.map((error) => toAnswerError(error).shown) })
  return takesGraphQLJson
    ? { status: 400, type: GRAPHQL_JSON, text, data: undefined }
    : { status: 200, type: JSON_TYPE, text, data: undefined }
}

/**
 * Returns the headers that describe the caller to a service behind a sidecar, so that the service can filter its rows (docs/access.md,
 * In front of a service of your own). They say only what the country's own rules recognise. A caller whom the rules do not recognise
 * has the same headers as a caller without a token.
 */
export function callerHeaders(
  { org, grounds }: LegClaims,
  { recognition, visibleRows }: LegRecognition,
): Readonly<Record<string, string>> {
  const shown = { 'istmo-show-protected': visibleRows.showsProtected ? '?1' : '?0' }
  if (recognition.kind === 'not-recognised' || visibleRows.taskForce === null) return shown
  const headers = {
    'istmo-task-force': visibleRows.taskForce,
    'istmo-purpose': grounds?.purpose,
    'istmo-case': grounds?.case,
    'istmo-caller-country': org?.country,
    'istmo-caller-agency': org?.agency,
    'istmo-caller-role': org?.role,
    'istmo-scopes': [...recognition.rights.scopes].sort().join(' '),
  }
  const present = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { ...shown, ...Object.fromEntries(present.map(([name, value]) => [name, encodeHeader(value)])) }
}

/** Encodes the value of a header: all but printable ASCII, and the percent sign, as percent-encoded UTF-8 (RFC 3986, section 2.1). */
function encodeHeader(value: string): string {
  return value.toWellFormed().replace(/[^\x20-\x7e]|%/gu, encodeURIComponent)
}
