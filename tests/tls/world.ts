/** Certificates, a real node over a small service, a real gateway, and servers that are wrong on purpose. */
import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttp, type RequestListener, type Server } from 'node:http'
import { createServer as createHttps, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { graphql, parse } from 'graphql'
import { pino } from 'pino'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { writeLegKey } from '../../demo/keys.ts'
import { type Gateway, startGateway } from '../../gateway/main.ts'
import { readGatewayConfig } from '../../gateway/process/config.ts'
import type { GatewayFlags } from '../../gateway/process/settings.ts'
import {
  type Authority,
  type CertificateRequest,
  createAuthority,
  issueCertificate,
  type KeyedCertificate,
} from '../../service/certificates/authority.ts'
import { startCountry } from '../../subgraphs/domains.ts'
import type { RunningNode } from '../../subgraphs/kit/server.ts'
import { parseNodeConfig } from '../../subgraphs/node-command.ts'

const run = promisify(execFile)
const SUPERGRAPH = join(import.meta.dirname, '../../supergraph.graphql')
const DAY_MS = 86_400_000

/** From five minutes ago until in 30 days. */
export function holdingNow(): { readonly notBefore: number; readonly notAfter: number } {
  return { notBefore: Date.now() - 300_000, notAfter: Date.now() + 30 * DAY_MS }
}

/** Until yesterday. */
export const EXPIRED = { notBefore: Date.now() - 30 * DAY_MS, notAfter: Date.now() - DAY_MS }

/** From tomorrow on. */
export const NOT_YET = { notBefore: Date.now() + DAY_MS, notAfter: Date.now() + 30 * DAY_MS }

/** Makes an authority that holds now. */
export const anAuthority = (name: string): Promise<Authority> => createAuthority(name, holdingNow())

/** Issues the certificate of a server on 127.0.0.1 that holds now; `over` overrides. */
export function aServer(
  authority: Authority,
  over: Partial<CertificateRequest> = {},
  validity = holdingNow(),
): Promise<KeyedCertificate> {
  return issueCertificate(authority, { name: 'node', use: 'server', ipAddresses: ['127.0.0.1'], ...over }, validity)
}

/** Issues the certificate of a client that holds now; `over` overrides. */
export function aClient(
  authority: Authority,
  over: Partial<CertificateRequest> = {},
  validity = holdingNow(),
): Promise<KeyedCertificate> {
  return issueCertificate(authority, { name: 'gateway', use: 'client', ...over }, validity)
}

/** A folder, what runs in it, and what its processes wrote to their logs. */
export interface World {
  /** The path of a file in the folder. */
  at(name: string): string
  /** Writes a certificate and its key (0600) as `<name>.cert.pem` and `<name>.key.pem`. */
  write(name: string, keyed: KeyedCertificate): Promise<void>
  /** Makes a certificate that its own key signed, for 127.0.0.1, with OpenSSL. */
  signItself(name: string): Promise<KeyedCertificate>
  /** Starts a node of Honduras for the domain `legal`, with `node.cert.pem` and trusting `clients.pem`. `port`: where. */
  startNode(port?: number, ...flags: string[]): Promise<RunningNode>
  /** Starts a server that answers each request with `{}`; plain HTTP without options. @returns its origin. */
  serve(options?: ServerOptions): Promise<string>
  /** Writes a country's file with its domain `legal` at this origin. */
  writeCountry(country: string, origin: string, tls?: object): Promise<void>
  /** Starts a gateway for callers without a token over all files of countries; it shows `gateway.cert.pem`. */
  startGateway(flags?: GatewayFlags): Promise<Gateway>
  /** The lines of all logs. */
  readonly logged: readonly Readonly<Record<string, unknown>>[]
  close(): Promise<void>
}

/** Opens a world with a small service behind its node. */
export async function openWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-tls-'))
  const at = (name: string): string => join(folder, name)
  await mkdir(at('countries'))
  await writeLegKey(at('leg.json'), at('jwks.json'))
  const opened: (() => Promise<unknown>)[] = []
  const logged: Readonly<Record<string, unknown>>[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(JSON.parse(line)) })
  const listen = async (server: Server): Promise<number> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    opened.push(async () => void server.close().closeAllConnections())
    return (server.address() as AddressInfo).port
  }
  const upstream = await listen(createHttp(createService()))
  await writeFile(at('HN.yaml'), countryFile('HN', 'http://127.0.0.1:1'))

  return {
    ...{ at, logged, write: (name, keyed) => writeKeyed(at(name), keyed) },
    signItself: (name) => signItself(at(name), name),
    async startNode(port = 0, ...flags) {
      const node = await startCountry(parseNodeConfig([...nodeFlags(at, port, upstream), ...flags], {}), { log })
      opened.push(node.close)
      return node
    },
    async serve(options) {
      const answer: RequestListener = (_, response) => void response.end('{}')
      if (options === undefined) return `https://127.0.0.1:${await listen(createHttp(answer))}`
      return `https://127.0.0.1:${await listen(createHttps(options, answer) as Server)}`
    },
    writeCountry: (country, origin, tls) =>
      writeFile(at(`countries/${country}.yaml`), countryFile(country, origin, tls)),
    async startGateway(flags = {}) {
      const config = readGatewayConfig({ ...gatewayFlags(at), ...flags }, {})
      const gateway = await startGateway(config, log)
      opened.push(gateway.close)
      return gateway
    },
    async close() {
      for (const close of opened.reverse()) await close()
      await rm(folder, { recursive: true })
    },
  }
}

function nodeFlags(at: World['at'], port: number, upstream: number): readonly string[] {
  const country = ['--country', 'HN', '--domains', 'legal', '--port', String(port), '--rules', at('HN.yaml')]
  const keys = ['--gateway-jwks', at('jwks.json'), '--tls-key', at('node.key.pem'), '--tls-cert', at('node.cert.pem')]
  const rest = ['--tls-client-ca', at('clients.pem'), '--upstream', `legal=http://127.0.0.1:${upstream}/`]
  return [...country, ...keys, ...rest, '--development']
}

function gatewayFlags(at: World['at']): GatewayFlags {
  return {
    ...{ supergraph: SUPERGRAPH, countries: at('countries'), port: '0', operatorListen: '127.0.0.1:0' },
    ...{ anonymous: true, development: true, legKey: at('leg.json'), legDeadline: '60000', requestDeadline: '60000' },
    ...{ clientKey: at('gateway.key.pem'), clientCert: at('gateway.cert.pem') },
  }
}

async function writeKeyed(path: string, { cert, key }: KeyedCertificate): Promise<void> {
  await writeFile(`${path}.key.pem`, key)
  await chmod(`${path}.key.pem`, 0o600)
  await writeFile(`${path}.cert.pem`, cert)
}

/** Makes a certificate that its own key signed. @param path of its files, without their suffixes. */
async function signItself(path: string, name: string): Promise<KeyedCertificate> {
  const [key, cert] = [`${path}.self.key`, `${path}.self.cert`]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key]
  const names = [
    '-subj',
    `/CN=${name}`,
    '-addext',
    'subjectAltName=IP:127.0.0.1',
    '-addext',
    'basicConstraints=CA:FALSE',
  ]
  await run('openssl', ['req', '-x509', ...curve, '-out', cert, ...names])
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') }
}

function countryFile(country: string, origin: string, tls?: object): string {
  // The supergraph has these domains, and the tests ask for none of them.
  const nobody = { url: 'http://127.0.0.1:1/' }
  const domains = { cases: nobody, persons: nobody, legal: { url: `${origin}/legal`, ...(tls && { tls }) } }
  return JSON.stringify({ country, name: { es: country, en: country }, domains })
}

/** A service of a country that knows no statute. */
function createService(): RequestListener {
  const schema = buildSubgraphSchema([{ typeDefs: parse(domainSdl('legal')) }])
  const rootValue = { statutes: { edges: [], pageInfo: { hasNextPage: false, hasPreviousPage: false } } }
  return async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { query: source, variables: variableValues } = JSON.parse(body || '{}')
    response.setHeader('content-type', 'application/graphql-response+json')
    response.end(JSON.stringify(await graphql({ schema, source, variableValues, rootValue })))
  }
}

/** What a country's part of an answer became: `ANSWERED`, or `<reach> <code>`. */
export type Outcomes = Readonly<Record<string, string>>

/** Asks a gateway for the statutes of each country, and returns the outcome of each. */
export async function askStatutes(gateway: Pick<Gateway, 'url'>): Promise<Outcomes> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ statutes(first: 1) { edges { node { id } } outcomes { country reach code } } }' }),
  })
  const { data, errors } = (await response.json()) as {
    readonly data?: {
      readonly statutes: { readonly outcomes: readonly { country: string; reach: string; code: string | null }[] }
    }
    readonly errors?: unknown
  }
  if (data === undefined) throw new Error(JSON.stringify(errors))
  return Object.fromEntries(
    data.statutes.outcomes.map(({ country, reach, code }) => [country, code === null ? reach : `${reach} ${code}`]),
  )
}
