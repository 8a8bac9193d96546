import { describe, expect, it } from 'vitest'
import { speaking } from '../service/lang-option.ts'
import { describeUnreadable } from './index-log.ts'
import { addTried, doubtSpelling } from './search.ts'
import { describeEpochs } from './sought-refs.ts'
import { describeGaps } from './who-saw.ts'

const NONE = { verdict: 'FAILS', text: '', json: {} } as const
const TRIED = {
  opened: new Set<string>(),
  untried: { all: 3, unexplained: 1 },
  undecided: 2,
  moved: ['m'],
  returned: [],
}

/** What commands say, by what they found. */
const ANSWERS: readonly (readonly [string, () => unknown, RegExp])[] = [
  ['a record that nobody received', () => describeGaps('GT-1', { legs: [], skipped: 2, unnamed: 0 }), /^nadie recibió/],
  [
    'an index with unreadable entries',
    () => describeUnreadable({ log: 'l', size: 9, unreadable: 3, firstUnreadable: [1, 2], witnessed: null }),
    /3 asientos no se pueden leer: 1, 2 y 1 más\.$/,
  ],
  [
    'a code that no entry can have',
    () => doubtSpelling({ code: 'NO_SUCH' }, NONE).json.reason,
    /puede estar mal escrito$/,
  ],
  ['salts that somebody changed', () => addTried(TRIED, NONE).json.reason, /^de 3 asientos: .*alguien cambió sales/],
  [
    'keys of other epochs',
    () => describeEpochs([{ epoch: '2', refs: 4, since: 'a', until: 'b' }]),
    /^para la época 2:/,
  ],
]

describe('the answers of `istmo audit`', () => {
  it.each(ANSWERS)('say in Spanish to who asks in Spanish: %s', async (_, work, expected) => {
    const said = await speaking(['--lang', 'es'], async () => String(work()))
    expect(said).toMatch(expected)
    expect(said).not.toMatch(/\b(?:the|of|was|and|entries)\b/)
  })
})
