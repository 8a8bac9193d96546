/** An authority that is killed at any moment: what it answered is in its log, and its grants and mandates are there again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openIndexDatabase } from '../../audit/index/database.ts'
import { testServerUrl } from '../../subgraphs/kit/config.ts'
import { openEmptyDatabase } from '../../subgraphs/kit/testing.ts'
import { randomOf, repeats } from '../share.ts'
import { ask, claimsIn, createSession, exchange, fetchNonce, getAccessToken, type Session } from './clients.ts'
import { createMandatePersons, type MandatePersons } from './mandate-persons.ts'
import { readLog } from './read-log.ts'
import { createWorld, type World } from './world.ts'

/** The moments of kills: the same for the same code (docs/decisions/0068). */
const random = randomOf('authority/kill')

/** The server of the tests; undefined: the authority has its embedded database. */
const SERVER = testServerUrl()

/** How often the test kills the authority. `ISTMO_KILLS` overrides it. */
const ROUNDS = Number(process.env.ISTMO_KILLS ?? repeats(SERVER === undefined ? 4 : 2))

/** How many officers work at the same time. */
const OFFICERS = 4

const COMMAND = join(import.meta.dirname, '../../cli/istmo.js')

let world: World
let persons: MandatePersons
let session: Session
let database: Awaited<ReturnType<typeof openEmptyDatabase>> | null = null
beforeAll(async () => {
  if (SERVER !== undefined) database = await openEmptyDatabase()
  world = await createWorld()
  persons = await createMandatePersons(world)
  session = await createSession()
}, 120_000)
afterAll(async () => {
  await database?.close()
  await world.remove()
})

if (SERVER !== undefined) {
  it('waits for its statements on a server that ends those of others after a millisecond', async () => {
    if (database?.url === undefined) throw new Error('expected a database on the server')
    const { pathname } = new URL(database.url)
    await database.db.execute(`alter database ${pathname.slice(1)} set statement_timeout = 1`)
    const db = await openIndexDatabase(database.url)
    expect(await db.query('select pg_sleep(0.05)').finally(db.close)).toHaveLength(1)
  })
}

interface RunningProcess {
  readonly process: ChildProcess
  readonly url: string
}

async function start(): Promise<RunningProcess> {
  const child = spawn(process.execPath, [COMMAND, 'authority', '--config', world.config, '--development'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, DATABASE_URL: database?.url ?? '' },
  })
  for await (const chunk of child.stdout) {
    const url = /http:\S+[^/\s]/.exec(String(chunk))?.[0]
    if (url !== undefined) return { process: child, url }
  }
  throw new Error('expected an authority that listens')
}

async function end({ process: child }: RunningProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

/** What an officer's tool and gateway received: ids of tokens. */
interface Received {
  readonly access: string[]
  readonly country: string[]
}

/** Makes mandates through all rounds, and notes each one whose approval was answered. An act waits in its folder for the next start. */
async function makeMandates(approved: string[], isOver: () => boolean): Promise<void> {
  while (!isOver()) approved.push(await persons.makeMandate('clerk'))
}

/** Gets tokens until the authority is gone, and notes each one that was received. */
async function workUntilGone({ url }: RunningProcess, received: Received, onAnswer: (accessToken: string) => void) {
  const nonce = await fetchNonce(url, world).catch(() => null)
  while (nonce !== null) {
    const access = await getAccessToken(url, world, session, { nonce }).catch(() => null)
    if (access === null) return
    expect(access.body).toMatchObject({ token_type: 'DPoP' })
    const accessToken = String(access.body.access_token)
    received.access.push(String(claimsIn(access).jti))
    onAnswer(accessToken)
    const question = ask(session, accessToken)
    const country = await exchange(url, world, accessToken, { nonce, question }).catch(() => null)
    if (country === null) return
    received.country.push(String(claimsIn(country).jti))
  }
}

it('answers no token without its entry, and has each grant and mandate again, whenever it is killed', {
  timeout: 1_800_000,
}, async () => {
  const received: Received = { access: [], country: [] }
  const approved: string[] = []
  let isOver = false
  let newest = ''
  const firstOne = await start()
  const mandate = await persons.makeMandate('prosecutor')
  await end(firstOne, 'SIGKILL')
  const making = makeMandates(approved, () => isOver)
  for (let round = 0; round < ROUNDS; round++) {
    const running = await start()
    const first = Promise.withResolvers<void>()
    const onAnswer = (accessToken: string): void => {
      newest = accessToken
      first.resolve()
    }
    const officers = Array.from({ length: OFFICERS }, () => workUntilGone(running, received, onAnswer))
    await first.promise
    await sleep(random() * 300)
    await end(running, 'SIGKILL')
    await Promise.all(officers)
  }
  isOver = true
  const running = await start()
  await making
  // The grant of the last round opens a country, as if nothing had happened.
  const nonce = await fetchNonce(running.url, world)
  const answer = await exchange(running.url, world, newest, { nonce, question: ask(session, newest) })
  expect(claimsIn(answer)).toMatchObject({ mandate: { hash: mandate }, caller_jti: decodeJwt(newest).jti })
  await end(running, 'SIGTERM')

  const entries = await readLog(world)
  const granted = new Set(entries.flatMap((entry) => (entry.kind === 'access-token' ? [entry.tokenId] : [])))
  const exchanged = new Set(entries.flatMap((entry) => (entry.kind === 'country-token' ? [entry.tokenId] : [])))
  expect(received.access.filter((id) => !granted.has(id))).toEqual([])
  expect(received.country.filter((id) => !exchanged.has(id))).toEqual([])
  const mandates = new Set(entries.flatMap((entry) => (entry.kind === 'mandate' ? [entry.mandate] : [])))
  expect(approved.filter((hash) => !mandates.has(hash))).toEqual([])
  expect(approved).not.toEqual([])
  expect(received.access.length).toBeGreaterThanOrEqual(ROUNDS)
  expect(entries.filter(({ kind }) => kind === 'authority-start')).toHaveLength(ROUNDS + 2)
  const rows = await database?.db.query<{ id: string }>('select token_id as id from istmo_authority.grants')
  expect(new Set(rows?.map(({ id }) => id) ?? granted)).toEqual(granted)
})
