/**
 * `npm run bench:trust`: measures what it costs that a country believes an officer's own country, and not the gateway (docs/design/trust.md).
 * One run compares, in turn, gateways and nodes as production had them before there were authorities, with country tokens, with signed questions,
 * and with TLS between gateway and nodes; then the first question of officers whom nobody has seen yet. Everything is a real process over real
 * HTTP, except that each node has its records from memory. `--quick` takes shorter windows. `--profile FOLDER` writes CPU profiles of gateways and
 * of the first node of each dress. `--was FOLDER` also runs the gateway and nodes of an earlier version, in a clone of this repository.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { createProvider } from '../../tests/tokens/identity-provider.ts'
import { type BenchAuthority, startBenchAuthority } from './authority.ts'
import { type ColdContender, coldTable, measureCold } from './cold.ts'
import { type Dressed, type DressedNodes, type DressPlan, type Ground, startGatewayOver, startNodes } from './dress.ts'
import { type Contender, type HotPlan, hotTable, measure } from './hot.ts'
import { officerBefore } from './officers.ts'
import { watchOtherWork } from './other-work.ts'
import { end, endWithBench, type Pins, pin, type Running, startProgram } from './processes.ts'
import { COUNTRIES, NESTED, ONE_FIELD, type Question } from './questions.ts'

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    profile: { type: 'string' },
    was: { type: 'string' },
    'gateway-cores': { type: 'string', default: '0' },
    'other-cores': { type: 'string', default: cpus().length > 1 ? `1-${cpus().length - 1}` : '0' },
  },
})
const pins: Pins = { gateways: flags['gateway-cores'], others: flags['other-cores'] }
const HOT: HotPlan = flags.quick
  ? { rounds: 3, windowMs: 1_000, warmUp: (question) => (question === NESTED ? 60 : 400) }
  : { rounds: 9, windowMs: 1_500, warmUp: (question) => (question === NESTED ? 1_500 : 8_000) }
const COLD = flags.quick ? { officers: 5, roundTrips: [0, 40] } : { officers: 20, roundTrips: [0, 40] }

/** The dress of an earlier version. */
const WAS = 'was'

/** How many officers take turns. */
const OFFICERS = 8
const SUBJECTS = Array.from({ length: OFFICERS }, (_, at) => `officer-${at}`)

const closing: (() => Promise<void>)[] = []
const all: Running[] = []
let roundTripMs = 0

async function keep<Opened extends { close(): Promise<void> }>(opening: Promise<Opened>): Promise<Opened> {
  const opened = await opening
  closing.push(() => opened.close())
  return opened
}

function plan(name: string, over: Partial<DressPlan> = {}): DressPlan {
  const { profile } = flags
  const nodeFlags = (process: string): readonly string[] =>
    profile === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${profile}`, `--cpu-prof-name=${name}-${process}.cpuprofile`]
  return { name, hasAuthority: true, questions: 'any', countries: COUNTRIES.slice(0, 2), nodeFlags, ...over }
}

async function startAll(): Promise<{
  readonly ground: Ground
  readonly nodes: Readonly<Record<string, DressedNodes>>
}> {
  const authority: BenchAuthority = await keep(startBenchAuthority(pins, () => roundTripMs))
  const records = await startProgram(pins.others, ['bench/trust/records.ts'], /^(\d+)$/m)
  closing.push(() => end(records))
  const provider = await createProvider('GT', authority.folder)
  const ground = { pins, authority, provider, records: `http://127.0.0.1:${records.said}` }
  all.push(authority.running, records)
  const nodes: Record<string, DressedNodes> = {}
  for (const dress of [
    plan('before', { hasAuthority: false, countries: COUNTRIES }),
    ...(flags.was === undefined ? [] : [plan(WAS, { hasAuthority: false, project: flags.was })]),
    plan('any', { countries: COUNTRIES }),
    plan('signed', { questions: 'signed' }),
    plan('tls', { hasTls: true }),
  ]) {
    const started = await keep(startNodes(ground, dress))
    nodes[dress.name] = started
    all.push(...started.nodes)
  }
  return { ground, nodes }
}

async function startGateways(ground: Ground, nodes: Readonly<Record<string, DressedNodes>>) {
  const started: Record<string, Dressed> = {}
  for (const [name, own] of Object.entries(nodes)) {
    const hot = { ...own, ports: new Map([...own.ports].slice(0, 2)), nodes: own.nodes.slice(0, 2) }
    started[name] = await keep(startGatewayOver(ground, hot, 'hot'))
    all.push((started[name] as Dressed).gateway)
  }
  return started as Readonly<Record<'before' | 'any' | 'signed' | 'tls', Dressed>> & { readonly [WAS]?: Dressed }
}

async function measureHot({ authority, provider }: Ground, dressed: Awaited<ReturnType<typeof startGateways>>) {
  const before = {
    bearer: await Promise.all(SUBJECTS.map((subject) => officerBefore(provider, subject, 'bearer'))),
    bound: await Promise.all(SUBJECTS.map((subject) => officerBefore(provider, subject, 'bound'))),
  }
  const after = {
    bearer: await Promise.all(SUBJECTS.map((subject) => authority.officer(subject, 'bearer'))),
    bound: await Promise.all(SUBJECTS.map((subject) => authority.officer(subject, 'bound'))),
  }
  const rowsOf = (question: Question, leastSigned: number): readonly Contender[] => {
    const bearer = { question, way: 'bearer' as const }
    const contend = (name: string, over: Omit<Contender, 'name' | 'windows' | 'question'>): Contender => ({
      ...{ name, question, windows: [], ...over },
    })
    const base = contend('before', {
      ...bearer,
      dressed: dressed.before,
      officers: before.bearer,
      base: null,
      least: null,
    })
    const any = contend('any', { ...bearer, dressed: dressed.any, officers: after.bearer, base, least: 0.95 })
    const proof = contend('before, with proofs', {
      ...{ dressed: dressed.before, way: 'proof', officers: before.bound, base, least: null },
    })
    const signed = contend('signed', {
      ...{ dressed: dressed.signed, way: 'signed', officers: after.bound, base, least: leastSigned },
    })
    const tls = contend('any, with TLS', {
      ...{ ...bearer, dressed: dressed.tls, officers: after.bearer, base: any, least: null },
    })
    if (dressed[WAS] === undefined) return [base, any, signed, proof, tls]
    const was = contend(WAS, {
      ...{ ...bearer, dressed: dressed[WAS], officers: before.bearer, mayLack: true, base: null, least: null },
    })
    const besideWas = (name: string, one: Contender): Contender => ({ ...one, name, base: was, windows: [] })
    return [
      base,
      any,
      signed,
      proof,
      tls,
      was,
      besideWas('any, beside was', any),
      besideWas('signed, beside was', signed),
    ]
  }
  const contenders = [...rowsOf(ONE_FIELD, 0.6), ...rowsOf(NESTED, 0.85)]
  await measure(contenders, HOT)
  return hotTable(contenders)
}

async function measureFirst(ground: Ground, nodes: Readonly<Record<string, DressedNodes>>): Promise<string> {
  const { authority, provider } = ground
  const open = async (own: DressedNodes | undefined): Promise<Dressed> => {
    if (own === undefined) throw new Error('expected nodes; came none')
    const opened = await keep(startGatewayOver(ground, own, 'cold', () => roundTripMs))
    all.push(opened.gateway)
    return opened
  }
  const [before, after] = [await open(nodes.before), await open(nodes.any)]
  const base: ColdContender = {
    ...{ name: 'before', dressed: before, way: 'bearer', base: null, times: new Map() },
    newOfficer: (subject) => officerBefore(provider, subject, 'bearer'),
  }
  const any: ColdContender = {
    ...{ name: 'any', dressed: after, way: 'bearer', base, times: new Map() },
    newOfficer: (subject) => authority.officer(subject, 'bearer'),
  }
  const signed: ColdContender = {
    ...{ name: 'signed', dressed: after, way: 'signed', base, times: new Map() },
    newOfficer: (subject) => authority.officer(subject, 'bound'),
  }
  const contenders = [base, any, signed]
  const first = await measureCold(contenders, COLD, (ms) => {
    roundTripMs = ms
  })
  return coldTable(contenders, first)
}

endWithBench()
try {
  const { ground, nodes } = await startAll()
  const gateways = await startGateways(ground, nodes)
  pin(pins.others, process.pid)
  const othersHot = watchOtherWork(() => all)
  const hot = await measureHot(ground, gateways)
  const hotShare = othersHot()
  const cold = await measureFirst(ground, nodes)
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Linux, Node ${process.versions.node}`
  process.stdout.write(
    `${machine}; other work took ${(hotShare * 100).toFixed(0)} % of the processors\n\n${hot}\n${cold}`,
  )
} finally {
  for (const close of closing.reverse())
    await close().catch((error: unknown) => process.stderr.write(`${String(error)}\n`))
}
