import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { writeLegKey } from '../../demo/keys.ts'
import { startGateway } from '../../gateway/main.ts'
import { readGatewayConfig } from '../../gateway/process/config.ts'
import { startCountry } from '../../subgraphs/domains.ts'
import { parseNodeConfig } from '../../subgraphs/node-command.ts'
import { claimsOf, createProvider, signAs } from '../tokens/identity-provider.ts'

const SUPERGRAPH = join(import.meta.dirname, '../../supergraph.graphql')
/** The domains that the test does not ask. */
const NOWHERE = 'http://127.0.0.1:1/'
const SILENT = pino({ level: 'silent' })

interface Context {
  readonly taskForce: unknown
  readonly scopes: unknown
}

/** A service that knows nothing of Istmo except its SDL and the headers. */
function createService(): ApolloServer<Context> {
  const court = (_: unknown, __: unknown, { scopes }: Context) => `Juzgado, asked with ${String(scopes)}`
  const find = (_: unknown, { id }: { id: string }, { taskForce }: Context) =>
    taskForce === 'jtf-2026-03' && id === 'HN:1' ? { id, category: 'COURT', filedOn: '2026-01-01' } : null
  return new ApolloServer<Context>({
    schema: buildSubgraphSchema([
      { typeDefs: parse(domainSdl('cases')), resolvers: { Query: { case: find }, Case: { court } } },
    ]),
  })
}

function countryFile(url: string): string {
  const member = { issuer: 'GT', agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'] }
  const members = [{ ...member, scopes: ['case:read'] }]
  const taskForces = [{ id: 'jtf-2026-03', notAfter: '2099-12-31', members }]
  return JSON.stringify({
    country: 'HN',
    name: { es: 'Honduras', en: 'Honduras' },
    domains: { cases: { url }, persons: { url: NOWHERE }, legal: { url: NOWHERE } },
    taskForces,
  })
}

it('a gateway is answered by a country whose service stands behind a sidecar', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-sidecar-'))
  const at = (name: string): string => join(folder, name)
  await mkdir(at('countries'))
  await writeLegKey(at('leg.json'), at('jwks.json'))
  const provider = await createProvider('GT', folder)
  await writeFile(at('issuers.yaml'), JSON.stringify({ issuers: [provider.entry] }))
  const service = createService()
  const { url: upstream } = await startStandaloneServer(service, {
    listen: { port: 0, host: '127.0.0.1' },
    context: async ({ req: { headers } }) => ({
      taskForce: headers['istmo-task-force'],
      scopes: headers['istmo-scopes'],
    }),
  })
  await writeFile(at('HN.yaml'), countryFile('http://127.0.0.1:1'))
  const flags = [
    '--development',
    '--country',
    'HN',
    '--domains',
    'cases',
    '--port',
    '0',
    '--gateway-jwks',
    at('jwks.json'),
    '--rules',
    at('HN.yaml'),
  ]
  const sidecar = await startCountry(parseNodeConfig([...flags, '--upstream', `cases=${upstream}`], {}), {
    log: SILENT,
  })
  await writeFile(at('countries/HN.yaml'), countryFile(`${sidecar.url}/cases`))
  const settings = {
    supergraph: SUPERGRAPH,
    countries: at('countries'),
    issuers: at('issuers.yaml'),
    legKey: at('leg.json'),
    port: '0',
  }
  const gateway = await startGateway(readGatewayConfig(settings, {}), SILENT)
  const ask = async (query: string, claims: object): Promise<unknown> => {
    const token = await signAs(provider, { ...claimsOf(provider), ...claims })
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
    })
    return ((await response.json()) as { data: unknown }).data
  }
  try {
    const query = '{ case(id: "HN:1") { id category court } }'
    const rest = { id: 'HN:1', category: 'COURT' }
    expect(await ask(query, {})).toEqual({ case: { ...rest, court: 'Juzgado, asked with case:read' } })
    expect(await ask(query, { scope: 'person:hit' })).toBeNull()
    expect(await ask(query, { org: { country: 'GT', agency: 'GT-PNC' } })).toEqual({ case: null })
  } finally {
    await gateway.close()
    await sidecar.close()
    await service.stop()
    await rm(folder, { recursive: true })
  }
})
