/** Tries the connection to a country's node with the country's own files, whether it takes part already or not. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'graphql'
import type { Logger } from 'pino'
import { IstmoError } from '../../contract/errors.ts'
import {
  PROBE_REQUEST,
  PROBE_STEPS,
  type ProbePart,
  type ProbeReport,
  type ProbeRequest,
  type ProbeStepResult,
} from '../../contract/probe.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { describeRules } from '../../service/audit-log/describe-rules.ts'
import { describeCertificate } from '../../service/certificates/read-certificates.ts'
import { listFilesNamedIn, type NamedFile } from '../../service/country-file-names.ts'
import { readStart } from '../../service/http/read-bounded.ts'
import type { ServerTrust } from '../../service/http/server-trust.ts'
import { createTlsConnector } from '../../service/http/tls-connector.ts'
import type { Channel, TlsPools } from '../../service/http/tls-pools.ts'
import { listLogKeys } from '../audit-log/receipts.ts'
import type { GatewayConfig } from '../process/config.ts'
import { NOWHERE, readParticipants } from '../process/countries.ts'
import { checkCountries, type GraphFiles } from '../process/load-graph.ts'
import type { RequestContext, RulesInForce } from '../types/flow.ts'
import type { Participant } from '../types/participant.ts'
import type { RequestAuditLog } from '../types/request-log.ts'
import { type AddressReach, AddressRefused, createGuardedLookup, findAddresses } from './probed-addresses.ts'
import { codeOf, ok, type StepPlan, skipped, unknown, wrong } from './step.ts'
import { createProbeRequest, type ProbeLegTools, tryLeg } from './try-leg.ts'

/** What {@link createProbe} works with. */
export interface ProbeTools extends Omit<ProbeLegTools, 'channelTo'> {
  readonly config: Pick<GatewayConfig, 'legDeadlineMs' | 'maxAnswerBytes' | 'development' | 'gatewayName'>
  /** To which addresses probes may go. */
  readonly reach: AddressReach
  /** Opens a channel of the probe's own, whose connections find addresses by `lookup`. The probe closes its pool. */
  readonly channelBy: TlsPools['channelBy']
  /** The graph that the gateway serves now. */
  readonly graph: () => GraphFiles
  /** Null if the gateway keeps no audit log. */
  readonly auditLog: Pick<RequestAuditLog, 'begin' | 'end' | 'isWritable'> | null
  readonly log: Pick<Logger, 'info'>
}

/** Probes a country. `body` is that of `POST /probe`. */
export type Probe = (body: unknown) => Promise<ProbeReport>

/**
 * Creates what tries a connection, one country at a time: each probe opens connections, so that nobody makes the gateway open many.
 * Rejects with {IstmoError} `BAD_REQUEST` if the body is wrong, and `RECORD_UNAVAILABLE` if its entry cannot be written.
 */
export function createProbe(tools: ProbeTools): Probe {
  let last: Promise<unknown> = Promise.resolve()
  return async (body) => {
    const request = parseProbeRequest(body)
    const next = last.then(() => probeCountry(tools, request))
    last = next.catch(() => undefined)
    return next
  }
}

async function probeCountry(tools: ProbeTools, bundle: ProbeRequest): Promise<ProbeReport> {
  const { config, auditLog, now, log } = tools
  const { supergraphSdl, hash } = tools.graph()
  if (auditLog?.isWritable() === false) throw new IstmoError('RECORD_UNAVAILABLE')
  const participant = await withFiles(bundle, async (folder) => {
    const defaults = { deadlineMs: config.legDeadlineMs, maxAnswerBytes: config.maxAnswerBytes }
    const { participants } = await readParticipants(folder, defaults)
    const [read] = participants.filter(({ country }) => country === bundle.country)
    if (read === undefined) throw new IstmoError('BAD_REQUEST', `expected the file ${bundle.country}.yaml; came none`)
    const [checked = read] = checkCountries(supergraphSdl, [read], config.development)
    // What is wrong with the file is a result. The rest is tried with what the file says.
    return checked.unavailable?.code === 'CONFIGURATION_INVALID' ? { ...read, unavailable: checked.unavailable } : read
  })
  const startedAt = performance.now()
  const request = createProbeRequest(createUuidV7(now()), auditLog?.begin(), hash)
  const domains = Object.entries(participant.domains).filter(([, { url }]) => url !== NOWHERE)
  const parts: ProbePart[] = [{ domain: null, url: null, steps: [judgeFile(participant)] }]
  const lookup = createGuardedLookup(tools.reach)
  let gatewayCertificate: string | null = null
  for (const [domain, { url, tls }] of domains) {
    const channel = tools.channelBy(lookup, new URL(url), tls)
    gatewayCertificate ??= channel.certificateHash
    try {
      parts.push(await probeDomain(tools, { participant, domain, channel }, request))
    } finally {
      await channel.pool.destroy()
    }
  }
  const durationMs = Math.round(performance.now() - startedAt)
  await auditLog?.end({ context: request, status: 200, codes: [], durationMs }).catch((cause: unknown) => {
    throw new IstmoError('RECORD_UNAVAILABLE', undefined, { cause })
  })
  const { requestId } = request
  log.info(
    { requestId, country: participant.country, domains: domains.map(([domain]) => domain) },
    'a country was probed',
  )
  return {
    country: participant.country,
    requestId: domains.length > 0 ? requestId : null,
    gatewayCertificate,
    gatewayName: config.gatewayName,
    parts,
  }
}

function judgeFile({ unavailable }: Participant): ProbeStepResult {
  if (unavailable?.code === 'CONFIGURATION_INVALID') return wrong('FILE', null, unavailable.reason)
  return ok('FILE', unavailable === undefined ? null : 'suspended')
}

interface ProbedPart {
  readonly participant: Participant
  readonly domain: string
  readonly channel: Channel
}

async function probeDomain(
  tools: ProbeTools,
  { participant, domain, channel }: ProbedPart,
  request: RequestContext,
): Promise<ProbePart> {
  const endpoint = participant.domains[domain]
  if (endpoint === undefined) throw new Error(`expected a domain of ${participant.country}`)
  const url = new URL(endpoint.url)
  const results: ProbeStepResult[] = []
  for (const { step, run } of stepsToServer(url, endpoint.tls, tools.reach)) {
    const isOver = results.some(({ verdict }) => verdict === 'WRONG')
    results.push(isOver ? skipped(step) : await run())
  }
  if (!results.some(({ verdict }) => verdict === 'WRONG')) {
    const legTools = { ...tools, channelTo: () => channel }
    const probed = { participant, domain, endpoint }
    const { steps, hasAnswer } = await tryLeg(legTools, probed, request, rulesOf(participant))
    const key = hasAnswer ? await compareKey(channel, participant) : skipped('KEY')
    results.push(...steps, key)
  }
  const byStep = new Map(results.map((result) => [result.step, result]))
  const steps = PROBE_STEPS.filter((step) => step !== 'FILE').map((step) => byStep.get(step) ?? skipped(step))
  return { domain, url: endpoint.url, steps }
}

/** Returns the hashes of the country's rules; null if an SDL of its file cannot be read. */
function rulesOf({ access, domains }: Participant): RulesInForce | null {
  try {
    const sdls = Object.entries(domains).flatMap(([domain, { sdl }]) =>
      sdl === undefined ? [] : [[domain, parse(sdl)] as const],
    )
    return describeRules(access, new Map(sdls)).hashes
  } catch {
    return null
  }
}

/** How long the node may take to say its key, in milliseconds. */
const KEY_MS = 5_000

/** How much of an answer is read as a key, in bytes. */
const MAX_KEY_BYTES = 500

/** Compares the key of the country's audit log with the one that the node says. */
async function compareKey({ pool }: Channel, { receipts }: Participant): Promise<ProbeStepResult> {
  try {
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: '/vkey',
      signal: AbortSignal.timeout(KEY_MS),
    })
    const text = (await readStart(body, MAX_KEY_BYTES)).trim()
    if (statusCode !== 200) return unknown('KEY', `HTTP ${statusCode}`)
    if (receipts === undefined) return wrong('KEY', 'KEY_NOT_IN_FILE', text)
    return listLogKeys(receipts).includes(text) ? ok('KEY', text) : wrong('KEY', 'KEY_DIFFERS', text)
  } catch (error) {
    return wrong('KEY', codeOf(error), null)
  }
}

// The files of a country that a probe looks at. They come over the network, so they name no other file than those that came with them.

/**
 * Parses the body of `POST /probe`.
 * @throws {IstmoError} `BAD_REQUEST` if it has another form, or if the country's file names a file that did not come.
 */
function parseProbeRequest(body: unknown): ProbeRequest {
  const parsed = PROBE_REQUEST.safeParse(body)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new IstmoError('BAD_REQUEST', `${issue?.path.join('.') || '(the whole)'}: ${issue?.message}`)
  }
  const { country, files } = parsed.data
  const text = files[`${country}.yaml`]
  if (text === undefined) throw new IstmoError('BAD_REQUEST', `expected the file ${country}.yaml; came none`)
  const missing = listNames(text).filter(({ file }) => !Object.hasOwn(files, file))
  if (missing.length > 0) {
    const places = missing.map(({ path }) => path.join('.')).join(', ')
    throw new IstmoError(
      'BAD_REQUEST',
      `expected beside ${country}.yaml each file that it names; missing are those of ${places}`,
    )
  }
  // It would be read as the file of another country, with the files of this machine that it names.
  const other = Object.keys(files).find((name) => name !== `${country}.yaml` && /\.ya?ml$/i.test(name))
  if (other !== undefined)
    throw new IstmoError('BAD_REQUEST', `expected ${country}.yaml and no other YAML file; came ${other}`)
  return parsed.data
}

function listNames(text: string): readonly NamedFile[] {
  try {
    return listFilesNamedIn(text)
  } catch {
    throw new IstmoError('BAD_REQUEST', 'expected a country’s file in YAML; came something else')
  }
}

/** Writes the files into a folder of their own for as long as `read` needs it. */
async function withFiles<Read>({ files }: ProbeRequest, read: (folder: string) => Promise<Read>): Promise<Read> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-probe-'))
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 })
    return await read(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

// The way to a node's server, before anything is asked of it: the address of its host, a connection, and its certificate.

/** How long each step may take, in milliseconds. */
const STEP_MS = 5_000

/**
 * Returns the steps to the server of a URL.
 * @param reach to which addresses they may go.
 */
function stepsToServer(url: URL, trust: ServerTrust | undefined, reach: AddressReach): readonly StepPlan[] {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  return [
    { step: 'NAME', run: () => findAddress(host, reach) },
    { step: 'CONNECTION', run: () => openConnection(host, port, reach) },
    { step: 'SERVER', run: () => meetServer({ url, host, port, reach }, trust ?? {}) },
  ]
}

async function findAddress(host: string, reach: AddressReach): Promise<ProbeStepResult> {
  try {
    return ok('NAME', (await findAddresses(host, reach)).join(', '))
  } catch (error) {
    return wrong('NAME', codeOf(error), error instanceof AddressRefused ? error.message : host)
  }
}

function openConnection(host: string, port: number, reach: AddressReach): Promise<ProbeStepResult> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: STEP_MS, lookup: createGuardedLookup(reach) })
    const end = (result: ProbeStepResult): void => {
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', () => end(ok('CONNECTION', `${socket.remoteAddress}:${port}`)))
    socket.once('timeout', () => end(wrong('CONNECTION', 'ETIMEDOUT', `${host}:${port}`)))
    socket.once('error', (error) => end(wrong('CONNECTION', codeOf(error), `${host}:${port}`)))
  })
}

interface Place {
  readonly url: URL
  readonly host: string
  readonly port: number
  readonly reach: AddressReach
}

/** Meets the server as the gateway's connections do, but shows no certificate: that is the leg's part. */
function meetServer({ url, host, port, reach }: Place, trust: ServerTrust): Promise<ProbeStepResult> {
  if (url.protocol !== 'https:') return Promise.resolve(unknown('SERVER', 'http'))
  return new Promise((resolve) => {
    const connectTls = createTlsConnector({
      trust,
      certificate: null,
      isSuspended: () => false,
      connectMs: STEP_MS,
      lookup: createGuardedLookup(reach),
      onConnected(socket, shown) {
        const { subject, issuer, names, notAfter, pin } = describeCertificate(shown)
        const ends = new Date(notAfter).toISOString().slice(0, 10)
        resolve(ok('SERVER', `${socket.getProtocol()}; ${subject} (${names.join(', ')}), ${issuer}, ${ends}, ${pin}`))
      },
    })
    connectTls({ hostname: host, protocol: 'https:', port: String(port) }, (error, socket) => {
      socket?.destroy()
      if (error !== null) resolve(wrong('SERVER', codeOf(error), null))
    })
  })
}
