import fc from 'fast-check'
import { Kind, parse, print, stripIgnoredCharacters } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../contract/outcome.ts'
import { aContext, anEndpoint } from '../testing.ts'
import type { Leg, LegAnswer } from '../types/flow.ts'
import { createLegMerger } from './merge-legs.ts'

const queryOf = (field: string, variables = ''): string =>
  `query($representations:[_Any!]!${variables}){_entities(representations:$representations){...on Case{${field}}}}`

function legOf(ids: readonly string[] | null, over: Partial<Leg> = {}): Leg {
  const variables = ids === null ? {} : { representations: ids.map((id) => ({ __typename: 'Case', id })) }
  return {
    country: 'HN',
    domain: 'cases',
    endpoint: anEndpoint({ deadlineMs: 60_000 }),
    query: queryOf('court'),
    variables,
    kind: 'query',
    rights: null,
    ...over,
  }
}

const PAGED = queryOf('court(after:$_iAfter0)', '$_iAfter0:String')
const NOTHING: LegAnswer = { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'CONNECTION' } }

function variablesOf(after: string): Leg['variables'] {
  return { representations: [{ __typename: 'Case', id: 'HN:1' }], _iAfter0: after }
}

/** What each `_entities` field of a leg asks: its response key, the field below it, and the ids. */
function readFields({ query, variables }: Leg) {
  const [operation] = parse(query).definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('expected an operation')
  return operation.selectionSet.selections.map((node) => {
    if (node.kind !== Kind.FIELD || node.name.value !== '_entities') throw new Error('expected entities')
    const value = node.arguments?.[0]?.value
    const name = value?.kind === Kind.VARIABLE ? value.name.value : ''
    const ids = ((variables[name] ?? []) as { id: string }[]).map(({ id }) => id)
    return {
      key: (node.alias ?? node.name).value,
      asked: stripIgnoredCharacters(print(node.selectionSet ?? node)),
      ids,
    }
  })
}

const idsIn = (leg: Leg): string[] => readFields(leg).flatMap(({ ids }) => ids)

/** Answers each entity with its id and what was asked of it, and with one error at it. */
const echo = (leg: Leg): LegAnswer => {
  const fields = readFields(leg)
  return {
    kind: 'answered',
    data: Object.fromEntries(fields.map(({ key, asked, ids }) => [key, ids.map((id) => ({ id, asked }))])),
    errors: fields.flatMap(({ key, ids }) => ids.map((id, i) => ({ message: id, path: [key, i, 'court'] }))),
  }
}

/** Sorts the errors of an answer, whose order says nothing. */
function sorted(answer: LegAnswer): LegAnswer {
  if (answer.kind === 'failed') return answer
  return { ...answer, errors: answer.errors.toSorted((a, b) => (String(a.message) < String(b.message) ? -1 : 1)) }
}

/** Sends legs together, and returns their answers and the legs that were really sent. */
async function sendAll(
  legs: readonly Leg[],
  answer: (leg: Leg) => LegAnswer = echo,
  mostEntities = 200,
  mergesTexts = true,
) {
  const sent: Leg[] = []
  const send = createLegMerger(
    async (leg) => {
      sent.push(leg)
      return answer(leg)
    },
    aContext(),
    { mostEntities, mergesTexts },
  )
  return { answers: await Promise.all(legs.map((leg) => send(leg, true))), sent }
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
        for (const { sent: one } of answers) expect(sent).toContain(one[0]?.leg)
      }),
    )
  })

  it('become one leg if the second is ready when what came in the same turn is read, and two if it comes later', async () => {
    const sent: Leg[] = []
    const sendLeg = async (leg: Leg): Promise<LegAnswer> => {
      sent.push(leg)
      return echo(leg)
    }
    const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
    const send = createLegMerger(sendLeg, aContext(), { mostEntities: 200, mergesTexts: true })
    const first = send(legOf(['HN:1']), true)
    await nextTurn()
    await Promise.all([first, send(legOf(['HN:2']), true)])
    expect(sent.map(idsIn)).toEqual([['HN:1', 'HN:2']])
    const third = send(legOf(['HN:3']), true)
    await nextTurn()
    await nextTurn()
    await Promise.all([third, send(legOf(['HN:4']), true)])
    expect(sent.slice(1).map(idsIn)).toEqual([['HN:3'], ['HN:4']])
  })

  it('ask about an id twice if what they say of it differs, in one leg', async () => {
    const [one, other] = ['first', 'second'].map((court) => {
      return legOf(null, { variables: { representations: [{ __typename: 'Case', id: 'HN:1', court }] } })
    }) as [Leg, Leg]
    const same = legOf(null, { variables: { representations: [...(other.variables.representations as object[])] } })
    const { sent } = await sendAll([one, other, same])
    expect(sent.map(({ variables }) => variables.representations)).toEqual([
      [
        { __typename: 'Case', id: 'HN:1', court: 'first' },
        { __typename: 'Case', id: 'HN:1', court: 'second' },
      ],
    ])
  })

  it('ask about an id twice if it is that of two types, and about each type once', async () => {
    const entities = ['Case', 'Person'].map((__typename) => ({ __typename, id: 'HN:1' }))
    const legs = [...entities, ...entities].map((one) => legOf(null, { variables: { representations: [one] } }))
    const { sent } = await sendAll(legs)
    expect(sent.map(({ variables }) => variables.representations)).toEqual([entities])
  })

  const rights = { scopes: ['cases.read'], policies: [] }
  it.each<[string, Partial<Leg>, number]>([
    ['go to different domains', { domain: 'persons' }, 2],
    ['go to different countries', { country: 'GT' }, 2],
    ['show different rights', { rights: { ...rights, scopes: ['cases.list'] } }, 2],
    ['are for nobody, or for somebody', { isForNobody: true }, 2],
    ['show equal rights', { rights: { ...rights } }, 1],
  ])('are as many legs as questions, if they %s', async (_, over, count) => {
    const { sent } = await sendAll([legOf(['HN:1'], { rights }), legOf(['HN:2'], { rights, ...over })])
    expect(sent).toHaveLength(count)
  })

  it('of sixty-seven aliases are one leg', async () => {
    const { sent } = await sendAll(Array.from({ length: 67 }, (_, i) => legOf([`HN:${i}`])))
    expect(sent).toHaveLength(1)
  })

  it.each<[string, Partial<Leg>]>([
    ['the country', { country: 'GT' }],
    ['the domain', { domain: 'persons' }],
    ['the rights', { rights: { scopes: ['case:read'], policies: [] } }],
    ['that one of them says nothing of who asks', { isForNobody: true }],
    ['that one of them is a mutation', { kind: 'mutation' }],
    ['a value of a variable', { query: PAGED, variables: variablesOf('y') }],
    [
      'the type of a variable',
      { query: queryOf('judge(after:$_iAfter0)', '$_iAfter0:ID'), variables: variablesOf('x') },
    ],
    ['that one of them asks for something besides entities', { query: '{_service{sdl}}' }],
  ])('stay apart if what differs is %s', async (_, over) => {
    const { sent } = await sendAll(
      [legOf(['HN:1'], { query: PAGED, variables: variablesOf('x') }), legOf(['HN:1'], over)],
      () => NOTHING,
    )
    expect(sent).toHaveLength(2)
  })

  it('stay apart without entities, and if they come later', async () => {
    const sent: Leg[] = []
    const note = async (leg: Leg): Promise<LegAnswer> => {
      sent.push(leg)
      return echo(leg)
    }
    const send = createLegMerger(note, aContext(), { mostEntities: 200, mergesTexts: true })
    await Promise.all([send(legOf(null), true), send(legOf(null), true)])
    await send(legOf(['HN:1']), true)
    await send(legOf(['HN:1']), true)
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

describe('legs that ask one country different questions', () => {
  const FIELDS = ['court', 'judge', 'court{name}', 'x:court', 'linked(after:$_iAfter0){id}']

  it('become one leg, and each gets the answer that it would have got by itself', async () => {
    const asks = fc.record({
      ids: fc.uniqueArray(
        fc.integer({ min: 1, max: 9 }).map((n) => `HN:${n}`),
        { minLength: 1, maxLength: 5 },
      ),
      field: fc.constantFrom(...FIELDS),
      after: fc.constantFrom('x', 'y'),
      country: fc.constantFrom('HN', 'HN', 'GT'),
    })
    let merged = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(asks, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom<keyof typeof ANSWERS>('echo', 'echo', 'echo', 'partly', 'rootError'),
        async (list, most, kind) => {
          const legs = list.map(({ ids, field, after, country }) => {
            const isPaged = field.includes('$')
            const leg = legOf(ids, { country, query: queryOf(field, isPaged ? '$_iAfter0:String' : '') })
            return isPaged ? { ...leg, variables: { ...leg.variables, _iAfter0: after } } : leg
          })
          const answer = ANSWERS[kind]
          const { answers, sent } = await sendAll(legs, answer, most)
          expect(answers.map(({ answer }) => sorted(answer))).toEqual(legs.map(answer).map(sorted))
          merged += legs.length - sent.length
          for (const leg of sent) expect(idsIn(leg).length).toBeLessThanOrEqual(Math.max(most, 5))
          for (const { sent: of } of answers) for (const { leg } of of) expect(sent).toContain(leg)
          expect(new Set(sent.map(({ country }) => country))).toEqual(new Set(legs.map(({ country }) => country)))
        },
      ),
      { numRuns: 200 },
    )
    expect(merged).toBeGreaterThan(100)
  })

  /** Answers that do not depend on what else is asked in the same request. */
  const ANSWERS = {
    echo,
    partly: (leg: Leg): LegAnswer => {
      const answer = echo(leg)
      if (answer.kind === 'failed') return answer
      const lists = Object.entries(answer.data as Record<string, { id: string }[]>)
      const data = lists.map(([key, list]) => [key, list.map((row) => (row.id > 'HN:5' ? null : row))])
      return {
        ...answer,
        data: Object.fromEntries(data),
        errors: answer.errors.filter(({ message }) => String(message) > 'HN:5'),
      }
    },
    rootError: (leg: Leg): LegAnswer =>
      ({ ...echo(leg), errors: [{ message: 'all' }, { message: 'odd', path: 5 }] }) as LegAnswer,
  }

  it('say which variables hold their entities, by names that no other variable has', async () => {
    const query = queryOf('judge(of:$representations1)', '$representations1:ID')
    const variables = { representations: [{ __typename: 'Case', id: 'HN:2' }], representations1: 'x' }
    const { sent } = await sendAll([legOf(['HN:1']), legOf([], { query, variables })])
    expect(sent).toHaveLength(1)
    expect(sent[0]?.entityVariables).toEqual(['representations', 'representations2'])
    expect(sent[0]?.variables.representations1).toBe('x')
    expect(idsIn(sent[0] as Leg)).toEqual(['HN:1', 'HN:2'])
  })

  it.each<[string, LegAnswer]>([
    ['no data', { kind: 'answered', data: null, errors: [{ message: 'all' }] }],
    ['a bad answer', { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' } }],
    ['a refusal', { kind: 'failed', outcome: { reach: 'DENIED', code: 'REFUSED_BY_NODE' } }],
    ['a refusal of the question', { kind: 'failed', outcome: { reach: 'DENIED', code: 'QUESTION_NOT_SIGNED' } }],
  ])(
    'are sent one by one if the country gives the merged leg %s, so that only the leg at fault is lost',
    async (_, lost) => {
      const legs = [
        legOf(['HN:1']),
        legOf(['HN:2'], { query: queryOf('judge') }),
        legOf(['HN:3'], { query: queryOf('act') }),
      ]
      const answer = (leg: Leg): LegAnswer => (leg.query.includes('judge') ? lost : echo(leg))
      const { answers, sent } = await sendAll(legs, answer)
      expect(answers.map(({ answer }) => answer)).toEqual(legs.map(answer))
      expect(sent).toHaveLength(4)
      for (const [i, { sent: of }] of answers.entries()) {
        expect(of.map(({ leg }) => leg)).toEqual([sent[0], sent[i + 1]])
        expect(of[0]?.failure).not.toBeNull()
        // Only what the merged leg has left of the time, which is a whole number of milliseconds.
        expect(of[1]?.leg.endpoint.deadlineMs).toBeLessThan(60_000)
      }
    },
  )

  it.each<[string, Outcome]>([
    ['time', { reach: 'TIMED_OUT', code: 'LEG_DEADLINE' }],
    ['a connection', { reach: 'UNAVAILABLE', code: 'CONNECTION' }],
    ['a quota', { reach: 'DENIED', code: 'QUOTA_SPENT' }],
    ['a caller', { reach: 'DENIED', code: 'CALLER_NOT_VERIFIED' }],
  ])('are not sent again if the merged leg fails for want of %s', async (_, outcome) => {
    const failed: LegAnswer = { kind: 'failed', outcome }
    const legs = [legOf(['HN:1']), legOf(['HN:2'], { query: queryOf('judge') })]
    const { answers, sent } = await sendAll(legs, () => failed)
    expect(answers.map(({ answer }) => answer)).toEqual([failed, failed])
    expect(sent).toHaveLength(1)
  })

  it('are not sent again if their time is over', async () => {
    const lost: LegAnswer = { kind: 'answered', data: null, errors: [] }
    const endpoint = anEndpoint({ deadlineMs: 0 })
    const legs = [legOf(['HN:1'], { endpoint }), legOf(['HN:2'], { endpoint, query: queryOf('judge') })]
    const { answers, sent } = await sendAll(legs, () => lost)
    expect(answers.map(({ answer }) => answer)).toMatchObject([
      { outcome: { reach: 'TIMED_OUT' } },
      { outcome: { reach: 'TIMED_OUT' } },
    ])
    expect(sent).toHaveLength(1)
  })

  it('give each leg rows of its own, so that what is added to one is not added to another', async () => {
    const { answers } = await sendAll([legOf(['HN:1']), legOf(['HN:1']), legOf(['HN:1'], { query: queryOf('judge') })])
    const rows = answers.map(({ answer }) =>
      answer.kind === 'failed' ? null : (answer.data as { _entities: unknown[] })._entities[0],
    )
    expect(new Set(rows).size).toBe(3)
    expect(rows[0]).toEqual(rows[1])
  })

  it('stay apart if texts are not merged, and then only their entities are', async () => {
    const legs = [legOf(['HN:1']), legOf(['HN:2'], { query: queryOf('judge') }), legOf(['HN:3'])]
    const { answers, sent } = await sendAll(legs, echo, 200, false)
    expect(sent.map(idsIn)).toEqual([['HN:1', 'HN:3'], ['HN:2']])
    expect(answers.map(({ answer }) => sorted(answer))).toEqual(legs.map(echo).map(sorted))
  })

  it('stay apart if they are too long together', async () => {
    const long = (name: string): string => queryOf(Array.from({ length: 300 }, (_, i) => `${name}${i}:court`).join(' '))
    const { sent } = await sendAll([legOf(['HN:1'], { query: long('a') }), legOf(['HN:2'], { query: long('b') })])
    expect(sent).toHaveLength(2)
  })
})

describe('a leg that need not wait', () => {
  it('is sent at once', async () => {
    const sent: Leg[] = []
    const send = createLegMerger(
      async (leg) => {
        sent.push(leg)
        return echo(leg)
      },
      aContext(),
      { mostEntities: 200, mergesTexts: true },
    )
    const answered = send(legOf(['HN:1']), false)
    expect(sent).toHaveLength(1)
    await answered
  })
})
