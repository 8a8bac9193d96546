import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { describeIssues } from './describe-issues.ts'

const SCHEMA = z
  .strictObject({
    country: z.string(),
    taskForces: z
      .array(z.strictObject({ id: z.string(), notAfter: z.string(), members: z.array(z.string()) }))
      .optional(),
    policies: z.string().optional(),
    port: z.int().min(0).optional(),
    key: z.string().min(9).optional(),
    scopes: z.array(z.string(), { error: 'expected a list of names' }).optional(),
    limits: z.record(z.string(), z.union([z.strictObject({ rowsPerDay: z.int() }), z.null()])).optional(),
  })
  .transform((file) => file.country)

const wrongIn = (text: string): readonly string[] =>
  describeIssues(SCHEMA.safeParse(parse(text)).error?.issues ?? [], SCHEMA, text).map(
    ({ path, message }) => `${path}: ${message}`,
  )

it.each([
  [
    'a misspelt setting',
    'country: NI\npolices: NI.cedar',
    ['at the top: there is no setting polices here (line 2). Did you mean policies?'],
  ],
  [
    'a misspelt setting before what is missing because of it',
    'country: NI\ntaskForces:\n  - id: a\n    notafter: x\n    members: []',
    [
      'taskForces.0: there is no setting notafter here (line 4). Did you mean notAfter?',
      'taskForces.0.notAfter: expected a text; came nothing (line 3)',
    ],
  ],
  [
    'a setting that is like none',
    'country: NI\nzebra: 1',
    [
      'at the top: there is no setting zebra here (line 2). The settings are country, taskForces, policies, port, key, scopes, limits',
    ],
  ],
  [
    'a text in place of a list',
    'country: NI\ntaskForces: a',
    ['taskForces: expected a list, such as [a, b]; came a text (line 2)'],
  ],
  ['a form for which the schema has words', 'country: NI\nscopes: a', ['scopes: expected a list of names (line 2)']],
  ['a number that is too small', 'country: NI\nport: -7', ['port: expected at least 0; came -7 (line 2)']],
  [
    'a text that is too short, which may be a secret',
    'country: NI\nkey: abc',
    ['key: expected at least 9 characters; came less (line 2)'],
  ],
  ['a number in place of a text', 'country: 12', ['country: expected a text; came a number (line 1)']],
])('says in plain words, with the line: %s', (_, text, lines) => {
  expect(wrongIn(text)).toEqual(lines)
})
