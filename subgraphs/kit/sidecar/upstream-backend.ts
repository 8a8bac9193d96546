import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type DocumentNode, type GraphQLError, type GraphQLSchema, Kind, visit } from 'graphql'
import { z } from 'zod'
import { createHitQuota, type HitStore } from '../../../contract/hit-quota/hit-quota.ts'
import type { HitRow } from '../../../contract/hit-quota/hit-rows.ts'
import { createMemoryHits } from '../../../contract/hit-quota/memory-hits.ts'
import type { LegClaims } from '../../../contract/leg-token.ts'
import { createMemoryRowCounts } from '../../../contract/row-quota/row-quota.ts'
import { appendLine } from '../../../service/append-line.ts'
import { ConfigError } from '../../../service/config-error.ts'
import { replaceFile } from '../../../service/replace-file.ts'
import { type Backend, type CheckLeg, GRAPHQL_JSON, JSON_TYPE, type LegReply, type TakenLeg } from '../backend.ts'
import { type CallerUsage, callerOf, createFairTurns } from '../caller-time.ts'
import { checkRepresentations, createDocumentReader, LIMITS, toAnswerError } from '../execute.ts'
import type { LegRecognition } from '../leg-recognition.ts'
import { coerceLegVariables } from '../leg-variables.ts'
import { createUpstream, UPSTREAM_CONNECTIONS, type Upstream } from './upstream.ts'

const headSchema = z.strictObject({ day: z.string(), secret: z.string() })
const lineSchema = z.strictObject({
  caller: z.string(),
  rows: z.array(z.strictObject({ search: z.string(), born: z.string().nullable(), names: z.array(z.string()) })),
})

interface Today {
  readonly day: string
  readonly secret: string
  readonly rows: Map<string, HitRow[]>
}

/**
 * Opens the searches of a day in a file, for a node without a database (`--hits-file`). Its first line has the day and its secret; each other one is
 * what one leg added. Another day begins the file anew, and what is left of the day before is not added any more. No other process may use it.
 * @throws {ConfigError} if the file cannot be read or written, or has other contents.
 */
export async function openHitFile(file: string): Promise<HitStore> {
  let today = await readHits(file)
  let last: Promise<unknown> = Promise.resolve()
  // One change after the other: two callers share the file.
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = last.then(work, work)
    last = next.catch(() => undefined)
    return next
  }
  const ofDay = async (day: string): Promise<Today> => {
    if (today.day === day) return today
    const next = { day, secret: randomBytes(32).toString('base64url'), rows: new Map<string, HitRow[]>() }
    await replaceFile(file, headOf(next))
    today = next
    return today
  }
  return {
    secretOf: (day) => inTurn(async () => (await ofDay(day)).secret),
    read: (caller, day, from) =>
      inTurn(async () => (today.day === day ? (today.rows.get(caller)?.slice(from) ?? []) : [])),
    append: (caller, day, from, rows) =>
      inTurn(async () => {
        if (today.day !== day) return false
        const { rows: all } = today
        const known = all.get(caller) ?? []
        if (known.length !== from) return false
        await addLine(file, JSON.stringify({ caller, rows }))
        all.set(caller, [...known, ...rows])
        return true
      }),
    async forget(day) {
      if (today.day !== '' && today.day < day) await inTurn(() => ofDay(day))
    },
  }
}

function headOf({ day, secret }: Today): string {
  return `${JSON.stringify({ day, secret })}\n`
}

async function addLine(file: string, line: string): Promise<void> {
  const handle = await open(file, 'a', 0o600)
  await appendLine(handle, `${line}\n`).finally(() => handle.close())
}

/** A crash can cut off the last line. Nobody got an answer to its searches, so it goes. */
async function readHits(file: string): Promise<Today> {
  try {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    const [head, ...lines] = text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .slice(0, -1)
    if (head === undefined) {
      const empty = { day: '', secret: '', rows: new Map<string, HitRow[]>() }
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      await replaceFile(file, headOf(empty))
      return empty
    }
    const rows = new Map<string, HitRow[]>()
    for (const line of lines) {
      const { caller, rows: added } = lineSchema.parse(JSON.parse(line))
      rows.set(caller, [...(rows.get(caller) ?? []), ...added])
    }
    const today = { ...headSchema.parse(JSON.parse(head)), rows }
    if (!text.endsWith('\n')) await replaceFile(file, `${[head, ...lines].join('\n')}\n`)
    return today
  } catch (cause) {
    const came = (cause as NodeJS.ErrnoException).code ?? 'other contents'
    const remedy =
      'Name a file in a folder that the node may write. If the file is damaged, delete it: today’s quotas then begin again.'
    throw new ConfigError(`--hits-file (HITS_FILE): expected the hit searches of the day; came ${came}. ${remedy}`, {
      cause,
    })
  }
}

/** The address of the service that answers one domain. */
interface UpstreamAddress {
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
