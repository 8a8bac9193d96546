/** The shared database fails over to an asynchronous standby, which has not heard of the proofs that were used last. Real servers (`npm run test:full`). */
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, expect, it, vi } from 'vitest'
import type { SharedDatabase } from '../../gateway/admit/shared-buckets.ts'
import { openSharedReplays } from '../../gateway/admit/shared-replays.ts'
import { findForgetfulReplication } from '../../service/forgetful-replication.ts'
import { takePort } from '../ports.ts'
import { newProofClient, openProofGateway } from './proof-gateway.ts'

const ROUNDS = Number(process.env.ISTMO_FAILOVERS ?? 1)
const PROGRAMS = globSync('/usr/lib/postgresql/*/bin').at(-1) ?? ''
const folder = mkdtempSync(join(tmpdir(), 'istmo-failover-'))
chmodSync(folder, 0o711)
const running = new Set<string>()
const pools: pg.Pool[] = []
afterAll(async () => {
  for (const pool of pools) await pool.end()
  for (const name of running) run('pg_ctl', '-D', join(folder, name), '-m', 'immediate', '-w', 'stop')
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a program of PostgreSQL, as the user postgres if this is root. @throws {Error} if it fails. */
function run(program: string, ...args: readonly string[]): void {
  const command = [join(PROGRAMS, program), ...args]
  const [first = '', ...rest] = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--', ...command] : command
  execFileSync(first, rest, { stdio: 'ignore' })
}

const ownerOf = (what: string): number => Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8' }))

function makeFolder(name: string): string {
  const data = join(folder, name)
  mkdirSync(data, { mode: 0o700 })
  if (process.getuid?.() === 0) chownSync(data, ownerOf('-u'), ownerOf('-g'))
  return data
}

function start(name: string, port: number): pg.Pool {
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${join(folder, name)} -c fsync=off`
  run('pg_ctl', '-D', join(folder, name), '-l', join(folder, name, 'log'), '-o', options, '-w', 'start')
  running.add(name)
  const pool = new pg.Pool({ connectionString: `postgres://istmo@127.0.0.1:${port}/postgres` })
  // The connections of a server that is stopped break.
  pool.on('error', () => undefined)
  pools.push(pool)
  return pool
}

it('a proof that was used at the server before is not accepted at the standby that took over, by any gateway', async () => {
  const ports = [await takePort(), await takePort()] as const
  for (let round = 0; round < ROUNDS; round++) {
    const [primary, standby] = [`primary-${round}`, `standby-${round}`]
    run('initdb', '-D', makeFolder(primary), '-U', 'istmo', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8')
    let server = start(primary, ports[0])
    const database: SharedDatabase = { query: (sql, values) => server.query(sql, values) }
    const [one, other] = [await openProofGateway(database), await openProofGateway(database)]
    const from = `host=127.0.0.1 port=${ports[0]} user=istmo`
    run('pg_basebackup', '-D', makeFolder(standby), '-R', '-X', 'stream', '-c', 'fast', '-d', from)
    const second = start(standby, ports[1])
    const ask = async (sql: string) => (await server.query(sql)).rows
    await vi.waitFor(async () => expect(await findForgetfulReplication(ask)).toBe('STANDBY_ASYNCHRONOUS'))
    await cutOff(second)
    const client = await newProofClient()
    const proof = await client.prove(one.nonce())
    expect([await one.check(proof), await other.check(proof)]).toEqual(['accepted', 'PROOF_INVALID'])

    run('pg_ctl', '-D', join(folder, primary), '-m', 'immediate', '-w', 'stop')
    running.delete(primary)
    await promote(second)
    server = second
    expect((await second.query('select id from istmo_used_proof')).rows).toEqual([])
    expect([await one.check(proof), await other.check(proof)]).toEqual(['NONCE_REQUIRED', 'NONCE_REQUIRED'])
    const fresh = await client.prove(other.nonce())
    expect([await one.check(fresh), await other.check(fresh)]).toEqual(['accepted', 'PROOF_INVALID'])
    run('pg_ctl', '-D', join(folder, standby), '-m', 'immediate', '-w', 'stop')
    running.delete(standby)
  }
})

it('a server that waits for a synchronous standby is one that notes no use, until the standby need not be there', async () => {
  const name = 'waits'
  run('initdb', '-D', makeFolder(name), '-U', 'istmo', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8')
  const server = start(name, await takePort())
  const replays = await openSharedReplays(
    { query: (sql, values) => server.query(sql, values) },
    { onFailure: () => undefined },
  )
  expect(await replays.clock()).toBeGreaterThan(0)
  await setSynchronous(server, 'ANY 1 (gone)')
  const use = replays.noteFirstUse('a', Date.now() / 1_000 + 60)
  await vi.waitFor(() => expect(replays.clock()).rejects.toThrow(/one has waited for two seconds \(SyncRep\)/), 20_000)
  await setSynchronous(server, '')
  expect(await use).toBe(true)
  await vi.waitFor(async () => expect(await replays.clock()).toBeGreaterThan(0))
})

async function setSynchronous(server: pg.Pool, names: string): Promise<void> {
  await server.query(`alter system set synchronous_standby_names = '${names}'`)
  await server.query('select pg_reload_conf()')
  await vi.waitFor(async () => {
    expect((await server.query('show synchronous_standby_names')).rows).toEqual([{ synchronous_standby_names: names }])
  })
}

/** From now on the standby hears of nothing, as one that lags. */
async function cutOff(standby: pg.Pool): Promise<void> {
  await standby.query("alter system set primary_conninfo = ''")
  await standby.query('select pg_reload_conf()')
  await vi.waitFor(async () => expect((await standby.query('select pid from pg_stat_wal_receiver')).rows).toEqual([]))
}

async function promote(standby: pg.Pool): Promise<void> {
  await standby.query('select pg_promote(true)')
  await vi.waitFor(async () => {
    expect((await standby.query('select pg_is_in_recovery() as still')).rows).toEqual([{ still: false }])
  })
}
