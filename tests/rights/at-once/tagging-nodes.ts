/** Countries that answer over HTTP, and write into each answer for whom it is: by the words of the leg token, and by nothing else. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { DOMAINS, isDomain } from '../../../contract/domain.ts'
import { seededDice } from '../../fuzz/random.ts'
import { makeRows } from '../../oracle/make-rows.ts'
import { type AnswerNationally, nationsInMemory } from '../../oracle/nation.ts'
import type { Rows } from '../../oracle/rows.ts'

/** For whom a value is. A node has it from the leg. */
export interface Tag {
  readonly country: string
  readonly requestId: string
  readonly subject: string
  readonly tokenId: string
  readonly purpose: string
  readonly scopes: readonly string[]
}

/** The nodes of some countries. */
export interface TaggingNodes {
  urlOf(country: string): string
  /** How many legs came, and how many of them were merged of several. */
  readonly came: { legs: number; merged: number }
  close(): Promise<void>
}

/** The longest that a node thinks, in milliseconds: long enough for the legs of several requests to overtake each other. */
const MOST_MS = 6

/** The values that become tags, by the key of the answer. */
const TAGGED: ReadonlySet<string> = new Set(['court', 'prosecutor', 'full'])

/** Reads the tag of a value. */
export function readTag(value: string): Tag {
  return JSON.parse(value)
}

/** Starts a node for each of the countries. They have the same rows in each run. */
export async function startTaggingNodes(countries: readonly string[]): Promise<TaggingNodes> {
  const answer = nationsInMemory(rowsOf(countries))
  const came = { legs: 0, merged: 0 }
  const servers = new Map<string, Server>()
  const portOf = (country: string): number | undefined =>
    (servers.get(country)?.address() as AddressInfo | undefined)?.port
  for (const country of countries) servers.set(country, await startNode(country, answer, came))
  return {
    came,
    urlOf: (country) => `http://127.0.0.1:${portOf(country)}`,
    async close() {
      for (const server of servers.values()) {
        server.closeAllConnections()
        server.close()
        await once(server, 'close')
      }
    },
  }
}

/** Makes cases and warrants of each country about persons of all countries, who exist. */
function rowsOf(countries: readonly string[]): Rows {
  const rows = makeRows(seededDice('at once'), Object.fromEntries(countries.map((country) => [country, DOMAINS])))
  const [aCase, warrant, person] = [rows.cases[0], rows.warrants[0], rows.persons[0]]
  const participant = rows.cases.flatMap(({ participants }) => participants)[0]
  const name = rows.persons.flatMap(({ names }) => names)[0]
  if (!aCase || !warrant || !person || !participant || !name)
    throw new Error('expected rows of each type; choose another seed')
  const idsOf = (letter: string) => countries.flatMap((country) => [1, 2, 3].map((at) => `${country}:${letter}${at}`))
  const persons = idsOf('P')
  const participants = persons.map((personId, at) => ({ ...participant, rowId: `r${at}`, role: 'SUSPECT', personId }))
  return {
    ...rows,
    persons: persons.map((id) => ({ ...person, id, names: [name] })),
    cases: idsOf('C').map((id) => ({ ...aCase, id, participants })),
    warrants: idsOf('W').map((id, at) => ({ ...warrant, id, subjectId: persons.at(-at) ?? null })),
  }
}

async function startNode(country: string, answer: AnswerNationally, came: TaggingNodes['came']): Promise<Server> {
  const dice = seededDice(`thinking ${country}`)
  const server = createServer(async (request, response) => {
    const { query, variables } = JSON.parse(await text(request))
    const domain = (request.url ?? '').slice(1)
    if (!isDomain(domain)) throw new Error(`expected the path of a domain; came ${domain}`)
    came.legs += 1
    if (query.includes('_e1:')) came.merged += 1
    const { data, errors } = await answer({ country, domain, query, variables })
    await sleep(dice.between(0, MOST_MS))
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ data: tagged(data, JSON.stringify(tagOf(country, request))), errors }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function tagOf(country: string, { headers }: IncomingMessage): Tag {
  const [, payload = ''] = (headers.authorization ?? '').split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
  if (claims.aud !== country) throw new Error(`expected a token for ${country}; came one for ${claims.aud}`)
  return {
    country,
    requestId: String(headers['istmo-request-id']),
    subject: claims.sub,
    tokenId: claims.caller_jti ?? '',
    purpose: claims.grounds?.purpose ?? '',
    scopes: String(claims.scope).split(' '),
  }
}

function tagged(value: unknown, tag: string): unknown {
  if (Array.isArray(value)) return value.map((item) => tagged(item, tag))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, TAGGED.has(key) ? tag : tagged(member, tag)]),
  )
}
