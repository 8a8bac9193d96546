import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PROJECT_DIR } from '../../demo/config.ts'
import { checkBackup } from '../../joining/running/restore.ts'
import { testServerUrl } from '../../subgraphs/kit/config.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { openEmptyDatabase } from '../../subgraphs/kit/testing.ts'
import { randomOf } from '../share.ts'
import { countCases, fillCases, type NodeWorld, openNodeWorld, PLAIN_ENV } from './world.ts'

/** The moments of kills: the same for the same code (docs/decisions/0068). */
const random = randomOf('running/kill')

/** Backups and restores that are killed at random moments leave nothing half, and the next run completes them. */

const KILLS = Number(process.env.ISTMO_RESTORE_KILLS ?? 1)
const ROWS = 1_500

let world: NodeWorld
const at = (name: string): string => join(world.folder, name)

beforeAll(async () => {
  world = await openNodeWorld()
  await world.writeEnv(PLAIN_ENV)
  const node = await world.start()
  await node.close()
  const db = await openDatabase({ folder: world.at('rows') })
  await fillCases(db, ROWS)
  await db.close()
})
afterAll(() => world.close())

/** Runs `istmo`, and kills it after a time. @returns its exit code, null if it was killed, and what it printed to standard error. */
async function istmo(args: readonly string[], killAfterMs?: number) {
  const child = spawn(process.execPath, [join(PROJECT_DIR, 'cli/istmo.ts'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let err = ''
  child.stderr.on('data', (text) => {
    err += String(text)
  })
  const closed = once(child, 'close')
  const startedAt = performance.now()
  if (killAfterMs !== undefined) {
    await Promise.race([sleep(killAfterMs), closed])
    child.kill('SIGKILL')
  }
  const [code] = (await closed) as [number | null]
  return { code, err, ms: performance.now() - startedAt }
}

if (testServerUrl() === undefined) {
  it('an embedded database is copied while its node answers', async () => {
    const node = await world.start()
    let [isOver, answers] = [false, 0]
    const asking = (async () => {
      while (!isOver) {
        const { body } = await world.ask(
          node,
          'cases',
          '{ cases(countries: ["HN"], first: 3) { edges { node { id } } } }',
        )
        expect(body.errors).toBeUndefined()
        answers += 1
      }
    })()
    const live = await istmo(['backup', at('live'), '--env', world.at('node.env')])
    isOver = true
    await asking
    await node.close()
    expect(live).toMatchObject({ code: 0, err: '' })
    expect(answers).toBeGreaterThan(10)
    const { manifest, faults } = await checkBackup(at('live'))
    expect([manifest.rows?.tables['cases.case_file'], faults]).toEqual([ROWS, []])
    expect(await readdir(world.at('rows.copies'))).toEqual([])
    await rm(at('live'), { recursive: true })
  })
}

it('a backup and a restore that are killed', async () => {
  const backup = ['backup', at('backup'), '--env', world.at('node.env')]
  const first = await istmo(backup)
  expect(first).toMatchObject({ code: 0, err: '' })
  await cp(at('backup/audit-log'), at('old-log'), { recursive: true })
  for (let kill = 0; kill < KILLS; kill += 1) {
    await rm(at('backup'), { recursive: true, force: true })
    const { code } = await istmo(backup, random() * first.ms)
    // A folder that is there is whole.
    if ((await readdir(world.folder)).includes('backup')) expect((await checkBackup(at('backup'))).faults).toEqual([])
    else expect((await istmo(backup)).code).toBe(0)
    expect([0, null]).toContain(code)
  }
  const server = testServerUrl() === undefined ? null : await openEmptyDatabase()
  const place = server === null ? ['--embedded'] : ['--database-url', server.url ?? '']
  const restore = ['restore', at('backup'), '--into', at('restored'), ...place, '--old-log', at('old-log')]
  let length = 2_000
  for (let kill = 0; kill < KILLS; kill += 1) {
    await rm(at('restored'), { recursive: true, force: true })
    await istmo(restore, random() * length)
    if (!(await readdir(world.folder)).includes('restored')) {
      const { code, err, ms } = await istmo(restore)
      expect({ code, err }).toEqual({ code: 0, err: '' })
      length = ms
    }
    const db = await openDatabase(server === null ? { folder: at('restored/rows') } : { url: server.url })
    const count = await countCases(db)
    await db.close()
    expect(count).toBe(ROWS)
    expect((await readdir(world.folder)).filter((name) => name.includes('unfinished'))).toEqual([])
  }
  await server?.close()
})
