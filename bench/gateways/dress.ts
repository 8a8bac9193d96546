/**
 * Istmo in production dress: an authority speaks for the officers, the country demands its word, the rules decide on each field, each answer has a receipt,
 * and the audit log is on the disk before an answer leaves. The node of the country is a stub (stub/country.ts).
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Pool } from 'undici'
import { type BenchAuthority, type Officer, startBenchAuthority } from '../trust/authority.ts'
import { countryFiles, type DressPlan, makeNodeKeys, startGatewayOver } from '../trust/dress.ts'
import { fetchNonce } from '../trust/hot.ts'
import { makeShots } from '../trust/officers.ts'
import { end, startProgram } from '../trust/processes.ts'
import type { Ground, Serving, Stub } from './contender.ts'
import { writeRuledSupergraph } from './graph/graph.ts'
import { type Operation, VARIANTS } from './operations.ts'
import { COUNTRY } from './records.ts'
import type { CountryStart } from './stub/country.ts'
import type { RawRequest } from './wrk.ts'

/** How many officers take turns. */
const OFFICERS = 8

/** The folder below which the logs of the stubs are: in memory. */
const MEMORY = '/dev/shm'

/** How long officers keep a token, in milliseconds. It lives longer. */
const TOKEN_KEPT_MS = 180_000

/**
 * Starts a gateway in production dress.
 * @param questions whether officers sign their questions, and the country demands that.
 */
export async function startDressed(ground: Ground, questions: 'any' | 'signed'): Promise<Serving> {
  const authority = await startBenchAuthority(ground.pins, () => 0)
  const folder = join(authority.folder, questions)
  await mkdir(folder)
  const at = (name: string): string => join(folder, name)
  const keys = await makeNodeKeys(at, COUNTRY)
  const stub = await startCountry(ground, at)
  const plan: DressPlan = {
    ...{ name: questions, hasAuthority: true, questions, countries: [COUNTRY] },
    supergraph: await writeRuledSupergraph(folder),
  }
  const fileOf = countryFiles({ authority }, plan, new Map([[COUNTRY, keys]]), null)
  const nodes = {
    plan,
    folder,
    nodes: [],
    fileOf,
    ports: new Map([[COUNTRY, stub.port]]),
    close: async () => undefined,
  }
  // Who has an authority needs no provider, and the country's records are its stub's.
  const gateway = await startGatewayOver({ pins: ground.pins, authority }, nodes, 'gateway')
  const port = Number(new URL(gateway.gateway.said).port)
  return {
    ...{ running: gateway.gateway, port, stub },
    requests: createOfficers(authority, port, questions === 'signed' ? 'bound' : 'bearer'),
    isSentOnce: questions === 'signed',
    async close() {
      await gateway.close()
      await stub.close()
      await authority.close()
    },
  }
}

async function startCountry({ pins }: Ground, at: (name: string) => string) {
  const folder = await mkdtemp(join(MEMORY, 'istmo-gateways-'))
  const start: CountryStart = {
    ...{ country: COUNTRY, folder: join(folder, 'log'), logKey: at(`${COUNTRY}.key`), refKeys: at(`${COUNTRY}.refs`) },
    nodeKey: at(`${COUNTRY}.node.json`),
  }
  const program = ['bench/gateways/stub/country.ts', JSON.stringify(start)]
  const running = await startProgram(pins.others, program, /^(\{"control".+\})$/m)
  const { control, legs } = JSON.parse(running.said) as { readonly control: number; readonly legs: number }
  const stub: Stub = { pid: Number(running.child.pid), control }
  return {
    ...{ ...stub, port: legs },
    async close() {
      await end(running)
      await rm(folder, { recursive: true })
    },
  }
}

/** Creates the function that makes the officers' requests. Officers take turns. Who has a key signs each request, which can be sent once. */
function createOfficers(authority: BenchAuthority, port: number, how: 'bearer' | 'bound'): Serving['requests'] {
  let kept: { readonly officers: readonly Officer[]; readonly until: number } | null = null
  const getOfficers = async (): Promise<readonly Officer[]> => {
    if (kept !== null && Date.now() < kept.until) return kept.officers
    const subjects = Array.from({ length: OFFICERS }, (_, at) => `officer-${at}`)
    const officers = await Promise.all(subjects.map((subject) => authority.officer(subject, how)))
    kept = { officers, until: Date.now() + TOKEN_KEPT_MS }
    return officers
  }
  const way = how === 'bound' ? 'signed' : 'bearer'
  return async (operation, count) => {
    const officers = await getOfficers()
    const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 1 })
    const nonce =
      way === 'signed' ? await fetchNonce({ pool, question: questionOf(operation, 0), way, officers }) : null
    await pool.close()
    return Array.from({ length: count }, (_, at): RawRequest => {
      const officer = officers[at % OFFICERS] as Officer
      return makeShots([officer], questionOf(operation, at % VARIANTS), way, nonce, 1)[0] as RawRequest
    })
  }
}

function questionOf({ name, document, variables }: Operation, variant: number) {
  return { name, document, variables: variables(variant), data: null, countries: [COUNTRY] }
}
