import { describe, expect, it } from 'vitest'
import { newSigner } from '../log/testing.ts'
import { hashLeaf } from '../merkle/hash.ts'
import { formatCheckpoint } from '../note/checkpoint.ts'
import { formatNote, signText } from '../note/note.ts'
import { checkCheckpoint, parsePolicy } from '../note/policy.ts'
import type { CosignedSize } from '../witness/heads.ts'
import type { WitnessAnswer } from './judge-witnesses.ts'
import { judgeAsOf, withoutLater } from './verify-witnessed.ts'

/** A log of 10 entries at noon, which had 20 an hour later. Four witnesses, any three are a quorum. */

const NOON = Date.parse('2026-11-24T12:00:00Z') / 1_000
const LATER = NOON + 3_600
const clock = { s: NOON }
const log = newSigner('istmo.example/hn')
const names = ['a', 'b', 'c', 'd']
const witnesses = names.map((name) => newSigner(`witness.example/${name}`, 'cosignature', () => clock.s * 1_000))
const policy = parsePolicy(
  [
    `log ${log.verifier.vkey}`,
    ...witnesses.map(({ verifier }, at) => `witness ${names[at]} ${verifier.vkey}`),
    'group three 3 a b c d',
    'quorum three',
    '',
  ].join('\n'),
)
const rootAt = (size: number) => hashLeaf(Buffer.from(`tree of ${size}`))

/** The checkpoint of a size, which these witnesses cosigned at a time. */
function noteOf(size: number, timeS: number, by = names): string {
  const text = formatCheckpoint({ origin: log.verifier.name, size, root: rootAt(size) })
  clock.s = timeS
  const signed = witnesses.filter((_, at) => by.includes(names[at] ?? ''))
  return formatNote({ text, signatures: [log, ...signed].map((signer) => signText(text, signer)) })
}
const recordOf = (size: number, time: number): CosignedSize => ({ size, time, root: rootAt(size) })

/** What a witness answers now. */
function answer(name: string, records: readonly CosignedSize[], note = noteOf(20, LATER)): WitnessAnswer {
  return {
    ...{ name, kind: 'SERVED', why: '', note },
    async *cosigned() {
      if (records.length > 0) yield records
    },
  }
}
const HISTORY = [recordOf(10, NOON), recordOf(20, LATER)]
const silent = (name: string): WitnessAnswer => ({ ...answer(name, []), kind: 'UNREACHABLE' })

const judge = (
  timeS: number,
  answers: readonly WitnessAnswer[],
  { head = noteOf(10, NOON), elsewhere = [] as readonly string[], required = [] as readonly string[] } = {},
) =>
  judgeAsOf(
    { timeS },
    {
      ...{ policy, answers, required, head: checkCheckpoint(head, policy, LATER * 1_000) },
      elsewhere: elsewhere.map((note) => ({ note, where: 'somebody' })),
    },
  )
const kinds = async (judged: ReturnType<typeof judge>) => {
  const { findings = [], doubts = [] } = await judged
  return { findings: findings.map(({ kind }) => kind), doubts: doubts.map(({ kind }) => kind) }
}
const NOTHING = { findings: [], doubts: [] }

describe('an older copy', () => {
  it.each([
    ['as soon as it was cosigned', NOON],
    ['until a second before more was cosigned', LATER - 1],
  ])('was the whole log %s', async (_, timeS) => {
    expect(
      await kinds(
        judge(
          timeS,
          names.map((name) => answer(name, HISTORY)),
        ),
      ),
    ).toEqual(NOTHING)
    expect(await kinds(judge(timeS, [...names.slice(0, 3).map((name) => answer(name, HISTORY)), silent('d')]))).toEqual(
      NOTHING,
    )
  })

  it('was not when two witnesses, or one that the reader demands, had cosigned more', async () => {
    const all = names.map((name) => answer(name, HISTORY))
    expect((await kinds(judge(LATER, all))).findings).toEqual(names.map(() => 'ROLLBACK'))
    const short = [recordOf(10, NOON), recordOf(20, LATER + 60)]
    const one = names.map((name) => answer(name, name === 'a' ? HISTORY : short, noteOf(20, LATER + 60)))
    expect(await kinds(judge(LATER, one))).toEqual({ findings: [], doubts: ['ROLLBACK'] })
    expect((await kinds(judge(LATER, one, { required: ['a'] }))).findings).toEqual(['ROLLBACK'])
  })

  it('is in doubt before a quorum had cosigned it', async () => {
    const judged = await kinds(
      judge(
        NOON - 1,
        names.map((name) => answer(name, HISTORY)),
      ),
    )
    expect(judged).toEqual({ findings: [], doubts: ['NO_QUORUM'] })
  })

  it('is in doubt if fewer than a quorum say what they had cosigned by then', async () => {
    const last = names.map((name) => answer(name, name === 'a' || name === 'b' ? HISTORY : []))
    expect(await kinds(judge(LATER - 1, last))).toEqual({ findings: [], doubts: ['NOT_ASKED'] })
    expect(await kinds(judge(LATER - 1, names.map(silent)))).toEqual({ findings: [], doubts: ['NOT_ASKED'] })
  })

  it('needs no history of a witness that has cosigned no more than the copy since', async () => {
    const heads = names.map((name) => answer(name, [], noteOf(10, NOON)))
    expect(await kinds(judge(LATER, heads))).toEqual(NOTHING)
  })

  it('was not whole if somebody has a checkpoint that two witnesses had cosigned by then', async () => {
    const all = names.map((name) => answer(name, [recordOf(10, NOON)], noteOf(10, NOON)))
    const kept = [noteOf(15, NOON + 60, ['a', 'b'])]
    expect((await kinds(judge(NOON + 60, all, { elsewhere: kept }))).findings).toEqual(['ROLLBACK', 'ROLLBACK'])
    expect(await kinds(judge(NOON + 59, all, { elsewhere: kept }))).toEqual(NOTHING)
  })

  it('counts a record of another tree of its size for nothing', async () => {
    const other = [{ ...recordOf(10, NOON), root: rootAt(11) }, recordOf(20, LATER)]
    const head = noteOf(10, NOON, ['a'])
    expect(
      (
        await kinds(
          judge(
            NOON,
            names.map((name) => answer(name, other)),
            { head },
          ),
        )
      ).doubts,
    ).toEqual(['NO_QUORUM'])
    expect(
      await kinds(
        judge(
          NOON,
          names.map((name) => answer(name, HISTORY)),
          { head },
        ),
      ),
    ).toEqual(NOTHING)
  })

  it('is in doubt under a trust policy that demands no witnesses, also if all of them say the same', async () => {
    const answers = names.map((name) => answer(name, HISTORY))
    const head = checkCheckpoint(noteOf(10, NOON), policy, LATER * 1_000)
    const copy = { policy: { ...policy, quorum: 'none' }, answers, head, elsewhere: [], required: [] }
    expect((await kinds(judgeAsOf({ timeS: NOON }, copy))).doubts).toEqual(['NO_QUORUM', 'NOT_ASKED'])
  })

  it('must have the size that the reader asks of', async () => {
    const copy = {
      policy,
      answers: [],
      elsewhere: [],
      required: [],
      head: checkCheckpoint(noteOf(10, NOON), policy, LATER * 1_000),
    }
    expect(await judgeAsOf({ size: 10 }, copy)).toEqual({})
    await expect(judgeAsOf({ size: 9 }, copy)).rejects.toThrow(
      'expected a copy of 9 entries for --as-of; this one has 10',
    )
  })
})

it('leaves out what is larger than the copy, and keeps what it cannot read', () => {
  const found = [noteOf(10, NOON), noteOf(11, NOON), 'no note'].map((note) => ({ note, where: note.slice(0, 5) }))
  expect(withoutLater(found, 10)).toEqual([found[0], found[2]])
})
