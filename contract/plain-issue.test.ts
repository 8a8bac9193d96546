import { expect, it } from 'vitest'
import { z } from 'zod'
import { describePlainly } from './plain-issue.ts'

const FORM = z.strictObject({
  v: z.literal(1),
  kind: z.enum(['one', 'two']),
  keys: z.array(z.string()).min(1),
  text: z.string().min(3).max(5),
  digest: z.string().regex(/^x$/, 'expected an x'),
  either: z.union([z.number(), z.boolean()]),
})
const VALID = { v: 1, kind: 'one', keys: ['a'], text: 'text', digest: 'x', either: 1 }

it.each<[string, object, string]>([
  ['another value', { v: 2 }, 'expected 1; came something else'],
  ['none of several values', { kind: 'three' }, 'expected one or two; came something else'],
  ['nothing', { keys: undefined }, 'expected a list, such as [a, b]; came nothing'],
  ['an empty list', { keys: [] }, 'expected at least 1 entries; came less'],
  ['an empty text', { text: '' }, 'expected at least 3 characters; came less'],
  ['a long text', { text: 'longer' }, 'expected at most 5 characters; came more'],
  ['what a schema has words for', { digest: 'y' }, 'expected an x'],
  ['none of several forms', { either: 'text' }, 'expected another form; came this one'],
])('says in plain words what was expected of %s', (_, over, message) => {
  const { error } = FORM.safeParse({ ...VALID, ...over })
  expect(error?.issues.map(describePlainly)).toEqual([message])
})
