import { describe, expect, it } from 'vitest'
import type { World } from '../check.ts'
import { runCheck } from '../conformance-command.ts'
import { type Ask, describeReply, type Reply } from '../leg.ts'
import { LOAD_CHECKS } from './requests.ts'

const CONCURRENCY = 10
const TYPE = { name: 'Case', domain: 'cases', root: 'case', fields: 'id', isStub: false } as const

const reply = (json: object, ms = 1): Reply => ({
  ...{ status: 200, type: 'application/json', text: '', json, receipt: undefined, echoed: undefined, ms },
  sent: { body: '', headers: {}, requestId: '', salt: null },
})
const LATE = reply({ errors: [{ extensions: { code: 'LEG_DEADLINE' } }] })

/** Runs a check on a node that answers as `ask` does. Returns what is wrong. */
async function run(id: string, ask: Ask): Promise<readonly string[]> {
  const nodes = ['HN:A', 'HN:B'].map((each) => ({ id: each }))
  const world = {
    ...{
      ask,
      callers: { reader: null },
      facts: { country: 'HN', notPublished: [] },
      schemas: new Map([['cases', {}]]),
    },
    ...{ sample: { records: [{ type: TYPE, nodes }] }, tries: 2, concurrency: CONCURRENCY, deadlineMs: 2_000 },
  }
  // A check reads no more of its world.
  const check = LOAD_CHECKS.find((each) => each.id === id) ?? expect.fail(`no check ${id}`)
  const { count, findings } = await runCheck(check, world as unknown as World)
  return count > 0
    ? findings.map(({ came = '' }) => (typeof came === 'object' ? describeReply(came) : String(came)))
    : expect.fail('the check was not tried')
}

/** Answers the first `most` legs that come at the same time, as the service does that `answer` is; the others are late. */
function slowTo(most: number, answer: (id: string) => string): Ask {
  let waiting = 0
  return async ({ variables }) => {
    waiting += 1
    const place = waiting
    await new Promise(setImmediate)
    waiting = 0
    const [record] = (variables?.representations ?? []) as readonly { readonly id: string }[]
    return place > most ? LATE : reply({ data: { _entities: [{ id: answer(record?.id ?? '') }] } })
  }
}

describe('the check of many legs at the same time', () => {
  it('passes on a machine that answers only a part of them in time, and then the others', async () => {
    expect(
      await run(
        'load.concurrent',
        slowTo(3, (id) => id),
      ),
    ).toEqual([])
  })

  it('finds legs that are never answered in time', async () => {
    expect(
      await run(
        'load.concurrent',
        slowTo(0, (id) => id),
      ),
    ).toHaveLength(CONCURRENCY)
  })

  it('finds another record on a slow machine too', async () => {
    expect(
      await run(
        'load.concurrent',
        slowTo(3, () => 'HN:A'),
      ),
    ).toHaveLength(CONCURRENCY / 2)
  })
})

describe('the check of the deadline', () => {
  const after = (...times: readonly number[]): Ask => {
    let at = 0
    return async () => {
      at += 1
      return reply({ data: {} }, times[(at - 1) % times.length])
    }
  }

  it('passes if an answer is late once, because the machine was busy', async () => {
    expect(await run('load.deadline', after(2_500, 1_999))).toEqual([])
  })

  it('finds a question whose answers are late each time, with the shortest time', async () => {
    expect(await run('load.deadline', after(2_700, 2_500, 2_600))).toEqual(['2500 ms', '2500 ms'])
  })
})
