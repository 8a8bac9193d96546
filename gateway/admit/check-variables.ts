import { checkLimit, type Limits } from './limits.ts'

/**
 * Checks the size of `variables` as they came. It walks without recursion, and stops at the limits.
 * @throws {IstmoError} `LIMIT_EXCEEDED`
 */
export function checkVariables(variables: unknown, limits: Limits): void {
  // Two stacks and not one of pairs, because this runs for each request.
  const values: unknown[] = [variables]
  const depths: number[] = [0]
  let count = -1
  let characters = 0
  while (values.length > 0) {
    const value = values.pop()
    const depth = depths.pop() ?? 0
    checkLimit(limits, 'variables', ++count)
    if (typeof value === 'string') characters += value.length
    if (typeof value === 'object' && value !== null) {
      checkLimit(limits, 'variableDepth', depth)
      const names = Object.keys(value)
      // Count all members before pushing any onto the stack: an object may have as many members as a request body holds.
      checkLimit(limits, 'variables', count + names.length)
      const isList = Array.isArray(value)
      for (const name of names) {
        if (!isList) characters += name.length
        values.push((value as Record<string, unknown>)[name])
        depths.push(depth + 1)
      }
    }
    checkLimit(limits, 'variableCharacters', characters)
  }
}
