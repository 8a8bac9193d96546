import { expect, it } from 'vitest'
import { LANGUAGES } from '../../contract/language.ts'
import { describeTableText, ReaderUnsafe, tableProblem } from './table-problem.ts'

const DETAILS: Readonly<Record<string, readonly string[]>> = {
  LINK_SHOWN: ['column', 'hidden'],
  UNREADABLE: ['reason'],
  READER_WRITES: ['table'],
  GIVE_COLUMN: ['table', 'column', 'expression'],
  GIVE_CHANGE: ['table', 'column'],
}

it.each(Object.entries(DETAILS))('%s names its details in both languages', (code, names) => {
  const details = Object.fromEntries(names.map((name) => [name, `<${name}>`]))
  for (const language of LANGUAGES) {
    const text = describeTableText({ code, details }, language)
    for (const name of names) expect(text).toContain(`<${name}>`)
    expect(text).not.toMatch(/[{}]/)
  }
})

it('a problem is in English, and can be said in Spanish', () => {
  const problem = tableProblem('cases.warrant', { code: 'ROWS_UNFILTERED' }, { code: 'ENABLE_SECURITY' })
  expect([problem.table, problem.problem]).toEqual(['cases.warrant', 'nothing filters its rows'])
  expect(describeTableText(problem.says.problem, 'es')).toBe('nada filtra sus filas')
})

it('an unsafe reader says why, and what to do', () => {
  const details = { table: 'cases.offence' }
  expect(new ReaderUnsafe({ code: 'READER_WRITES', details }).message).toMatch(
    /: the role may write cases\.offence\. Let a superuser run «create role istmo_reader nologin; /,
  )
  expect(new ReaderUnsafe(null, 'role "istmo_reader" does not exist').message).toContain(
    ': role "istmo_reader" does not exist.',
  )
})
