import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { DOMAINS } from '../../contract/domain.ts'
import { readMappingFile } from '../../joining/mapping/parse-mapping.ts'
import { runSync, type SyncResult } from '../../joining/sync/run-sync.ts'
import { openServerTarget, type Statements, type SyncTarget } from '../../joining/sync/target.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { bindCountry, migrate } from '../../subgraphs/kit/migrate.ts'
import { refreshStatistics } from '../../subgraphs/kit/statistics.ts'
import { fillOldDatabase, oldMapping, sizesOf } from './old-database.ts'

/**
 * Measures `istmo sync` from one PostgreSQL database to another: the first run, a run in which nothing changed, one in which one person in a hundred
 * changed, and an incremental one. It says where the time goes, how much memory the process had, and checks what came.
 *
 * Run: `DATABASE_URL=postgres://user@127.0.0.1:5432/postgres npm run bench:sync [-- PERSONS]`. It creates two databases and drops them. The data is
 * made up. Default: 1,000,000 persons, 3,000,000 participants, 500,000 cases.
 */

const persons = Number(process.argv[2] ?? 1_000_000)
const server = process.env.DATABASE_URL
if (!server)
  throw new Error('expected DATABASE_URL with a PostgreSQL server on which this program may create databases')

/** Statements that take longer than this are printed, in milliseconds. */
const SHOWN_MS = Math.max(50, persons / 1_000)

function timeStatements(inner: Statements): Statements {
  const timed = async <Value>(sql: string, work: () => Promise<Value>): Promise<Value> => {
    const startedAt = performance.now()
    const value = await work()
    const ms = performance.now() - startedAt
    if (ms > SHOWN_MS)
      console.log(`    ${(ms / 1000).toFixed(1).padStart(7)} s  ${sql.replace(/\s+/g, ' ').trim().slice(0, 110)}`)
    return value
  }
  return {
    query: (sql, params) => timed(sql, () => inner.query(sql, params)),
    write: (sql, params) => timed(sql, () => inner.write(sql, params)),
    execute: (sql) => timed(sql, () => inner.execute(sql)),
  }
}

function timeTarget(target: SyncTarget): SyncTarget {
  return {
    ...target,
    ...timeStatements(target),
    transaction: (work) => target.transaction((within) => work(timeStatements(within))),
  }
}

/** Clock ticks of Linux in a second. */
const TICKS = 100

/** The processor time of the server's process for a connection; unknown if it is on another machine, or not Linux. */
async function serverTime(target: Statements): Promise<string> {
  const [row] = await target.query<{ pid: number }>('select pg_backend_pid() as pid')
  const stat = await readFile(`/proc/${row?.pid}/stat`, 'utf8').catch(() => '')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  return stat === '' ? 'unknown' : `${(ticks / TICKS).toFixed(1)} s`
}

async function createDatabase(name: string): Promise<string> {
  const admin = await openDatabase({ url: server as string })
  await admin.execute(`create database ${name} encoding 'UTF8' template template0`)
  await admin.close()
  const url = new URL(server as string)
  url.pathname = `/${name}`
  return url.href
}

async function dropDatabase(name: string): Promise<void> {
  const admin = await openDatabase({ url: server as string })
  await admin.execute(`drop database if exists ${name} with (force)`)
  await admin.close()
}

function expectEqual(what: string, came: number, expected: number): void {
  if (came !== expected) throw new Error(`${what}: expected ${expected}; came ${came}`)
}

const suffix = randomBytes(4).toString('hex')
const names = [`istmo_bench_old_${suffix}`, `istmo_bench_new_${suffix}`] as const
const folder = await mkdtemp(join(tmpdir(), 'istmo-bench-sync-'))
try {
  const [oldUrl, newUrl] = [await createDatabase(names[0]), await createDatabase(names[1])]
  const old = await openDatabase({ url: oldUrl })
  await old.execute(fillOldDatabase(persons))
  const db = await openDatabase({ url: newUrl })
  await migrate(db, await loadDomains(DOMAINS))
  await bindCountry(db, 'GT')
  const path = join(folder, 'GT.mapping.yaml')
  await writeFile(path, oldMapping(oldUrl))
  const mapping = readMappingFile(path, 'en')

  const run = async (title: string, since: 'LAST' | null): Promise<SyncResult> => {
    console.log(`\n${title}`)
    const target = timeTarget(await openServerTarget(newUrl, 'GT'))
    const startedAt = performance.now()
    const before = process.cpuUsage()
    let section = ''
    let sectionAt = startedAt
    let peak = 0
    let rows = 0
    const close = (next: string): void => {
      const now = performance.now()
      if (section !== '')
        console.log(
          `  ${((now - sectionAt) / 1000).toFixed(1).padStart(6)} s  ${section} (${rows.toLocaleString('en-GB')} rows)`,
        )
      section = next
      sectionAt = now
      rows = 0
    }
    const result = await runSync({
      ...{
        mapping,
        name: 'GT',
        target,
        since,
        isDryRun: false,
        allowsShrink: false,
        allowsOpening: true,
        refused: undefined,
        by: 'bench',
      },
      ...{ legalBasis: [], language: 'en', env: {}, now: Date.now },
      progress: {
        read(place, read) {
          if (section !== place) close(place)
          rows = read
          peak = Math.max(peak, process.memoryUsage().rss)
        },
        step: (step) => close(step),
      },
    })
    close('')
    const spent = await serverTime(target)
    await target.close()
    await refreshStatistics(db)
    const seconds = (performance.now() - startedAt) / 1000
    const own = process.cpuUsage(before)
    console.log(
      `  ${seconds.toFixed(1)} s in all; ${Math.round(peak / 1024 / 1024)} MB of memory at most; ` +
        `processor time: this process ${((own.user + own.system) / 1e6).toFixed(1)} s, the server ${spent} of the target`,
    )
    for (const { kind, created, changed, deleted, refused } of result.kinds) {
      console.log(`  ${kind}: ${created} new, ${changed} changed, ${deleted} deleted, ${refused} refused`)
    }
    return result
  }
  const totalOf = (result: SyncResult, what: 'created' | 'changed' | 'deleted'): number =>
    result.kinds.reduce((sum, kind) => sum + kind[what], 0)

  const sizes = sizesOf(persons)
  await run('First run', null)
  const [rows] = await db.query<Record<string, number>>(
    `select (select count(*)::int from persons.person) as persons, (select count(*)::int from persons.person_name) as names,
       (select count(*)::int from cases.participant) as participants, (select count(*)::int from cases.case_file) as cases`,
  )
  expectEqual('persons', rows?.persons ?? 0, sizes.persons)
  expectEqual('names', rows?.names ?? 0, sizes.persons)
  expectEqual('participants', rows?.participants ?? 0, sizes.participants)
  expectEqual('cases', rows?.cases ?? 0, sizes.cases)
  const same = await run('Nothing changed', null)
  expectEqual('changes', totalOf(same, 'created') + totalOf(same, 'changed') + totalOf(same, 'deleted'), 0)
  await old.execute(
    `update persona set apellidos = 'Cambiado ' || apellidos, fec_modificacion = timestamp '2026-01-01' where id_persona % 100 = 0`,
  )
  const few = await run('One person in a hundred changed', null)
  expectEqual(
    'changed names',
    few.kinds.find(({ kind }) => kind === 'persons.names')?.changed ?? 0,
    Math.floor(persons / 100),
  )
  await old.execute(
    `update persona set nombres = 'Nuevo ' || nombres, fec_modificacion = timestamp '2026-01-02' where id_persona % 1000 = 0`,
  )
  const incremental = await run('Incremental, one person in a thousand changed', 'LAST')
  expectEqual(
    'changed names',
    incremental.kinds.find(({ kind }) => kind === 'persons.names')?.changed ?? 0,
    Math.floor(persons / 1000),
  )
  await db.close()
  await old.close()
} finally {
  for (const name of names) await dropDatabase(name)
  await rm(folder, { recursive: true, force: true })
}
