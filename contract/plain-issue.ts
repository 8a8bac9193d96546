import type { z } from 'zod'

/** What a person calls the types of Zod. */
const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list, such as [a, b]',
  object: 'settings with names',
  record: 'settings with names',
  undefined: 'nothing',
  null: 'nothing',
}

/** How Zod's own messages begin. Any other message is a schema's, for its readers. */
const OWN_WORDS = /^(?:Invalid (?:input|option)|Too (?:small|big))\b/

/**
 * Says in plain words what was expected of a value and what came, without the value.
 * Zod's own words are those of a developer: «Invalid input: expected string, received undefined». The words of a schema stay.
 */
export function describePlainly(issue: z.core.$ZodIssue): string {
  if (!OWN_WORDS.test(issue.message)) return issue.message
  switch (issue.code) {
    case 'invalid_type': {
      const came = /received (\w+)/.exec(issue.message)?.[1]
      const expected = TYPES[issue.expected] ?? issue.expected
      return `expected ${expected}; came ${came === undefined ? 'something else' : (TYPES[came] ?? came)}`
    }
    case 'invalid_value':
      return `expected ${issue.values.map(String).join(' or ')}; came something else`
    case 'too_small':
      return `expected at least ${issue.minimum}${unitOf(issue.origin)}; came less`
    case 'too_big':
      return `expected at most ${issue.maximum}${unitOf(issue.origin)}; came more`
    default:
      return 'expected another form; came this one'
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters'
  return origin === 'array' ? ' entries' : ''
}
