import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const SOURCES = globSync('**/*.tsx', { cwd: new URL('..', import.meta.url).pathname })
  .filter((path) => !path.endsWith('.test.tsx'))
  .map((path) => [path, readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')] as const)

it('leaves no words to the browser, which speaks its own language: in fields for days and files, and in what it says of a form', () => {
  expect(SOURCES.length).toBeGreaterThan(50)
  const fields = SOURCES.filter(([, text]) =>
    /type[=:] ?["'](?:date|month|week|time|datetime-local|file)["']/.test(text),
  )
  const forms = SOURCES.filter(([, text]) =>
    (text.match(/<form\b[\s\S]*?>\n/g) ?? []).some((form) => !form.includes('noValidate')),
  )
  expect([...fields, ...forms].map(([path]) => path)).toEqual([])
})
