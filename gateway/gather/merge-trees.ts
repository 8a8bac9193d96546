import { isObject } from '../../contract/json-value.ts'
import type { AnswerError } from '../types/flow.ts'

/**
 * Merges the data of a separate group of fetches into the tree: objects key by key, lists item by item. If the two answers do not match
 * at a place (a list has another length, because rows were added or deleted in between), the group's values are left out there.
 * @returns one `BAD_ANSWER` for each place that does not match.
 */
export function mergeTrees(
  tree: Record<string, unknown>,
  part: Readonly<Record<string, unknown>>,
): readonly AnswerError[] {
  const answerErrors: AnswerError[] = []
  mergeObjects(tree, part, [], answerErrors)
  return answerErrors
}

function mergeObjects(
  target: Record<string, unknown>,
  source: Readonly<Record<string, unknown>>,
  path: readonly (string | number)[],
  answerErrors: AnswerError[],
): void {
  for (const [key, value] of Object.entries(source)) {
    if (Object.hasOwn(target, key)) mergeValues(target[key], value, [...path, key], answerErrors)
    else target[key] = value
  }
}

function mergeValues(
  target: unknown,
  source: unknown,
  path: readonly (string | number)[],
  answerErrors: AnswerError[],
): void {
  if (isObject(target) && isObject(source)) mergeObjects(target, source, path, answerErrors)
  else if (Array.isArray(target) && Array.isArray(source) && target.length === source.length) {
    for (const [i, item] of target.entries()) mergeValues(item, source[i], [...path, i], answerErrors)
  } else if (Array.isArray(target) || Array.isArray(source) || isObject(target) !== isObject(source)) {
    answerErrors.push({ code: 'BAD_ANSWER', country: null, coordinate: null, path })
  }
}
