import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aContext, anEndpoint } from '../testing.ts'
import type { Leg, LegAnswer } from '../types/flow.ts'
import { createLegMerger } from './merge-legs.ts'

function legOf(ids: readonly string[] | null, over: Partial<Leg> = {}): Leg {
  const variables = ids === null ? {} : { representations: ids.map((id) => ({ __typename: 'Case', id })) }
  return {
    country: 'HN',
    domain: 'cases',
    endpoint: anEndpoint(),
    query: 'q',
    variables,
    kind: 'query',
    rights: null,
    ...over,
  }
}

const idsIn = ({ variables }: Leg): string[] =>
  ((variables.representations ?? []) as { id: string }[]).map(({ id }) => id)

/** Answers each entity with its id, and with one error at it. */
const echo = (leg: Leg): LegAnswer => ({
  kind: 'answered',
  data: { _entities: idsIn(leg) },
  errors: idsIn(leg).map((id, i) => ({ message: id, path: ['_entities', i, 'court'] })),
})

/** Sorts the errors of an answer, whose order says nothing. */
function sorted(answer: LegAnswer): LegAnswer {
  if (answer.kind === 'failed') return answer
  return { ...answer, errors: answer.errors.toSorted((a, b) => (String(a.message) < String(b.message) ? -1 : 1)) }
}

/** Sends legs together, and returns their answers and the legs that were really sent. */
async function sendAll(legs: readonly Leg[], answer: (leg: Leg) => LegAnswer = echo, most = 200) {
  const sent: Leg[] = []
  const send = createLegMerger(
    async (leg) => {
      sent.push(leg)
      return answer(leg)
    },
    aContext(),
    most,
  )
  return { answers: await Promise.all(legs.map(send)), sent }
}

describe('legs that ask one country the same question', () => {
  it('become one leg, and each gets the answers and errors of its own entities', async () => {
    const lists = fc.array(
      fc.uniqueArray(
        fc.integer({ min: 1, max: 9 }).map((n) => `HN:${n}`),
        { minLength: 1 },
      ),
      { minLength: 1 },
    )
    await fc.assert(
      fc.asyncProperty(lists, fc.integer({ min: 1, max: 12 }), async (lists, most) => {
        const legs = lists.map((ids) => legOf(ids))
        const { answers, sent } = await sendAll(legs, echo, most)
        expect(answers.map(({ answer }) => sorted(answer))).toEqual(legs.map(echo).map(sorted))
        for (const leg of sent) expect(new Set(idsIn(leg)).size).toBe(idsIn(leg).length)
        const longest = Math.max(...lists.map((ids) => ids.length))
        for (const leg of sent) expect(idsIn(leg).length).toBeLessThanOrEqual(Math.max(most, longest))
        for (const { sent: one } of answers) expect(sent).toContain(one)
      }),
    )
  })

  it('of sixty-seven aliases are one leg', async () => {
    const { sent } = await sendAll(Array.from({ length: 67 }, (_, i) => legOf([`HN:${i}`])))
    expect(sent).toHaveLength(1)
  })

  it('stay apart if anything but the entities differs', async () => {
    const variables = { representations: [{ __typename: 'Case', id: 'HN:1' }], _iAfter0: 'x' }
    const others: Partial<Leg>[] = [
      {},
      { country: 'GT' },
      { domain: 'persons' },
      { query: 'other' },
      { variables },
      { rights: { scopes: ['case:read'], policies: [] } },
    ]
    const { sent } = await sendAll(others.map((over) => legOf(['HN:1'], over)))
    expect(sent).toHaveLength(others.length)
  })

  it('stay apart without entities, and if they come later', async () => {
    const sent: Leg[] = []
    const note = async (leg: Leg): Promise<LegAnswer> => {
      sent.push(leg)
      return echo(leg)
    }
    const send = createLegMerger(note, aContext(), 200)
    await Promise.all([send(legOf(null)), send(legOf(null))])
    await send(legOf(['HN:1']))
    await send(legOf(['HN:1']))
    expect(sent).toHaveLength(4)
  })

  it('fail together', async () => {
    const failed: LegAnswer = { kind: 'failed', outcome: { reach: 'TIMED_OUT', code: 'LEG_DEADLINE' } }
    const { answers } = await sendAll([legOf(['HN:1']), legOf(['HN:2'])], () => failed)
    expect(answers.map(({ answer }) => answer)).toEqual([failed, failed])
    const fault = sendAll([legOf(['HN:1']), legOf(['HN:2'])], () => {
      throw new TypeError('our own fault')
    })
    await expect(fault).rejects.toThrow('our own fault')
  })

  it.each([[['HN:1']], [['HN:1', 'HN:2', 'HN:3']], [null], ['HN:1']])(
    'have no entities if the country answers two with %j, though one leg asked for one',
    async (entities) => {
      const answer: LegAnswer = { kind: 'answered', data: { _entities: entities }, errors: [] }
      const { answers } = await sendAll([legOf(['HN:1']), legOf(['HN:2'])], () => answer)
      for (const each of answers) expect(each.answer).toMatchObject({ data: { _entities: null } })
    },
  )

  it('each have an error that is at no entity, and the notes', async () => {
    const answer = {
      ...echo(legOf(['HN:1', 'HN:2'])),
      errors: [{ message: 'all' }],
      notes: [{ code: 'QUOTA_REACHED' }],
    }
    const { answers } = await sendAll([legOf(['HN:1']), legOf(['HN:2'])], () => answer as LegAnswer)
    for (const each of answers) expect(each.answer).toMatchObject({ errors: [{ message: 'all' }], notes: answer.notes })
  })
})
