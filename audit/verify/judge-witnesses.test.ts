import { describe, expect, it } from 'vitest'
import { hashLeaf } from '../merkle/hash.ts'
import type { Policy } from '../note/policy.ts'
import {
  findContradiction,
  judgeWitnesses,
  type WitnessDemands,
  type WitnessedLog,
  type WitnessView,
} from './judge-witnesses.ts'

const NOW = 1_800_000_000
const NAMES = ['A', 'B', 'C', 'D']
const POLICY: Policy = {
  ...{ logs: [], witnesses: [], quorum: 'G' },
  groups: new Map([['G', { threshold: 3, members: NAMES }]]),
}
const view = (name: string, changed: Partial<WitnessView> = {}): WitnessView => {
  return { name, size: 9, time: NOW - 1, answer: 'SERVED', why: '', ...changed }
}
const LOG: WitnessedLog = {
  ...{ policy: POLICY, size: 9, witnessed: { size: 9, time: NOW - 1 }, contradictions: [], nowMs: NOW * 1_000 },
  views: NAMES.map((name) => view(name)),
}

/** Returns the kinds of findings, doubts and notes. */
function kinds(changed: Partial<WitnessedLog>, demands: WitnessDemands = {}) {
  const { findings, doubts, notes } = judgeWitnesses({ ...LOG, ...changed }, demands)
  return [findings, doubts, notes].map((list) => list.map(({ kind }) => kind))
}

const only = (changed: Partial<WitnessView>) => ({ views: [view('A', changed), ...LOG.views.slice(1)] })
const HOUR_AGO = NOW - 3_600

describe('the witnesses of a log', () => {
  it.each<[string, Partial<WitnessedLog>, WitnessDemands, string[], string[], string[]]>([
    ['that all cosigned and answered', {}, { required: ['A'], maxAgeMs: 5_000 }, [], [], []],
    ['without a quorum', { witnessed: undefined }, {}, ['NO_QUORUM'], [], []],
    ['with a recent quorum before the newest entries', { size: 10 }, {}, [], [], ['AWAITS_WITNESSES']],
    ['with an old one', { size: 10, witnessed: { size: 9, time: HOUR_AGO } }, {}, ['NO_QUORUM'], [], []],
    ['without a recent quorum', {}, { maxAgeMs: 500 }, [], ['STALE'], []],
    [
      'that need none, where a recent quorum is demanded',
      { policy: { ...POLICY, quorum: 'none' } },
      { maxAgeMs: 5_000 },
      [],
      ['STALE'],
      [],
    ],
    ['of an empty log without a quorum', { size: 0, witnessed: undefined }, {}, ['NO_QUORUM'], [], []],
    ['that need none', { policy: { ...POLICY, quorum: 'none' }, witnessed: undefined, views: [] }, {}, [], [], []],
    ['of which one is silent', only({ answer: 'UNREACHABLE' }), {}, [], [], ['NOT_ASKED']],
    [
      'of which the own one is silent',
      only({ answer: 'UNREACHABLE' }),
      { required: ['A'] },
      [],
      ['WITNESS_SILENT'],
      ['NOT_ASKED'],
    ],
    [
      'of which the own one is behind',
      only({ size: 3, time: HOUR_AGO }),
      { required: ['A'] },
      ['NOT_COSIGNED'],
      [],
      [],
    ],
    ['of which the own one was a moment behind', only({ size: 3 }), { required: ['A'] }, [], [], ['AWAITS_WITNESSES']],
    [
      'of which the own one never cosigned',
      only({ size: null, time: null, answer: 'NONE' }),
      { required: ['A'] },
      ['NOT_COSIGNED'],
      [],
      ['NOT_ASKED'],
    ],
    [
      'of which nobody was asked',
      { views: NAMES.map((name) => view(name, { answer: 'NOT_ASKED' })) },
      { required: ['A'] },
      [],
      [],
      Array(5).fill('NOT_ASKED'),
    ],
    ['of which one contradicts', { contradictions: [{ witness: 'B', size: 4 }] }, {}, [], ['CONTRADICTED'], []],
    [
      'of which the own one contradicts',
      { contradictions: [{ witness: 'A', size: 4 }] },
      { required: ['A'] },
      ['CONTRADICTED'],
      [],
      [],
    ],
    [
      'of which two contradict',
      {
        contradictions: [
          { witness: 'B', size: 4 },
          { witness: 'C', size: 4 },
        ],
      },
      {},
      ['CONTRADICTED', 'CONTRADICTED'],
      [],
      [],
    ],
  ])('%s are judged', (_, changed, demands, ...expected) => expect(kinds(changed, demands)).toEqual(expected))

  it('do not have a demanded one that the trust policy does not name', () => {
    expect(() => kinds({}, { required: ['Z'] })).toThrow('expected Z to be a witness of the trust policy')
  })
})

describe('all that a witness has cosigned', () => {
  const rootAt = (size: number, text = 'tree') => hashLeaf(Buffer.from(`${text} ${size}`))
  async function* pages(text: string) {
    yield [{ size: 1, time: 0, root: rootAt(1) }]
    yield [4, 9, 12].map((size) => ({ size, time: 0, root: rootAt(size, size < 4 ? 'tree' : text) }))
  }
  const find = (text: string, size: number) =>
    findContradiction({ name: 'A', kind: 'SERVED', why: '', cosigned: () => pages(text) }, size, async (of) =>
      rootAt(of),
    )

  it('is held to the log, up to the size of the log', async () => {
    expect(await find('tree', 9)).toBeUndefined()
    expect(await find('other', 9)).toEqual({ witness: 'A', size: 4 })
    expect(await find('other', 3)).toBeUndefined()
  })
})
