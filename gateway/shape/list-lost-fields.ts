import type { AnswerError } from '../types/answer-error.ts'
import type { ObjectShape } from '../types/shape.ts'

/**
 * Lists the root fields that no fetch of the plan asks for. The planner leaves out a field silently if it finds no way to it, as below an
 * interface that no type of the subgraph implements. Each such field is null in the answer, and this error says why.
 * @param tree the gathered data, by the gateway's response keys. A field that was asked for has a key in it, or an error.
 * @param errors the answer's errors so far.
 */
export function listLostFields(
  shape: ObjectShape,
  tree: Readonly<Record<string, unknown>>,
  errors: readonly AnswerError[],
): readonly AnswerError[] {
  const fields = shape.onlyType?.fields ?? []
  const absent = fields.filter(({ key, outKey, fieldName, isDenied }) => {
    return !Object.hasOwn(tree, key) && outKey !== null && fieldName !== '__typename' && !isDenied
  })
  if (absent.length === 0) return []
  const explained = new Set(errors.map(({ path }) => path[0]))
  return absent
    .filter(({ key }) => !explained.has(key))
    .map(({ key, coordinate }) => ({ code: 'PLAN_FAILED', country: null, coordinate, path: [key] }))
}
