import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { testServerUrl } from '../../subgraphs/kit/config.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { openEmptyDatabase } from '../../subgraphs/kit/testing.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { randomOf, repeats } from '../share.ts'
import { createOldFiles, type OldFiles, type OldState, STATUSES } from './world.ts'

/** The moments of kills: the same for the same code (docs/decisions/0068). */
const random = randomOf('sync/kill')

/**
 * A sync that is killed at any moment: whoever reads beside it sees the old rows or the new ones, across cases and persons, and the next run
 * completes. On a server, a reader looks while the sync runs; an embedded database is looked at after each kill.
 */

const SERVER = testServerUrl()

/** How often the sync is killed. `ISTMO_SYNC_KILLS` overrides it: `npm run test:full` kills more. */
const ROUNDS = Number(process.env.ISTMO_SYNC_KILLS ?? repeats(SERVER === undefined ? 1 : 3))

/** How many cases and persons there are in each state. */
const ROWS = 400

const COMMAND = join(import.meta.dirname, '../../cli/istmo.js')

/** The state of a generation: all cases have its status, all persons its name. */
function stateOf(generation: 0 | 1): OldState {
  const numbers = Array.from({ length: ROWS }, (_, n) => n)
  const status = Object.keys(STATUSES)[generation] as string
  return {
    cases: numbers.map((n) => ({ id: `E-${n}`, status, secret: false })),
    offences: numbers.map((n) => ({ case: `E-${n}`, label: `Delito ${generation}` })),
    parts: numbers.map((n) => ({ case: `E-${n}`, person: `P${n}`, role: generation === 0 ? 'IMPUTADO' : 'VICTIMA' })),
    persons: numbers.map((n) => ({ id: `P${n}`, name: `Ana Paz ${generation === 0 ? 'Ruiz' : 'Soto'}`, minor: false })),
  }
}

const GENERATION = `select
  (select string_agg(distinct status || ' ' || n, ',') from (select status, count(*) over () as n from cases.case_file) c) as cases,
  (select string_agg(distinct national_label, ',') from cases.offence) as offences,
  (select string_agg(distinct role, ',') from cases.participant) as parts,
  (select string_agg(distinct full_name || ' ' || n, ',') from (select full_name, count(*) over () as n from persons.person_name) c) as names,
  (select string_agg(distinct protected::text, ',') from persons.person) as protected`

const SEEN = [
  { cases: `OPEN ${ROWS}`, offences: 'Delito 0', parts: 'SUSPECT', names: `Ana Paz Ruiz ${ROWS}`, protected: 'false' },
  { cases: `CHARGED ${ROWS}`, offences: 'Delito 1', parts: 'VICTIM', names: `Ana Paz Soto ${ROWS}`, protected: 'true' },
]

let old: OldFiles
let home: string
let database: Awaited<ReturnType<typeof openEmptyDatabase>> | null = null
let place: readonly string[]
beforeAll(async () => {
  old = await createOldFiles()
  home = await mkdtemp(join(tmpdir(), 'istmo-sync-kill-'))
  if (SERVER !== undefined) database = await openEmptyDatabase()
  place = database?.url === undefined ? ['--database-folder', join(home, 'db')] : ['--database-url', database.url]
})
afterAll(async () => {
  await database?.close()
  await old.remove()
  await rm(home, { recursive: true, force: true })
})

function start(): ChildProcess & { readonly said: () => string } {
  const child = spawn(
    process.execPath,
    [COMMAND, 'sync', old.mapping, ...place, '--development', '--allow-shrink', '--allow-unprotect'],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let text = ''
  child.stderr?.on('data', (piece) => {
    text += piece
  })
  return Object.assign(child, { said: () => text })
}

async function complete(): Promise<number> {
  const startedAt = performance.now()
  const child = start()
  const [code] = await once(child, 'exit')
  expect([code, child.said()]).toEqual([0, expect.any(String)])
  return performance.now() - startedAt
}

async function look(db: Database): Promise<unknown> {
  const [row] = await db.query(GENERATION)
  return row
}

/** Looks at an embedded database when nobody has it open, or at the one on the server. */
async function lookNow(): Promise<unknown> {
  if (database !== null) return look(database.db)
  const db = await openDatabase({ folder: join(home, 'db') })
  try {
    return await look(db)
  } finally {
    await db.close()
  }
}

it('shows the old rows or the new ones, and never half, whenever it is killed', {
  timeout: 60_000 + ROUNDS * 30_000,
}, async () => {
  await old.write(stateOf(0))
  const tookMs = await complete()
  expect(await lookNow()).toEqual(SEEN[0])
  let generation: 0 | 1 = 0
  for (let round = 0; round < ROUNDS; round++) {
    generation = generation === 0 ? 1 : 0
    await old.write(stateOf(generation))
    const child = start()
    const ended = once(child, 'exit')
    let isRunning = true
    ended.then(() => {
      isRunning = false
    })
    const killAt = performance.now() + random() * tookMs
    while (isRunning && performance.now() < killAt) {
      if (database !== null) expect(SEEN).toContainEqual(await look(database.db))
      else await sleep(20)
    }
    child.kill('SIGKILL')
    await ended
    expect(SEEN).toContainEqual(await lookNow())
  }
  await complete()
  expect(await lookNow()).toEqual(SEEN[generation])
  // Nothing of the runs that were killed is left.
  const db = database?.db ?? (await openDatabase({ folder: join(home, 'db') }))
  expect(await db.query("select from pg_namespace where nspname = 'istmo_sync'")).toEqual([])
  if (database === null) await db.close()
})
