/**
 * A gateway in a separate process with an audit log, Honduras with its own audit log and receipts, and a wire between them that can change
 * answers.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { type LogReader, openLogReader } from '../../audit/reader/log-reader.ts'
import { readEntries } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { verifyLog } from '../../audit/verify/verify-log.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import { loadCountry } from '../../demo/generator/generate-country.ts'
import { createSettings } from '../../demo/generator/settings.ts'
import { SILENT } from '../../demo/importers/run-import.ts'
import { writeLegKey } from '../../demo/keys.ts'
import { loadDomains, startCountry } from '../../subgraphs/domains.ts'
import { openTestDatabase } from '../../subgraphs/kit/testing.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { parseNodeConfig } from '../../subgraphs/node-command.ts'
import { claimsOf, createProvider, signAs } from '../tokens/identity-provider.ts'
import { createWire, type Wire } from './wire.ts'

const PROJECT = join(import.meta.dirname, '../..')
const SCOPES = 'case:read person:read person:hit person:location'

/** The response. */
export interface Reply {
  readonly status: number
  /** The entry's id. */
  readonly id: string
  readonly text: string
  readonly codes: readonly unknown[]
  /** The value of the header `Istmo-Log-Proof`, or null. */
  readonly proof: string | null
  readonly body: {
    readonly data?: Readonly<Record<string, unknown>> | null
    readonly extensions?: {
      readonly record?: string
      readonly countries?: readonly { readonly reach: string; readonly code: string | null }[]
    }
  }
}

/** A gateway that listens. */
export interface LoggedGateway {
  readonly url: string
  /** The address of the operator's server. */
  readonly operatorUrl: string
  readonly process: ChildProcess
  /** Returns everything that it has written so far. */
  said(): string
  ask(body: unknown, init?: RequestInit): Promise<Reply>
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<void>
}

/** Everything that a story needs. */
export interface LoggedGatewayWorld {
  readonly folder: string
  readonly token: string
  /** Signs a token like `token`, for another officer. */
  readonly tokenOf: (subject: string) => Promise<string>
  /** The verifier keys of both logs. */
  readonly vkeys: Readonly<Record<'gateway' | 'HN', string>>
  readonly wire: Wire
  /** Honduras's rows. */
  readonly db: Database
  readonly nodeSaid: () => string
  start(flags?: readonly string[]): Promise<LoggedGateway>
  /** Verifies a log that nobody writes now, the gateway's, Honduras's or that of a worker of the gateway, and returns its entries. */
  entriesOf(whose: 'gateway' | 'HN', worker?: number): Promise<readonly Entry[]>
  /** Opens a reader of a log that nobody writes now. */
  readerOf(whose: 'gateway' | 'HN'): Promise<LogReader>
  /** Returns the trust policy of a log, for commands. */
  policyOf(whose: 'gateway' | 'HN'): string
  /** Stops the node, so that its log can be read. */
  stopNode(): Promise<void>
  /** Starts the node again after it was stopped, on the log that is in its folder now. */
  startNode(): Promise<void>
  remove(): Promise<void>
}

/** Settings of Honduras that are not the usual ones: members of the country's file, and flags of its node. */
export interface HondurasSettings {
  readonly file?: object
  readonly flags?: readonly string[]
}

/** Creates keys, fills Honduras with some persons, and starts its node. */
export async function createLoggedGateway(settings: HondurasSettings = {}): Promise<LoggedGatewayWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-record-'))
  for (const name of ['countries', 'keys']) await mkdir(join(folder, name))
  const vkeys = { gateway: await makeKeys(folder, 'gateway'), HN: await makeKeys(folder, 'HN') }
  const leg = { key: join(folder, 'keys/leg.json'), jwks: join(folder, 'keys/leg-jwks.json') }
  await writeLegKey(leg.key, leg.jwks)
  const provider = await createProvider('GT', folder)
  await writeFile(join(folder, 'issuers.yaml'), JSON.stringify({ issuers: [provider.entry] }))
  const wire = await createWire()
  const file = { ...countryFile(wire.url, vkeys.HN), ...settings.file }
  await writeFile(join(folder, 'countries/HN.yaml'), JSON.stringify(file))
  const honduras = await openHonduras()
  const startNode = () => startHonduras(folder, leg.jwks, honduras.db, settings.flags)
  let node = await startNode()
  wire.leadTo(node.url)
  const tokenOf = createTokens(provider)
  const token = await tokenOf('pairwise-sujeto-7')
  const started: ChildProcess[] = []
  const policyOf = (whose: 'gateway' | 'HN') => `log ${vkeys[whose]}\nquorum none\n`
  const policy = (whose: 'gateway' | 'HN') => parsePolicy(policyOf(whose))
  return {
    folder,
    token,
    tokenOf,
    vkeys,
    wire,
    db: honduras.db,
    nodeSaid: () => node.said(),
    async start(flags = []) {
      const child = spawnGateway([...gatewayFlags(folder, leg.key), ...flags])
      started.push(child)
      return whenListening(child, token)
    },
    async entriesOf(whose, worker) {
      const below = worker === undefined ? 'log' : `workers/${worker}/log`
      const source = folderSource(join(folder, `record-${whose}`, below))
      const { size, findings } = await verifyLog(source, policy(whose))
      if (findings.length > 0) throw new Error(`the log of ${whose} is not valid: ${JSON.stringify(findings)}`)
      const entries: Entry[] = []
      for await (const { bytes } of readEntries(source, size ?? 0)) entries.push(parseEntry(bytes))
      return entries
    },
    policyOf,
    readerOf: (whose) => openLogReader(folderSource(join(folder, `record-${whose}/log`)), policy(whose)),
    stopNode: () => node.stop(),
    async startNode() {
      node = await startNode()
      wire.leadTo(node.url)
    },
    async remove() {
      const running = started.filter((child) => child.exitCode === null && child.signalCode === null)
      for (const child of running) child.kill('SIGKILL')
      await Promise.all(running.map((child) => once(child, 'exit')))
      await node.stop()
      await honduras.close()
      await wire.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** Signs tokens with the longest life, because a story with many kills takes long. */
function createTokens(provider: Awaited<ReturnType<typeof createProvider>>): (sub: string) => Promise<string> {
  const claims = claimsOf(provider)
  const exp = Number(claims.iat) + 3_600
  return (sub) => signAs(provider, { ...claims, exp, jti: randomUUID(), sub, scope: SCOPES })
}

function spawnGateway(flags: readonly string[]) {
  return spawn(process.execPath, ['cli/istmo.ts', 'gateway', ...flags], {
    cwd: PROJECT,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function makeKeys(folder: string, name: string): Promise<string> {
  const key = generateSignerKey(`istmo.example/${name.toLowerCase()}`, SIGNATURE_TYPES.ed25519)
  await writeFile(join(folder, 'keys', `${name}.key`), key)
  await rotateKeyFile(join(folder, 'keys', `${name}.refs.json`), Date.now())
  return parseSignerKey(key).verifier.vkey
}

function countryFile(url: string, vkey: string): object {
  const domains = Object.fromEntries(['cases', 'persons', 'legal'].map((name) => [name, { url: `${url}/${name}` }]))
  const member = { issuer: 'GT', agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'] }
  const members = [{ ...member, scopes: SCOPES.split(' ') }]
  const taskForces = [{ id: 'jtf-2026-03', notAfter: '2099-12-31', members }]
  return { country: 'HN', name: { es: 'Honduras', en: 'Honduras' }, domains, taskForces, receipts: { vkey } }
}

function auditLogFlags(folder: string, name: string): readonly string[] {
  const at = ['--audit-log-dir', join(folder, `record-${name}`), '--audit-log-key', join(folder, 'keys', `${name}.key`)]
  return [...at, '--audit-log-ref-keys', join(folder, 'keys', `${name}.refs.json`)]
}

function gatewayFlags(folder: string, legKey: string): readonly string[] {
  const graph = [
    '--development',
    '--supergraph',
    join(PROJECT, 'supergraph.graphql'),
    '--countries',
    join(folder, 'countries'),
  ]
  const callers = [
    '--issuers',
    join(folder, 'issuers.yaml'),
    '--leg-key',
    legKey,
    '--port',
    '0',
    '--operator-listen',
    '127.0.0.1:0',
    '--log-level',
    'trace',
  ]
  return [
    ...graph,
    ...callers,
    '--caller-rate',
    '0',
    '--cost-rate',
    '0',
    '--country-rate',
    '0',
    ...auditLogFlags(folder, 'gateway'),
  ]
}

async function openHonduras() {
  const { db, close } = await openTestDatabase(await loadDomains(['cases', 'persons', 'legal']), 'HN')
  await loadCountry({ db, settings: createSettings({ country: 'HN', persons: 12, cases: 12 }), progress: SILENT })
  return { db, close }
}

async function startHonduras(folder: string, jwks: string, db: Database, more: readonly string[] = []) {
  const flags = ['--development', '--country', 'HN', '--domains', 'cases,persons,legal', '--port', '0', ...more]
  flags.push('--gateway-jwks', jwks, '--rules', join(folder, 'countries/HN.yaml'), ...auditLogFlags(folder, 'HN'))
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const node = await startCountry(parseNodeConfig(flags, {}), { db, log })
  return { url: node.url, said: () => lines.join(''), stop: node.close }
}

function whenListening(child: ChildProcess, token: string): Promise<LoggedGateway> {
  let output = ''
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text
        const url = /Istmo listens on (\S+)\/graphql/.exec(output)?.[1]
        if (url === undefined) return
        const operatorUrl = /server is at (\S+)\/status/.exec(output)?.[1] ?? ''
        resolve({
          url,
          operatorUrl,
          process: child,
          said: () => output,
          ask: (body, init) => ask(url, token, body, init),
          end: (signal) => end(child, signal),
        })
      })
    }
    child.once('exit', () => reject(new Error(`the gateway ended before it listened:\n${output}`)))
  })
}

async function ask(url: string, token: string, body: unknown, init: RequestInit = {}): Promise<Reply> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...init.headers }
  const response = await fetch(`${url}/graphql`, { method: 'POST', body: JSON.stringify(body), ...init, headers })
  const text = await response.text()
  const read = JSON.parse(text) as Reply['body'] & {
    readonly errors?: readonly { readonly extensions?: { readonly code?: unknown } }[]
  }
  const codes = (read.errors ?? []).map(({ extensions }) => extensions?.code)
  const [id, proof] = ['istmo-request-id', 'istmo-log-proof'].map((name) => response.headers.get(name))
  return { status: response.status, id: id ?? '', proof: proof ?? null, text, codes, body: read }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exit = once(child, 'exit')
  child.kill(signal)
  await exit
}

/** Reads the bytes of all files below a folder, one after the other. */
export async function bytesBelow(folder: string): Promise<Buffer> {
  const { readdir } = await import('node:fs/promises')
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((each) => each.isFile()).map(({ parentPath, name }) => readFile(join(parentPath, name)))
  return Buffer.concat(await Promise.all(files))
}
