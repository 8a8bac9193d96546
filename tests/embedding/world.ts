/** A host with an Apollo Server of its own that embeds a gateway, one country's node, and officers of Guatemala. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { buildSchema, graphql } from 'graphql'
import { pino } from 'pino'
import { parseSignerKey } from '../../audit/note/key.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { readEntries } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { verifyLog } from '../../audit/verify/verify-log.ts'
import { makeKeys } from '../../cli/keys.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import { type EmbeddedGateway, type EmbeddedGatewayOptions, istmo } from '../../embedding/embed.ts'
import { claimsOf, createProvider, type IdentityProvider, signAs } from '../tokens/identity-provider.ts'

/** The supergraph of the three domains. */
export const SUPERGRAPH = join(import.meta.dirname, '../../supergraph.graphql')

/** Where callers reach the host, as they know it. */
export const PUBLIC_URL = 'https://host.example'

const ISSUER = 'https://id.istmo.int'

/** A question that needs `case:read`. */
export const CASES = '{ cases(first: 1) { edges { node { id } } outcomes { country reach code } } }'

const nodeSchema = buildSchema(`
  scalar CountryCode
  type Query { cases(first: Int, after: String, countries: [CountryCode!]): CaseConnection! }
  type CaseConnection { edges: [CaseEdge!]! pageInfo: PageInfo! }
  type CaseEdge { cursor: String! node: Case! }
  type Case { id: ID! }
  type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! }
`)

/** A node of Honduras, which has no cases. */
export interface StubNode {
  readonly url: string
  /** The texts of the legs that came. */
  readonly legs: readonly string[]
  /** Lets the next answers wait until the function that it resolves to is called. It resolves when a leg waits. */
  hold(): { readonly reached: Promise<void>; readonly release: () => void }
  close(): Promise<void>
}

/** Starts the node. */
export async function startNode(): Promise<StubNode> {
  const legs: string[] = []
  let gate = { reach: () => {}, open: Promise.resolve() }
  const rootValue = { cases: { edges: [], pageInfo: { hasNextPage: false, hasPreviousPage: false } } }
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { query: source, variables: variableValues } = JSON.parse(body)
    legs.push(source)
    gate.reach()
    await gate.open
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(await graphql({ schema: nodeSchema, source, variableValues, rootValue })))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    legs,
    hold() {
      const reached = Promise.withResolvers<void>()
      const opened = Promise.withResolvers<void>()
      gate = { reach: reached.resolve, open: opened.promise }
      return { reached: reached.promise, release: opened.resolve }
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The files of a gateway, the node that they name, and who signs tokens. */
export interface Place {
  readonly folder: string
  readonly node: StubNode
  readonly provider: IdentityProvider
  /** The settings that name the files. */
  readonly settings: EmbeddedGatewayOptions
  /** Signs a token of an officer of Guatemala with `case:read`. `claims` replace the usual ones. */
  token(claims?: object): Promise<string>
  /** What the audit log has, after the gateway closed it. */
  entries(): Promise<readonly Entry[]>
  close(): Promise<void>
}

/** Creates the files and starts the node. */
export async function createPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-embedding-'))
  const at = (name: string): string => join(folder, name)
  await Promise.all([mkdir(at('countries')), mkdir(at('keys'))])
  const node = await startNode()
  // Names that a gateway accepts for real records.
  const made = await createProvider('GT', folder)
  const provider = { ...made, issuer: ISSUER, entry: { ...made.entry, issuer: ISSUER } }
  await writeFile(at('issuers.yaml'), JSON.stringify({ issuers: [provider.entry] }))
  await writeFile(at('supergraph.graphql'), await readFile(SUPERGRAPH))
  await writeFile(at('countries/HN.yaml'), JSON.stringify(countryFile(node.url)))
  // With the names that an operator's files have.
  await makeKeys(['istmo.int/gateway', at('keys')], Date.now())
  await makeKeys(['--leg', at('keys')], Date.now())
  const key = (await readFile(at('keys/audit-log.key'), 'utf8')).trim()
  return {
    ...{ folder, node, provider },
    settings: {
      ...{ supergraph: at('supergraph.graphql'), countries: at('countries'), issuers: at('issuers.yaml') },
      ...{ publicUrl: PUBLIC_URL, development: true, auditLogDir: at('audit-log') },
      ...{ auditLogKey: at('keys/audit-log.key'), auditLogRefKeys: at('keys/audit-log-refs.json') },
    },
    token: (claims = {}) => signAs(provider, { ...claimsOf(provider), ...claims }),
    async entries() {
      const source = folderSource(at('audit-log/log'))
      const policy = parsePolicy(`log ${parseSignerKey(key).verifier.vkey}\nquorum none\n`)
      const { size, findings } = await verifyLog(source, policy)
      if (findings.length > 0) throw new Error(`the log is not valid: ${JSON.stringify(findings)}`)
      const entries: Entry[] = []
      for await (const { bytes } of readEntries(source, size ?? 0)) entries.push(parseEntry(bytes))
      return entries
    },
    async close() {
      await node.close()
      await rm(folder, { recursive: true })
    },
  }
}

function countryFile(url: string): object {
  const members = [{ issuer: 'GT', agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'], scopes: ['case:read'] }]
  return {
    ...{ country: 'HN', name: { es: 'Honduras', en: 'Honduras' } },
    domains: { cases: { url }, persons: { url }, legal: { url } },
    taskForces: [{ id: 'jtf-2026-03', notAfter: '2099-12-31', members }],
  }
}

/** An answer over HTTP. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
}

/** The body of an answer. */
export interface Body {
  readonly data?: unknown
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[]
  readonly extensions?: unknown
}

/** A host that listens. */
export interface Host {
  readonly gateway: EmbeddedGateway
  readonly server: ApolloServer<HostContext>
  readonly url: string
  /** Sends a body by POST. */
  ask(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** Stops the host, and the gateway with it. */
  stop(): Promise<void>
}

/** What the host knows of each request. */
export interface HostContext {
  readonly connection: IncomingMessage
}

/** Starts a host whose gateway has these options. */
export async function startHost(
  options: EmbeddedGatewayOptions<HostContext>,
  plugins: readonly ApolloServerPlugin<HostContext>[] = [],
): Promise<Host> {
  const gateway = istmo({ log: pino({ level: 'silent' }), ...options })
  const server = new ApolloServer<HostContext>({
    ...{ gateway, introspection: true, nodeEnv: 'production', allowBatchedHttpRequests: true },
    ...{ hideSchemaDetailsFromClientErrors: true, stopOnTerminationSignals: false, plugins: [...plugins] },
  })
  const { url } = await startStandaloneServer(server, {
    listen: { host: '127.0.0.1', port: 0 },
    context: async ({ req }) => ({ connection: req }),
  })
  return {
    ...{ gateway, server, url, stop: () => server.stop() },
    async ask(body, headers = {}) {
      const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } }
      const response = await fetch(url, { ...init, body: JSON.stringify(body) })
      return { status: response.status, headers: response.headers, body: (await response.json()) as Body }
    },
  }
}
