import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { readLog } from '../authority/read-log.ts'
import { type Act, type Expected } from './acts/act.ts'
import { CALLERS, MANDATES, RIGHTS } from './acts/callers.ts'
import { EXCHANGES, KEYS } from './acts/keys.ts'
import { ASKED, CHANGED, OFTEN } from './acts/questions.ts'
import { ANSWERS, STOPS } from './acts/stops.ts'
import { type Captor, createCaptor, type Kept, keepOfficer, keepTraffic, type OfficerName, type Tried } from './captor.ts'
import type { Role } from './officers.ts'
import { DOCUMENT, SMALL, VARIABLES } from './question.ts'
import { startWorld, type World } from './world.ts'

/**
 * Somebody has captured the gateway: its leg key, its TLS key, the tokens that it kept and all traffic that passed through it. Everything else is as it
 * was: the authority, the nodes and the officers' tools. The captor tries what the gateway could never do, act by act.
 */

const ACTS: readonly Act[] = [
  ...[...CALLERS, ...RIGHTS, ...MANDATES, ...ASKED, ...CHANGED, ...OFTEN],
  ...[...EXCHANGES, ...KEYS, ...STOPS, ...ANSWERS],
]

let world: World
let captors: Readonly<Record<Captor['questions'], Captor>>

const expectHonest = async (): Promise<void> => {
  const { status, data, errors, evidence } = await world.tool.ask(DOCUMENT, VARIABLES)
  expect([status, errors]).toEqual([200, undefined])
  expect(data).toMatchObject({ person: { sameAs: [{ id: 'GT:P-9', names: [{ full: 'Name of GT:P-9' }] }] } })
  expect(evidence).toMatchObject({ unsigned: [] })
  expect(evidence?.legs.every(({ reason }) => reason === null)).toBe(true)
}

beforeAll(async () => {
  world = await startWorld()
  world.officers.aheadS = -400
  const gone = await keepOfficer(world, 'prosecutor', SMALL)
  world.officers.aheadS = 0
  const roles = ['judge', 'analyst', 'retired'] as const
  const roleOf: Readonly<Record<Exclude<OfficerName, 'gone'>, Role>> = {
    ...{ judge: 'judge', analyst: 'analyst', retired: 'retired', clerk: 'clerk' },
    ...{ often: 'clerk', stopped: 'clerk', revoked: 'clerk' },
  }
  void roles
  const kept = await Promise.all(
    Object.entries(roleOf).map(async ([name, role]) => [name, await keepOfficer(world, role, SMALL)] as const),
  )
  const byName = new Map<OfficerName, Kept>([['gone', gone], ...(kept as [OfficerName, Kept][])])
  await expectHonest()
  const own = keepTraffic(world)
  captors = {
    signed: createCaptor(world, 'signed', own, byName),
    any: createCaptor(world, 'any', own, byName),
  }
})
afterAll(() => world?.close())

/** What came of each act, by the kind of question that nodes demand. */
const tried = { signed: new Map<Act, Tried>(), any: new Map<Act, Tried>() }

const expectedOf = (act: Act, questions: Captor['questions']): Expected =>
  questions === 'any' ? (act.any ?? act.signed) : act.signed

async function attack(act: Act, questions: Captor['questions']): Promise<void> {
  const came = await act.attack(captors[questions])
  tried[questions].set(act, came)
  const { where, code } = expectedOf(act, questions)
  expect({ where: came.where, code: came.code, text: code === 'ANSWERED' ? undefined : came.text }).toMatchObject({ where, code })
  if (code !== 'ANSWERED') expect(came.data ?? null).toBeNull()
}

describe('a captured gateway, where questions must be signed,', () => {
  it.each(ACTS.map((act) => [act.title, act] as const))('asks for %s', (_, act) => attack(act, 'signed'))

  it('has not kept an officer from asking', expectHonest)
})

describe('a captured gateway, where a country takes `any` question,', () => {
  it.each(ACTS.map((act) => [act.title, act] as const))('asks for %s', (_, act) => attack(act, 'any'))
})
