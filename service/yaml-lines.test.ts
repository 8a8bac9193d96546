import { expect, it } from 'vitest'
import { findYamlLines } from './yaml-lines.ts'

const TEXT = `# a comment
a: &shared
  b: 1
list:
  - x
  - { c: 2,
      d: 3 }
e: *shared
"q.r": 4
`

it.each([
  [['a'], 2],
  [['a', 'b'], 3],
  [['list'], 4],
  [['list', 0], 5],
  [['list', 1, 'd'], 7],
  [['e', 'b'], 8],
  [['q.r'], 9],
  [['nowhere'], 1],
  [['list', 9], 4],
  [[], 1],
])('finds the line of %j', (path, line) => {
  expect(findYamlLines(TEXT)(path)).toBe(line)
})
