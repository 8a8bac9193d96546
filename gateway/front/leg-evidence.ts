import { deriveQuestionSalt } from '../../contract/leg-salt.ts'
import type { Evidence, LegEvidence } from '../types/question.ts'

/** The most legs whose evidence one answer has. */
const MAX_LEGS = 64

/** The most text that the evidence of one answer has, in characters: of the legs' bodies and of their answers together. */
const MAX_CHARACTERS = 4_000_000

/**
 * Creates what collects the evidence of one request (docs/design/trust.md, Evidence).
 * @param requestSalt the salt of the request's entry; undefined if it has none.
 */
export function createEvidence(requestSalt?: Uint8Array): Evidence {
  const salt = requestSalt === undefined ? null : Buffer.from(deriveQuestionSalt(requestSalt)).toString('base64url')
  const legs: LegEvidence[] = []
  let characters = 0
  let leftOff = 0
  return {
    add(leg) {
      const size = leg === undefined ? 0 : leg.request.length + leg.answer.length
      if (leg === undefined || legs.length >= MAX_LEGS || characters + size > MAX_CHARACTERS) {
        leftOff += 1
        return
      }
      characters += size
      legs.push(leg)
    },
    list: () => ({ legs, leftOff, salt }),
  }
}
