/** Nodes that answer anything that their domain's schema allows, and keep what they were asked. They check no token: the gateway is under test. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildSubgraphSchema } from '@apollo/subgraph'
import {
  execute,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
} from 'graphql'
import { hashLeaf } from '../../audit/merkle/hash.ts'
import { formatCheckpoint } from '../../audit/note/checkpoint.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { signNote } from '../../audit/note/note.ts'
import { formatTlogProof } from '../../audit/note/tlog-proof.ts'
import { encodeCursor } from '../../contract/cursor.ts'
import { DOMAINS } from '../../contract/domain.ts'
import { parseLegSalt, saltedHash } from '../../contract/leg-salt.ts'
import { formatReceiptHeader, RECEIPT_HEADER } from '../../contract/receipt.ts'
import { loadDomains } from '../../subgraphs/domains.ts'

/** A leg as it came. */
export interface ReceivedLeg {
  readonly country: string
  readonly domain: string
  readonly body: {
    readonly query: string
    readonly variables: Readonly<Record<string, unknown>>
    readonly extensions?: { readonly istmo?: { readonly question?: string; readonly document?: string } }
  }
}

/** The nodes of all countries, behind one address. */
export interface StubNodes {
  /** The address of a country's domain. */
  urlOf(country: string, domain: string): string
  /** The legs that came since the last call. */
  takeLegs(): readonly ReceivedLeg[]
  /** What the next legs are refused with; null to answer them. `leg` is the one that came. */
  refuse: (leg: ReceivedLeg) => string | null
  /** The verifier keys of the countries' logs. Each receipt is of a log with one entry. */
  readonly logKeys: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** Starts the nodes. */
export async function startStubNodes(): Promise<StubNodes> {
  const modules = await loadDomains(DOMAINS)
  const schemas = new Map(modules.map(({ domain, typeDefs }) => [String(domain), buildSubgraphSchema([{ typeDefs }])]))
  let legs: ReceivedLeg[] = []
  const nodes: StubNodes = {
    urlOf: (country, domain) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${country}/${domain}`,
    takeLegs() {
      const taken = legs
      legs = []
      return taken
    },
    refuse: () => null,
    logKeys: Object.fromEntries([...LOGS].map(([country, { verifier }]) => [country, verifier.vkey])),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  const server: Server = createServer(async (request, response) => {
    const [, country = '', domain = ''] = (request.url ?? '').split('/')
    let text = ''
    for await (const chunk of request) text += chunk
    const leg: ReceivedLeg = { country, domain, body: JSON.parse(text) }
    legs.push(leg)
    const code = nodes.refuse(leg)
    const answer =
      code === null ? await answerLeg(schemas.get(domain), leg) : { errors: [{ message: 'no', extensions: { code } }] }
    const body = JSON.stringify(answer)
    const salt = parseLegSalt(String(request.headers['istmo-leg-salt']))
    const receipt = salt === undefined ? '' : receiptOf(leg, saltedHash(salt, text), saltedHash(salt, body))
    const headers = { 'content-type': 'application/json', [RECEIPT_HEADER]: receipt }
    response.writeHead(code === null ? 200 : 403, headers).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return nodes
}

const LOGS = new Map(
  ['GT', 'HN'].map((country) => [
    country,
    parseSignerKey(generateSignerKey(`${country.toLowerCase()}.example/log`, SIGNATURE_TYPES.ed25519)),
  ]),
)

function receiptOf({ country, domain }: ReceivedLeg, requestHash: string, responseHash: string): string {
  const signer = LOGS.get(country)
  if (signer === undefined) throw new Error('expected a country with a log')
  const extra = Buffer.from(JSON.stringify({ kind: 'leg', country, domain, requestHash, responseHash }))
  const text = formatCheckpoint({ origin: signer.verifier.name, size: 1, root: hashLeaf(extra) })
  return formatReceiptHeader(formatTlogProof({ index: 0, hashes: [], checkpoint: signNote(text, [signer]), extra }))
}

function answerLeg(schema: GraphQLSchema | undefined, { country, body }: ReceivedLeg): unknown {
  if (schema === undefined) throw new Error('expected a domain of the contract')
  return execute({
    schema,
    document: parse(body.query),
    variableValues: body.variables,
    fieldResolver: resolverOf(country),
    typeResolver: ({ __typename }) => __typename,
  })
}

/** Resolves each field by its type, so that each object has an id of the country. */
function resolverOf(country: string): GraphQLFieldResolver<unknown, unknown> {
  return (source, args, _, { fieldName, returnType, parentType }) => {
    if (fieldName === '_entities') return args.representations
    if (fieldName === 'edges') return [makeEdge(source, returnType, country)]
    if (/Connection$/.test(String(getNamedType(returnType)))) return { order: args.orderBy }
    const own = (source as Record<string, unknown> | undefined)?.[fieldName]
    if (own !== undefined) return own
    if (parentType.name === 'Query' && typeof args.id === 'string')
      return { ...(make(returnType, country) as object), id: args.id }
    return make(returnType, country)
  }
}

/** Makes an edge whose cursor is that of its node. */
function makeEdge(connection: unknown, type: GraphQLOutputType, country: string): unknown {
  const edge = getNamedType(type)
  const node = isObjectType(edge) ? make(edge.getFields().node?.type ?? edge, country) : null
  const { order = 'ID_ASC' } = connection as { order?: string }
  const { id } = node as { id: string }
  return { node, cursor: encodeCursor({ order, key: id, id }) }
}

function make(type: GraphQLOutputType, country: string): unknown {
  if (isNonNullType(type)) return make(type.ofType, country)
  if (isListType(type)) return [make(type.ofType, country)]
  const named = getNamedType(type)
  if (isEnumType(named)) return named.getValues()[0]?.value
  if (isObjectType(named)) {
    const isRecord = named.getFields().id !== undefined
    return { __typename: named.name, ...(isRecord && { id: `${country}:${named.name}-1` }) }
  }
  if (named.name === 'CountryCode') return country
  if (named.name === 'Boolean') return false
  if (named.name === 'Int') return 1
  if (named.name === 'Date') return '2026-01-01'
  if (named.name === 'DateTime') return '2026-01-01T00:00:00Z'
  return named.name === 'ID' ? `${country}:X-1` : 'text'
}
