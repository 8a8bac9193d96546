/**
 * `npm run bench:fairness-nodes`: how long a bystander waits while one officer, or somebody without a token, asks for what is dear, each against the
 * bystander's own quiet time. A gateway and three nodes in production dress, each node over PostgreSQL with 20,000 cases. Exits with 1 if a bound is missed,
 * or if an answer to the bystander is not the right one: one that lacks a country is not.
 */
import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { cpus, release } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { runCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { choiceOption, coresOption, OUT, SECONDS } from '../gateways/options.ts'
import { watchOthers } from '../gateways/usage.ts'
import { fillDatabases, fillGenerated, SIZE } from '../node/fill.ts'
import { type BenchServer, startPostgres } from '../node/postgres.ts'
import { type BenchAuthority, startBenchAuthority } from '../trust/authority.ts'
import { type Dressed, startGatewayOver, startNodes } from '../trust/dress.ts'
import { endWithBench, type Pins } from '../trust/processes.ts'
import { row } from '../trust/table.ts'
import type { Attack, AttackKind, Tally } from './attack.ts'
import { type Asking, askHot, quantile, type Seen, watch } from './bystander.ts'
import { NICE, startPinned } from './world.ts'

const COUNTRIES = ['GT', 'HN', 'SV']
const SCOPES = ['case:read', 'case:count', 'person:read', 'person:hit']

const ALL_CORES = cpus()
  .map((_, core) => core)
  .join(',')

/** How often the bystander asks a second. */
const PER_SECOND = 10

/** How many times the quiet p99 the bystander may wait. */
const MOST_P99 = 3

/** An attack. `perSecond` and `requests`: undefined and null for as many as the clients can. */
interface Case {
  readonly kind: AttackKind
  readonly clients: number
  readonly hasToken: boolean
  readonly perSecond?: number
  readonly requests?: number
  readonly most?: number
}

const CASES: Readonly<Record<string, Case>> = {
  '40 aliases of dualCriminality': { kind: 'dual criminality', clients: 8, hasToken: true, perSecond: 10 },
  '20 aliases of caseCounts': { kind: 'case count aliases', clients: 2, hasToken: true },
  'caseCounts at 30 a second': { kind: 'case counts', clients: 30, hasToken: true, perSecond: 30 },
  'ten lists of 500 names': { kind: 'lists of names', clients: 10, hasToken: true, requests: 10 },
  'dualCriminality without a token': { kind: 'dual criminality', clients: 8, hasToken: false, perSecond: 10 },
  'new documents': { kind: 'new statutes', clients: 20, hasToken: true, most: 4 },
}

/** The question of the bystander: a page of the cases of all countries. */
const QUESTION = `query ($countries: [CountryCode!], $first: Int) { cases(countries: $countries, first: $first) {
  edges { node { id country status filedOn court category offences { iccs nationalLabel } } } outcomes { country reach code } } }`
const BODY = JSON.stringify({ query: QUESTION, variables: { countries: COUNTRIES, first: 20 } })

const FAIRNESS = {
  name: 'npm run bench:fairness-nodes --',
  description: 'Measures how long a caller waits while another caller asks nodes for what is dear.',
  options: {
    only: choiceOption('only', 'attacks', Object.keys(CASES)),
    seconds: { ...SECONDS, default: '30' },
    folder: {
      flag: 'folder',
      value: 'folder',
      meaning: 'where the databases are kept for the next run; default: they are removed',
    },
    out: OUT,
    // In production each country has a machine of its own: here the nodes share all cores, with one another and with the gateway.
    gatewayCores: coresOption('gateway-cores', 'the gateway', ALL_CORES),
    otherCores: coresOption('other-cores', 'all other processes', ALL_CORES),
  },
} as const satisfies CommandSpec

/** What one attack did to the bystander. */
interface Measured {
  readonly name: string
  readonly most: number
  readonly quiet: Seen
  readonly attacked: Seen
  readonly tally: Tally
  /** Which share of the machine other work took. */
  readonly otherShare: number
}

interface World {
  readonly pins: Pins
  readonly authority: BenchAuthority
  readonly dressed: Dressed
}

async function measure(name: string, world: World, seconds: number): Promise<Measured> {
  const { kind, clients, hasToken, perSecond, requests = null, most = MOST_P99 } = CASES[name] as Case
  const { authority, dressed } = world
  const others = watchOthers()
  const [bystander, attacker, first] = await Promise.all(
    [name, `attacker ${name}`, `first ${name}`].map((who) => authority.officer(who, 'bearer')),
  )
  const asking: Asking = { pool: dressed.pool, token: bystander?.token ?? '', body: BODY, perSecond: PER_SECOND }
  // The second answer comes from the caches that a known question has.
  await askHot(asking)
  const expected = await askHot(asking)
  checkWhole(expected)
  const sent = { url: dressed.gateway.said, kind, seed: `${name} ${Date.now()}` }
  // A node that runs for a while has compiled what such a question needs.
  await attack(world.pins, { ...sent, clients: 1, requests: 1, seconds: 30, tokens: [first?.token ?? ''] })
  const quiet = await watch(asking, expected, seconds)
  const plan: Attack = {
    ...{ ...sent, clients, requests, seconds: seconds + 2 },
    ...{ tokens: [hasToken ? (attacker?.token ?? '') : ''], ...(perSecond !== undefined && { perSecond }) },
  }
  const attacking = attack(world.pins, plan)
  await sleep(1_000)
  const attacked = await watch(asking, expected, seconds)
  const tally = await attacking
  dressed.check()
  return { name, most, quiet, attacked, tally, otherShare: others() }
}

/** Checks that each country has answered. @throws {Error} if one has not. */
function checkWhole(answer: string): void {
  const { data, errors } = JSON.parse(answer)
  const reaches = String(data?.cases?.outcomes?.map(({ reach }: { readonly reach: string }) => reach))
  if (errors === undefined && data?.cases?.edges?.length === 20 && reaches === COUNTRIES.map(() => 'ANSWERED').join())
    return
  throw new Error(`expected an answer of all countries; came ${answer.slice(0, 500)}`)
}

/** Runs the attackers in a process of their own, which gets its turn last. */
async function attack({ others }: Pins, plan: Attack): Promise<Tally> {
  const child = startPinned(others, [join(import.meta.dirname, 'attack.ts')], process.env, NICE)
  child.stdin?.end(JSON.stringify(plan))
  return (await json(child.stdout ?? process.stdin)) as Tally
}

const p99 = ({ latencies }: Seen): number => quantile(latencies, 0.99)

/** Says what an attack has shown: `holds`, or what is wrong. */
function judge({ most, quiet, attacked }: Measured): string {
  const wrong = [quiet, attacked].flatMap((seen) => Object.values(seen.wrong)).reduce((sum, count) => sum + count, 0)
  if (wrong > 0) return `MISSED: ${wrong} wrong answers`
  return p99(attacked) <= most * p99(quiet) ? 'holds' : 'MISSED'
}

function writePage(setup: readonly string[], measured: readonly Measured[]): string {
  const lines = measured.map((one) => {
    const { name, most, quiet, attacked, tally, otherShare } = one
    const times = [quiet, attacked].flatMap((seen) => [quantile(seen.latencies, 0.5).toFixed(0), p99(seen).toFixed(0)])
    const got = Object.entries(tally.answers).map(([key, count]) => `${key}: ${count}`)
    const ratio = `${(p99(attacked) / p99(quiet)).toFixed(1)} (${most})`
    return row(name, ...times, ratio, judge(one), got.join(', ') || 'no answer', (otherShare * 100).toFixed(0))
  })
  const faults = measured.flatMap(({ name, quiet, attacked }) =>
    [quiet, attacked].flatMap((seen) =>
      Object.entries(seen.wrong).map(([fault, count]) => `- ${name}, ${count} times: ${fault}\n`),
    ),
  )
  const head = [
    'while',
    'quiet: p50 ms',
    'p99 ms',
    'attacked: p50 ms',
    'p99 ms',
    'p99 ÷ quiet (most)',
    '',
    'what the attacker got',
    'other work %',
  ]
  const wrong = faults.length === 0 ? '' : `\n## Wrong answers\n\n${faults.join('')}`
  return `# A bystander beside dear questions\n\nWritten by \`npm run bench:fairness-nodes\`; [README.md](README.md), Fairness over nodes, says how it measures.\n\n${setup
    .map((line) => `- ${line}\n`)
    .join('')}\n${row(...head)}|${'---|'.repeat(head.length)}\n${lines.join('')}${wrong}`
}

function describeSetup(pins: Pins, { version }: BenchServer, seconds: number): readonly string[] {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  return [
    `Istmo at ${commit}, on ${new Date().toISOString().slice(0, 10)}; ${version}.`,
    `${cpus().length} × ${cpus()[0]?.model.trim()}, Linux ${release()}, Node ${process.versions.node}. The gateway on ${pins.gateways}, all others on ${pins.others} of the cores.`,
    `${COUNTRIES.length} countries, each with ${SIZE.cases.toLocaleString('en')} cases and ${SIZE.persons.toLocaleString('en')} persons. ${PER_SECOND} questions a second in windows of ${seconds} s.`,
  ]
}

async function run(server: BenchServer, pins: Pins, only: readonly string[], seconds: number) {
  const databaseOf = (country: string): string => `istmo_fairness_${country.toLowerCase()}`
  await fillDatabases(
    server,
    Object.fromEntries(COUNTRIES.map((country) => [databaseOf(country), (url: string) => fillGenerated(url, country)])),
  )
  const closing: (() => Promise<void>)[] = []
  try {
    const authority = await startBenchAuthority(pins, () => 0, { countries: COUNTRIES, scopes: SCOPES })
    closing.push(authority.close)
    const ground = { pins, authority }
    const nodes = await startNodes(ground, {
      ...{ name: 'fairness', hasAuthority: true, questions: 'any', countries: COUNTRIES, hasOwnRates: true },
      ...{ scopesOf: () => SCOPES, flags: ['--anonymous'], databaseOf: (country) => server.urlOf(databaseOf(country)) },
    })
    closing.push(nodes.close)
    const dressed = await startGatewayOver(ground, nodes, 'gateway')
    closing.push(dressed.close)
    const measured: Measured[] = []
    for (const name of only) {
      const one = await measure(name, { pins, authority, dressed }, seconds)
      process.stderr.write(
        `${name}: p99 ${p99(one.quiet).toFixed(0)} → ${p99(one.attacked).toFixed(0)} ms, ${judge(one)}\n`,
      )
      measured.push(one)
    }
    return measured
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

endWithBench()
await runCommand(FAIRNESS, process.argv.slice(2), async ({ only, seconds, folder, out, gatewayCores, otherCores }) => {
  const pins = { gateways: gatewayCores, others: otherCores }
  const server = await startPostgres(folder, otherCores)
  try {
    const measured = await run(server, pins, only, seconds)
    const page = writePage(describeSetup(pins, server, seconds), measured)
    if (out !== undefined) await writeFile(out, page)
    process.stdout.write(page)
    return measured.every((one) => judge(one) === 'holds') ? 0 : 1
  } finally {
    await server.close()
  }
})
