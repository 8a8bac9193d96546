/**
 * `npm run bench:weights`: compares the weight of each field (contract/weights.ts) with the processor time that a node in production dress and its PostgreSQL
 * take for it, over 20,000 cases. Exits with 1 if one is not within a factor of {@link BOUND}, or if a field has a weight and no probe.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'undici'
import { FIELD_WEIGHTS, MICROSECONDS_PER_COST } from '../../contract/weights.ts'
import { runCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { coresOption, OUT } from '../gateways/options.ts'
import { cpuOfTree } from '../gateways/usage.ts'
import type { RawRequest } from '../gateways/wrk.ts'
import { startNode } from '../node/contenders.ts'
import { fillDatabases, fillGenerated, SIZE } from '../node/fill.ts'
import { createLegs, type Legs } from '../node/legs.ts'
import { COUNTRY, type LegOperation } from '../node/operations.ts'
import { type BenchServer, startPostgres } from '../node/postgres.ts'
import { startBenchAuthority } from '../trust/authority.ts'
import { end, endWithBench, type Pins } from '../trust/processes.ts'
import { row } from '../trust/table.ts'
import { makeProbes, NOT_ASKED, type Probe } from './probes.ts'

/** How many times more, or less, than its weight a field may cost. */
const BOUND = 3

/** Below this, in microseconds a call, a field costs next to nothing, and the hundredths of a second in which Linux counts say no more. */
const FLOOR_US = 2 * MICROSECONDS_PER_COST

/** How much processor time a measurement takes at least, in milliseconds, and how many legs at most. */
const ENOUGH = { ms: 300, legs: 200 }

const SCOPES = [
  ...['case:read', 'case:count', 'warrant:read', 'mla:read', 'person:read', 'person:hit'],
  ...['person:identifiers', 'person:associates'],
]

const WEIGHTS = {
  name: 'npm run bench:weights --',
  description: 'Compares the weight of each field with the processor time of a node and its PostgreSQL.',
  options: {
    only: {
      flag: 'only',
      value: 'text',
      meaning: 'measures only the fields whose coordinate fits this regular expression',
    },
    folder: {
      flag: 'folder',
      value: 'folder',
      meaning: 'where the database is kept for the next run; default: it is removed',
    },
    out: OUT,
    ownCores: coresOption('own-cores', 'the node', '0'),
    otherCores: coresOption('other-cores', 'PostgreSQL and the sender', '1'),
  },
} as const satisfies CommandSpec

/** What was measured of a field. `objects`: of the answer, for each call. */
interface Measured {
  readonly field: string
  readonly weight: number
  readonly objects: number
  readonly expectedUs: number
  readonly measuredUs: number
}

/** One that answers legs, and counts the processor time that they take. */
interface Bench {
  readonly legs: Legs
  readonly pool: Pool
  readonly cpuMs: () => number
}

/** Sends legs until enough processor time was taken. @returns the microseconds of one leg, and how many objects an answer has. */
async function measureLeg({ legs, pool, cpuMs }: Bench, operation: LegOperation) {
  let sent = 0
  let objects = 0
  const send = async ({ path = '/', headers, body }: RawRequest): Promise<void> => {
    const all = { ...headers, 'content-type': 'application/json' }
    const answer = await pool.request({ path, method: 'POST', headers: all, body })
    const text = await answer.body.text()
    const { data, errors } = JSON.parse(text)
    if (answer.statusCode !== 200 || errors !== undefined || data === undefined) {
      throw new Error(`${operation.query.slice(0, 300)}: expected an answer; came ${text.slice(0, 500)}`)
    }
    objects = countObjects(data) - 1
  }
  for (const leg of await legs.make(operation, 4)) await send(leg)
  const from = cpuMs()
  while (cpuMs() - from < ENOUGH.ms && sent < ENOUGH.legs) {
    const some = await legs.make(operation, 4)
    sent += some.length
    await Promise.all(some.map(send))
  }
  return { us: ((cpuMs() - from) * 1_000) / sent, objects }
}

function countObjects(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const below = Object.values(value).reduce<number>((sum, each) => sum + countObjects(each), 0)
  return Array.isArray(value) ? below : below + 1
}

async function measure(
  bench: Bench,
  probe: Probe,
  bases: Map<string, Promise<{ us: number; objects: number }>>,
): Promise<Measured> {
  const { field, calls, items } = probe
  const key = JSON.stringify([probe.base.domain, probe.base.query])
  const measuring = bases.get(key) ?? measureLeg(bench, probe.base)
  bases.set(key, measuring)
  const base = await measuring
  const leg = await measureLeg(bench, probe.leg)
  const objects = (leg.objects - base.objects) / calls
  const byItem = Object.entries(FIELD_WEIGHTS).find(([coordinate]) => coordinate.startsWith(`${field}(`))?.[1] ?? 0
  const weight = (FIELD_WEIGHTS[field] ?? 0) + (byItem * items) / calls
  return {
    ...{ field, weight, objects, expectedUs: (weight + objects) * MICROSECONDS_PER_COST },
    measuredUs: (leg.us - base.us) / calls,
  }
}

/** Whether the weight is right. What is dearer than it costs next to nothing, or costs next to nothing, is right too. */
function isRight({ expectedUs, measuredUs }: Measured): boolean {
  if (Math.max(expectedUs, measuredUs) <= FLOOR_US) return true
  const ratio = measuredUs / expectedUs
  return ratio <= BOUND && ratio >= 1 / BOUND
}

function writePage(measured: readonly Measured[], setup: string): string {
  const lines = measured.map((one) => {
    const { field, weight, objects, expectedUs, measuredUs } = one
    const ratio = (measuredUs / Math.max(1, expectedUs)).toFixed(2)
    return row(
      field,
      weight,
      objects.toFixed(1),
      expectedUs.toFixed(0),
      measuredUs.toFixed(0),
      ratio,
      isRight(one) ? '' : 'WRONG',
    )
  })
  const head = row('field', 'weight', 'objects a call', 'expected µs a call', 'measured µs a call', 'ratio', '')
  return `# Weights of fields\n\n${setup}\n\n${head}|${'---|'.repeat(7)}\n${lines.join('')}`
}

/** Checks that each field that has a weight is measured. @throws {Error} with those that are not. */
function checkComplete(probes: readonly Probe[]): void {
  const known = new Set([...probes.map(({ field }) => field), ...NOT_ASKED])
  const missing = Object.keys(FIELD_WEIGHTS).filter((coordinate) => !known.has(coordinate.replace(/\(.*/, '')))
  if (missing.length > 0) throw new Error(`expected a probe for each weight; none for ${missing.join(', ')}`)
}

async function run(server: BenchServer, pins: Pins, folder: string, only: string): Promise<readonly Measured[]> {
  const database = 'istmo_bench_country'
  await fillDatabases(server, { [database]: (url) => fillGenerated(url, COUNTRY) })
  const db = await openDatabase({ url: server.urlOf(database) })
  const all = await makeProbes(db).finally(() => db.close())
  checkComplete(all)
  const probes = all.filter(({ field }) => new RegExp(only, 'u').test(field))
  const closing: (() => Promise<void>)[] = []
  try {
    const authority = await startBenchAuthority(pins, () => 0, { countries: [COUNTRY], scopes: SCOPES })
    closing.push(authority.close)
    const ground = { pins, folder, server, authority, scopes: SCOPES, profile: undefined }
    const node = await startNode(ground, database, ['cases', 'persons', 'legal'])
    closing.push(() => end(node))
    const pool = new Pool(`http://127.0.0.1:${node.said}`, { connections: 4 })
    closing.push(() => pool.close())
    const pids = [Number(node.child.pid), server.pid]
    const cpuMs = (): number => pids.reduce((sum, pid) => sum + cpuOfTree(pid), 0)
    const bases = new Map<string, Promise<{ us: number; objects: number }>>()
    const measured: Measured[] = []
    for (const probe of probes) {
      // Access tokens live for minutes, and the node knows no mandate at first.
      const legs = await createLegs(authority, SCOPES)
      await legs.introduce(Number(node.said), probe.base)
      const one = await measure({ legs, pool, cpuMs }, probe, bases).finally(legs.close)
      process.stderr.write(`${one.field}: ${one.measuredUs.toFixed(0)} µs, expected ${one.expectedUs.toFixed(0)}\n`)
      measured.push(one)
    }
    return measured
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

endWithBench()
await runCommand(WEIGHTS, process.argv.slice(2), async ({ only = '', folder: kept, out, ownCores, otherCores }) => {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-bench-weights-'))
  const server = await startPostgres(kept, otherCores)
  try {
    const measured = await run(server, { gateways: ownCores, others: otherCores }, folder, only)
    const size = `${SIZE.cases.toLocaleString('en')} cases and ${SIZE.persons.toLocaleString('en')} persons`
    const page = writePage(measured, `${server.version}, ${size}; a cost of 1 is ${MICROSECONDS_PER_COST} µs.`)
    if (out !== undefined) await writeFile(out, page)
    process.stdout.write(page)
    return measured.every(isRight) ? 0 : 1
  } finally {
    await server.close()
    await rm(folder, { recursive: true })
  }
})
