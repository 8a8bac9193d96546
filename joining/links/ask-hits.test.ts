import { describe, expect, it } from 'vitest'
import { type Asking, askAboutPersons } from './suggest-links.ts'
import { hitsAnswer, outcome, stubGateway } from './testing.ts'

const SEARCHES = [
  { person: 'HN:P-1', by: 'name and birth date', search: { name: 'Ana Paz', birthDate: '1980-02-03' } },
  {
    person: 'HN:P-1',
    by: 'NATIONAL_ID HN',
    search: { identifier: { category: 'NATIONAL_ID', jurisdiction: 'HN', value: '1' } },
  },
  { person: 'HN:P-2', by: 'name and birth date', search: { name: 'Luis Paz', birthDate: '1981-02-03' } },
]
const hit = (item: number, country: string, band: string, contactPoint: string | null = null) => ({
  item,
  country,
  band,
  contactPoint,
})

function asking(client: Asking['client'], over: Partial<Asking> = {}): Asking & { readonly waits: number[] } {
  const waits: number[] = []
  const wait = async (ms: number): Promise<void> => void waits.push(ms)
  return {
    client,
    grounds: { purpose: 'INVESTIGATION', case: 'HN:C-1' },
    own: 'HN',
    isReading: false,
    pauseMs: 10,
    wait,
    waits,
    ...over,
  }
}

describe('one question about persons', () => {
  it('has the searches as variables only, and joins the hits of one person in one country, the best band first', async () => {
    const { client, came } = stubGateway(() =>
      hitsAnswer(
        [
          hit(0, 'GT', 'WEAK'),
          hit(1, 'GT', 'EXACT_IDENTIFIER', 'mp@gt'),
          hit(2, 'SV', 'STRONG'),
          hit(0, 'HN', 'STRONG'),
        ],
        [
          outcome('GT'),
          outcome('HN'),
          outcome('SV'),
          outcome('PA', 'TIMED_OUT'),
          outcome('BZ', 'NOT_PUBLISHED'),
          outcome('NI', 'DENIED', 'QUOTA_SPENT'),
        ],
      ),
    )
    const { candidates, answered, open, requestId, questions } = await askAboutPersons(
      SEARCHES,
      null,
      9,
      asking(client),
    )
    expect(candidates).toMatchObject([
      {
        id: 'HN:P-1',
        country: 'GT',
        band: 'EXACT_IDENTIFIER',
        matched: 'NATIONAL_ID HN; name and birth date',
        contactPoint: 'mp@gt',
        otherId: '',
      },
      { id: 'HN:P-2', country: 'SV', band: 'STRONG', contactPoint: '' },
    ])
    expect(answered).toEqual(['GT', 'SV', 'BZ'])
    expect(open).toEqual([
      { country: 'PA', why: 'TIMED_OUT' },
      { country: 'NI', why: 'QUOTA_SPENT' },
    ])
    expect([requestId, questions, came.length]).toEqual(['q-0', 1, 1])
    expect(came[0]?.variables).toEqual({ countries: null, searches: SEARCHES.map(({ search }) => search) })
    expect(came[0]?.document).not.toMatch(/Paz|1980/)
    expect(came[0]?.grounds).toEqual({ purpose: 'INVESTIGATION', case: 'HN:C-1' })
  })

  it('asks only the given countries, never its own, and signs no others', async () => {
    const { client, came } = stubGateway(() => hitsAnswer([], [outcome('GT')]))
    await askAboutPersons(SEARCHES, ['GT', 'HN'], 9, asking(client))
    expect(came[0]).toMatchObject({ variables: { countries: ['GT'] }, grounds: { countries: ['GT'] } })
  })

  it('waits longer each time when it came too early, and gives up after five times', async () => {
    const early = { data: null, status: 429, errors: [{ message: 'wait', extensions: { code: 'RATE_LIMITED' } }] }
    const once = stubGateway((_, at) => (at < 2 ? early : hitsAnswer([], [outcome('GT')])))
    const patient = asking(once.client)
    await askAboutPersons(SEARCHES, null, 9, patient)
    expect(patient.waits).toEqual([5_000, 10_000])
    const always = stubGateway(() => early)
    await expect(askAboutPersons(SEARCHES, null, 9, asking(always.client))).rejects.toMatchObject({
      codes: ['RATE_LIMITED'],
    })
    expect(always.came).toHaveLength(6)
  })

  it('does not ask again what the officer may not ask', async () => {
    const { client, came } = stubGateway(() => ({
      data: { personListHits: null },
      errors: [{ message: 'no', extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } }],
    }))
    await expect(askAboutPersons(SEARCHES, null, 9, asking(client))).rejects.toMatchObject({
      name: 'NotAsked',
      message: 'no',
    })
    expect(came).toHaveLength(1)
  })
})

describe('reading the records of candidates', () => {
  const answerOf = (edges: readonly object[]) => ({ data: { persons: { edges, outcomes: [outcome('GT')] } } })
  const hits = hitsAnswer([hit(1, 'GT', 'EXACT_IDENTIFIER'), hit(2, 'GT', 'STRONG')], [outcome('GT')])

  it('gives their ids, by the search that matched best, in that country only', async () => {
    const { client, came } = stubGateway(({ document }) =>
      document.includes('LinkHits')
        ? hits
        : answerOf([{ band: 'STRONG', matchedName: 'Ana Paz', node: { id: 'GT:P-9' } }]),
    )
    const { candidates, questions } = await askAboutPersons(SEARCHES, null, 9, asking(client, { isReading: true }))
    expect(candidates.map(({ otherId, matchedName, requestId }) => [otherId, matchedName, requestId])).toEqual([
      ['GT:P-9', 'Ana Paz', 'q-1'],
      ['GT:P-9', 'Ana Paz', 'q-2'],
    ])
    expect(questions).toBe(3)
    expect(came[1]).toMatchObject({
      variables: { countries: ['GT'], search: SEARCHES[1]?.search },
      grounds: { countries: ['GT'] },
    })
  })

  it('stops at the bound, and keeps candidates whose records the officer may not read', async () => {
    const denied = {
      data: { persons: null },
      errors: [{ message: 'no', extensions: { code: 'FORBIDDEN_BY_COUNTRY' } }],
    }
    const { client, came } = stubGateway(({ document }) => (document.includes('LinkHits') ? hits : denied))
    const { candidates, questions } = await askAboutPersons(SEARCHES, null, 2, asking(client, { isReading: true }))
    expect(candidates.map(({ id, otherId }) => [id, otherId])).toEqual([
      ['HN:P-1', ''],
      ['HN:P-2', ''],
    ])
    expect([questions, came.length]).toEqual([2, 2])
  })
})
