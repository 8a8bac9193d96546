/** Makes the answer of an operation whose fetches have run. */
import { formatErrors } from '../shape/errors.ts'
import { explainMissing } from '../shape/explain-missing.ts'
import { listLostFields } from '../shape/list-lost-fields.ts'
import { placeDenials } from '../shape/place-denials.ts'
import { shapeAnswer } from '../shape/shape.ts'
import type { EngineAnswer, TakeTurn } from '../types/flow.ts'
import type { Run } from './run-fetches.ts'

/** How long the checks of an answer take, in milliseconds, if it is so large that the steps after them need turns of their own. */
const LARGE_MS = 5

/** Makes the answer. If it is large, this is one turn, and what the caller does with the answer is another one. */
export async function makeInTurn(run: Run, takeTurn: TakeTurn): Promise<EngineAnswer> {
  if (run.checking.spentMs() < LARGE_MS) return makeAnswer(run)
  await takeTurn(run.context, 'next')
  const answer = makeAnswer(run)
  await takeTurn(run.context, 'next')
  return answer
}

function makeAnswer(run: Run): EngineAnswer {
  const { compiled, tree, denials, answerErrors, manifest } = run
  const { outKey } = compiled
  const shaped = shapeAnswer(compiled.shape, tree)
  const lost = compiled.isEmpty ? [] : listLostFields(compiled.shape, tree, [...answerErrors, ...denials])
  const isNothingAsked = compiled.isEmpty || (lost.length > 0 && Object.keys(tree).length === 0)
  const data = isNothingAsked ? null : shaped.data
  const found = [...answerErrors, ...lost]
  const missing = explainMissing(shaped.missing, found, denials, outKey)
  const errors = formatErrors([...placeDenials(denials, { ...shaped, data }, outKey), ...found, ...missing], outKey)
  return {
    data,
    ...(errors.length > 0 && { errors }),
    ...(manifest.size > 0 && { extensions: { countries: listCountries(manifest) } }),
  }
}

function listCountries(manifest: Run['manifest']): readonly object[] {
  const sorted = [...manifest].sort(([a], [b]) => (a < b ? -1 : 1))
  return sorted.map(([key, outcome]) => {
    const [country, domain] = key.split(' ')
    return { country, domain, ...outcome }
  })
}
