/**
 * `npm run bench:node`: the national node over PostgreSQL beside a plain Apollo Server subgraph over the same tables, and beside PostgreSQL's own
 * time, in one run and in turn (bench/README.md). A complete run writes `NODE.md`. Exits with 1 if the two answer differently.
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { request } from 'undici'
import { runCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { canonicalText, checkSame } from '../gateways/equal.ts'
import { choiceOption, coresOption, OUT, ROUNDS, SECONDS } from '../gateways/options.ts'
import { watchOthers } from '../gateways/usage.ts'
import type { RawRequest } from '../gateways/wrk.ts'
import { startBenchAuthority } from '../trust/authority.ts'
import { endWithBench, type Pins } from '../trust/processes.ts'
import { CONNECTIONS, type NodeContender, startContenders } from './contenders.ts'
import { fillDatabases, SIZE } from './fill.ts'
import { createLegs } from './legs.ts'
import { COUNTRY, makeOperations, type NodeOperation, SEARCHED_PERSONS, VARIANTS } from './operations.ts'
import { type Measured, writePage } from './page.ts'
import { type BenchServer, startPostgres } from './postgres.ts'

const PAGE = join(import.meta.dirname, '..', 'NODE.md')
const NAMES = ['entities', 'page', 'search']
const SCOPES = ['case:read', 'person:read']
const WARM_UP_SECONDS = 3

const NODE = {
  name: 'npm run bench:node --',
  description: 'Compares the national node over PostgreSQL with a plain subgraph. A complete run writes NODE.md.',
  options: {
    only: choiceOption('only', 'operations', NAMES),
    seconds: SECONDS,
    rounds: ROUNDS,
    folder: {
      flag: 'folder',
      value: 'folder',
      meaning: 'where the databases are kept for the next run; default: they are removed',
    },
    profile: { flag: 'profile', value: 'folder', meaning: 'where the node writes CPU profiles' },
    out: OUT,
    ownCores: coresOption('own-cores', 'node, plain subgraph and bare client', '0'),
    otherCores: coresOption('other-cores', 'PostgreSQL and wrk', '1'),
  },
} as const satisfies CommandSpec

interface Options {
  readonly only: readonly string[]
  readonly seconds: number
  readonly rounds: number
  readonly folder: string | undefined
  readonly profile: string | undefined
  readonly out: string | undefined
  readonly ownCores: string
  readonly otherCores: string
}

/** Checks that the two give equal answers to each variant. @throws {Error} if they do not. */
async function compareAnswers(
  operation: NodeOperation,
  contenders: readonly NodeContender[],
  legs: readonly RawRequest[],
) {
  const ports = contenders.flatMap(({ port }) => (port === null ? [] : [port]))
  for (const leg of legs) {
    const [own, plain] = await Promise.all(ports.map((port) => ask(port, leg)))
    if (own === undefined || plain === undefined) throw new Error('expected two that answer')
    const { data } = JSON.parse(plain.text) as { readonly data?: unknown }
    if (plain.status !== 200 || data === undefined) throw new Error(`${operation.name}: came ${plain.text}`)
    checkSame(own, { data: canonicalText(data), denied: [] })
  }
}

async function ask(port: number, { path = '/', headers, body }: RawRequest) {
  const all = { ...headers, 'content-type': 'application/json' }
  const answer = await request(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers: all, body })
  return { status: answer.statusCode, text: await answer.body.text() }
}

async function measure(
  operation: NodeOperation,
  contenders: readonly NodeContender[],
  { seconds, rounds }: Options,
): Promise<Measured> {
  for (const { load } of contenders) await load(Math.min(seconds, WARM_UP_SECONDS))
  const windows = new Map(
    contenders.map((contender) => [contender, [] as Measured['rows'][number]['windows'][number][]]),
  )
  for (let round = 0; round < rounds; round++) {
    for (const [{ name, load }, all] of windows) {
      const others = watchOthers()
      const window = await load(seconds)
      all.push({ ...window, otherShare: others() })
      const { perSecond, cpuUs, postgresUs } = window
      process.stderr.write(
        `${operation.name}, round ${round + 1}: ${name}: ${perSecond.toFixed(0)} a second, CPU ${cpuUs.toFixed(0)} µs each, PostgreSQL ${postgresUs.toFixed(0)} µs\n`,
      )
    }
  }
  return {
    operation: operation.name,
    what: operation.what,
    rows: [...windows].map(([{ name, title }, all]) => ({ name, title, windows: all })),
  }
}

async function run(options: Options, server: BenchServer, pins: Pins, folder: string): Promise<readonly Measured[]> {
  await fillDatabases(server)
  const operations = await makeOperations(server.urlOf('istmo_bench_country'))
  const wanted = operations.filter(({ name }) => options.only.includes(name))
  const closing: (() => Promise<void>)[] = []
  try {
    const authority = await startBenchAuthority(pins, () => 0, { countries: [COUNTRY], scopes: SCOPES })
    closing.push(authority.close)
    const legs = await createLegs(authority, SCOPES)
    closing.push(legs.close)
    const ground = { pins, folder, server, authority, scopes: SCOPES, legs, profile: options.profile }
    const contenders = await startContenders(ground, wanted, closing)
    const measured: Measured[] = []
    for (const [operation, own] of contenders) {
      await compareAnswers(operation, own, await legs.make(operation, VARIANTS))
      measured.push(await measure(operation, own, options))
    }
    return measured
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

function describeSetup({ seconds, rounds }: Options, { version }: BenchServer, pins: Pins): readonly string[] {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const [cpu] = cpus()
  return [
    `Istmo at ${commit}, on ${new Date().toISOString().slice(0, 10)}; ${version}.`,
    `${cpus().length} × ${cpu?.model.trim()}, Linux ${release()}, Node ${process.versions.node}. Node, plain subgraph and bare client on core ${pins.gateways}, PostgreSQL and wrk on core ${pins.others}.`,
    `${CONNECTIONS} connections, ${rounds} rounds of ${seconds} s each, in turn. The medians of the rounds; ratios are those of one round.`,
    `A generated country of ${SIZE.cases.toLocaleString('en')} cases and ${SIZE.persons.toLocaleString('en')} persons; names are searched for among ${SEARCHED_PERSONS.toLocaleString('en')}. ${VARIANTS} variants of each question.`,
  ]
}

async function bench(options: Options): Promise<number> {
  const pins = { gateways: options.ownCores, others: options.otherCores }
  const folder = await mkdtemp(join(tmpdir(), 'istmo-bench-node-'))
  const server = await startPostgres(options.folder, pins.others)
  try {
    const page = writePage(describeSetup(options, server, pins), await run(options, server, pins, folder))
    const out = options.out ?? (options.only.length === NAMES.length ? PAGE : undefined)
    if (out !== undefined) await writeFile(out, page)
    process.stdout.write(page)
    return 0
  } finally {
    await server.close()
    await rm(folder, { recursive: true })
  }
}

endWithBench()
await runCommand(NODE, process.argv.slice(2), ({ folder, profile, out, ...options }) =>
  bench({ ...options, folder, profile, out }),
)
