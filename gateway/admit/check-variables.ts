import { checkLimit, type Limits } from './limits.ts'

/**
 * Checks the size of `variables` as they came. It walks without recursion, and stops at the limits.
 * @throws {IstmoError} `LIMIT_EXCEEDED`
 */
export function checkVariables(variables: unknown, limits: Limits): void {
  const stack: { value: unknown; depth: number }[] = [{ value: variables, depth: 0 }]
  let values = -1
  let characters = 0
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { value, depth } = next
    checkLimit(limits, 'variables', ++values)
    if (typeof value === 'string') characters += value.length
    if (typeof value === 'object' && value !== null) {
      checkLimit(limits, 'variableDepth', depth)
      // Count all members before pushing any onto the stack: an object may have as many members as a request body holds.
      checkLimit(limits, 'variables', values + Object.keys(value).length)
      for (const [name, member] of Object.entries(value)) {
        if (!Array.isArray(value)) characters += name.length
        stack.push({ value: member, depth: depth + 1 })
      }
    }
    checkLimit(limits, 'variableCharacters', characters)
  }
}
