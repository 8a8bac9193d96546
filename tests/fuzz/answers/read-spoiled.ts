import { BadAnswer } from '../../../gateway/leg/leg-failures.ts'
import { createReadingBudgets } from '../../../gateway/leg/reading-budget.ts'
import { readAnswer } from '../../../gateway/leg/testing.ts'
import { createTurns } from '../../../gateway/leg/turns.ts'
import { aContext, anEndpoint } from '../../../gateway/testing.ts'
import type { LegAnswer } from '../../../gateway/types/flow.ts'

const MAX_BYTES = 4 << 20

/** Reads bytes as the leg room reads the body of a subgraph's answer. @throws any error that the leg room does not treat as a bad answer. */
export async function readSpoiled(bytes: Buffer): Promise<LegAnswer> {
  const body = (async function* () {
    yield bytes
  })()
  const endpoint = anEndpoint({ maxAnswerBytes: MAX_BYTES })
  const leg = {
    country: 'HN',
    domain: 'cases',
    endpoint,
    query: '',
    variables: {},
    kind: 'query',
    rights: null,
  } as const
  const request = aContext()
  const budget = createReadingBudgets()(leg, request)
  const takeTurn = createTurns()
  const answer = { status: 200, headers: { 'content-type': 'application/json' }, body }
  try {
    return await readAnswer(answer, { maxBytes: MAX_BYTES, budget, takeTurn: (step) => takeTurn(request, step) })
  } catch (error) {
    if (error instanceof BadAnswer) return { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' } }
    throw error
  }
}
