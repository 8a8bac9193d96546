import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { readLog } from '../authority/read-log.ts'
import type { Act, Expected } from './acts/act.ts'
import { CALLERS, MANDATES, RIGHTS } from './acts/callers.ts'
import { EXCHANGES, KEYS } from './acts/keys.ts'
import { AUTHORITY, NODE, PROVIDER } from './acts/others.ts'
import { ASKED, CHANGED, OFTEN } from './acts/questions.ts'
import { REASONS, WITHOUT_REASON } from './acts/reasons.ts'
import { ANSWERS, STOPS } from './acts/stops.ts'
import { TOKENS } from './acts/tokens.ts'
import { type Captor, createCaptor } from './captor.ts'
import { isInLog, type Outcome } from './find-entry.ts'
import { keepOfficers, keepTraffic } from './kept.ts'
import { DOCUMENT, VARIABLES } from './question.ts'
import { readRemains } from './read-remains.ts'
import { startWorld, type World } from './world.ts'

/**
 * Somebody has captured the gateway: its leg key, its TLS key, the tokens that it kept and all traffic that passed through it. Everything else is as it
 * was: the authority, the nodes and the officers' tools. The captor tries, act by act, what the gateway could never do. Then other parts are captured.
 */

const CAPTURED = {
  gateway: [
    ...[...CALLERS, ...RIGHTS, ...MANDATES, ...ASKED, ...CHANGED, ...OFTEN],
    ...[...EXCHANGES, ...KEYS, ...STOPS, ...ANSWERS],
  ],
  authority: AUTHORITY,
  provider: PROVIDER,
  node: NODE,
  'authority that writes any token': TOKENS,
} as const satisfies Readonly<Record<string, readonly Act[]>>

type Questions = Captor['questions']

let world: World
let captors: Readonly<Record<Questions, Captor>>
/** What came of each act. */
const outcomes: Readonly<Record<Questions, Map<Act, Outcome>>> = { signed: new Map(), any: new Map() }

beforeAll(async () => {
  world = await startWorld()
})

/** How long what was kept is used, in milliseconds. It is good for five minutes, and a part of the story takes seconds. */
const KEEP_MS = 60_000
let keptAt = Number.NEGATIVE_INFINITY

/** Officers ask, and the captor keeps what passes, before each part of the story that begins later. */
async function keepAll(): Promise<void> {
  if (performance.now() - keptAt < KEEP_MS) return
  keptAt = performance.now()
  await askHonestly()
  const own = await keepTraffic(world)
  const byName = await keepOfficers(world)
  captors = { signed: createCaptor(world, 'signed', own, byName), any: createCaptor(world, 'any', own, byName) }
}
afterAll(() => world?.close())

/** An officer asks over both countries, and the tool finds that the countries signed all of the answer. */
async function askHonestly(): Promise<void> {
  const { status, data, errors, evidence } = await world.tool.ask(DOCUMENT, VARIABLES)
  expect([status, errors]).toEqual([200, undefined])
  expect(data).toMatchObject({ person: { sameAs: [{ id: 'GT:P-9', names: [{ full: 'Name of GT:P-9' }] }] } })
  expect(evidence?.unsigned).toEqual([])
  expect(evidence?.legs.map(({ reason }) => reason)).toEqual(evidence?.legs.map(() => null))
}

function expectedOf({ signed, any = signed }: Act, questions: Questions): Expected {
  return questions === 'any' ? any : signed
}

async function attack(act: Act, questions: Questions): Promise<void> {
  const expected = expectedOf(act, questions)
  const { where } = expected
  const logged = where === 'HN' || where === 'GT' ? world.lands[questions][where].logged : []
  const before = logged.length
  const tried = await act.attack(captors[questions])
  outcomes[questions].set(act, { tried, expected })
  const { code, data, text } = tried
  expect({ where: tried.where, code }, text).toEqual({ where, code: expected.code })
  if (code === 'ANSWERED') return
  expect(data ?? null).toBeNull()
  const reason = readReason(logged.slice(before))
  const isAtNode = expected.log === 'leg' || expected.log === 'count'
  if (isAtNode && !WITHOUT_REASON.includes(code))
    expect(reason).toContain(act.why ?? REASONS[act.title] ?? 'a reason of acts/reasons.ts')
}

/** Why a node rejected the last leg, as its own log says. */
function readReason(logged: Captor['world']['lands']['signed']['HN']['logged']): string {
  const line = logged.findLast(({ msg }) => msg === 'a leg was rejected')
  return ['coordinate', 'kind', 'reason', 'because', 'expected'].flatMap((name) => line?.[name] ?? []).join(' ')
}

describe('a captured gateway', () => {
  beforeAll(keepAll)

  it('can ask what the officer asked once more, which is all that its keys are good for', async () => {
    for (const of of ['judge', 'clerk', 'stopped', 'often'] as const) {
      const { leg, keptOf } = captors.signed
      expect(await leg({ of: keptOf(of) })).toMatchObject({ code: 'ANSWERED', data: { person: { id: 'HN:P-1' } } })
    }
    expect(await captors.signed.leg()).toMatchObject({ code: 'ANSWERED', data: { person: { id: 'HN:P-1' } } })
  })
})

const titled = (acts: readonly Act[]) => acts.map((act) => [act.title, act] as const)

describe.each(Object.entries(CAPTURED))('a captured %s, where questions must be signed,', (_, acts) => {
  beforeAll(keepAll)

  it.each(titled(acts))('tries %s', (_title, act) => attack(act, 'signed'))

  it('has not kept an honest officer from asking', askHonestly)
})

describe('a captured gateway, where a country takes `any` question,', () => {
  beforeAll(keepAll)

  it('is answered what the officer asked, without the question too', async () => {
    expect(await captors.any.leg()).toMatchObject({ code: 'ANSWERED', data: { person: { id: 'HN:P-1' } } })
  })

  it.each(titled(CAPTURED.gateway))('tries %s', (_, act) => attack(act, 'any'))

  it('can do what ARCHITECTURE.md says, and nothing else', async () => {
    const rows = await readRemains()
    const seen = CAPTURED.gateway.flatMap((act) => {
      const [signed, any] = [outcomes.signed.get(act), outcomes.any.get(act)]
      if (act.row === null || signed === undefined || any === undefined) return []
      return [{ row: act.row, signed: verdictOf(signed), any: verdictOf(any) }]
    })
    const shown = seen.map((one) => rows.find(({ row }) => row === one.row) ?? { row: one.row })
    expect(seen).toEqual(shown)
    expect([...new Set(seen.map(({ row }) => row))].sort()).toEqual(rows.map(({ row }) => row).sort())
    expect(seen).toHaveLength(CAPTURED.gateway.length)
  })
})

describe('the operator of a node', () => {
  const read = async (path: string): Promise<string> =>
    (await fetch(`${world.lands.any.HN.node.operatorUrl}${path}`)).text()

  it('sees what is suspended, whose authority is silent, when certificates end, and what nobody need sign', async () => {
    const { suspend, suspender } = world.lands.any.HN
    await suspend(suspender.sign('suspend', { agency: 'GT-PNC' }))
    await vi.waitFor(async () => expect(await read('/status')).toContain('GT-PNC'), { timeout: 30_000, interval: 50 })
    const { suspensions, certificates, ...rest } = JSON.parse(await read('/status'))
    expect(rest).toMatchObject({ country: 'HN', questions: { cases: 'any', persons: 'any' } })
    expect(suspensions.inForce).toEqual([
      expect.objectContaining({ kind: 'agency', value: 'GT-PNC', by: 'HN', reason: 'a test', source: null }),
    ])
    expect(suspensions.feeds).toMatchObject([{ isSilent: true }, { isSilent: true }])
    expect(certificates).toMatchObject([
      { use: 'server', subject: 'node' },
      { use: 'authority of clients', subject: 'Istmo' },
    ])
    const metrics = await read('/metrics')
    for (const line of [
      'istmo_node_suspensions{kind="agency"} 1',
      'istmo_node_authority_silent{authority="https://authority.gt.example"} 1',
      'istmo_node_questions_unsigned{domain="cases"} 1',
    ]) {
      expect(metrics.split('\n')).toContain(line)
    }
    expect(metrics).toMatch(/\nistmo_certificate_expiry_seconds\{use="server",subject="node"\} \d+\n/)
  })
})

function verdictOf({ tried: { where, code } }: Outcome): string {
  if (where === 'tool') return code === 'FOUND' ? 'found' : 'not found'
  return code === 'ANSWERED' ? 'answered' : 'refused'
}

describe('each act stands in the log of whom it concerned', () => {
  const logs: Partial<Record<string, readonly Entry[]>> = {}

  // Counts are written at the end of a minute, or of the process.
  beforeAll(async () => {
    for (const questions of ['signed', 'any'] as const) {
      for (const land of Object.values(world.lands[questions])) {
        logs[`${questions} ${land.country}`] = await land.closeAndRead()
      }
    }
    await world.officers.stop()
    const all = await readLog(world.officers.files)
    Object.assign(logs, { 'signed authority': all, 'any authority': all })
  })

  const all = (Object.keys(outcomes) as Questions[]).flatMap((questions) =>
    (questions === 'signed' ? Object.values(CAPTURED).flat() : CAPTURED.gateway).map(
      (act) => [questions, act.title, act] as const,
    ),
  )
  it.each(all)('with `%s`: %s', (questions, _, act) => {
    const outcome = outcomes[questions].get(act)
    const place = (one: Outcome | undefined): string => `${questions} ${one?.expected.where}`
    const alike = [...outcomes[questions].values()].filter((one) => place(one) === place(outcome))
    expect(outcome && isInLog(outcome, logs[place(outcome)] ?? [], alike)).toBe(true)
  })
})
