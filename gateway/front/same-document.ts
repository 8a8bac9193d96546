/** Whether two documents say the same. */

/**
 * Compares two nodes of the GraphQL syntax, or parts of them, without their places in a text. A member that is undefined counts as absent.
 * It goes no deeper than the node that is less deep.
 */
export function isSameSyntax(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) && left.length === right.length && left.every((item, at) => isSameSyntax(item, right[at]))
    )
  }
  if (!isRecord(left) || !isRecord(right) || Array.isArray(right)) return false
  return membersOf(left).every((name) => isSameSyntax(left[name], right[name])) && hasNoMore(right, left)
}

function hasNoMore(node: Record<string, unknown>, than: Record<string, unknown>): boolean {
  return membersOf(node).every((name) => than[name] !== undefined)
}

function membersOf(node: Record<string, unknown>): readonly string[] {
  return Object.keys(node).filter((name) => name !== 'loc' && node[name] !== undefined)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
