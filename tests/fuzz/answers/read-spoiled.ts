import { BadAnswer, readAnswer } from '../../../gateway/leg/read-answer.ts'
import type { LegAnswer } from '../../../gateway/types/flow.ts'

const MAX_BYTES = 4 << 20

/** Reads bytes as the leg room reads the body of a subgraph's answer. @throws any error that the leg room does not treat as a bad answer. */
export async function readSpoiled(bytes: Buffer): Promise<LegAnswer> {
  const body = (async function* () {
    yield bytes
  })()
  try {
    return await readAnswer({ status: 200, headers: { 'content-type': 'application/json' }, body }, MAX_BYTES)
  } catch (error) {
    if (error instanceof BadAnswer) return { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' } }
    throw error
  }
}
