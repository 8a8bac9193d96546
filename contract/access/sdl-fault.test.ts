import { expect, it } from 'vitest'
import { LANGUAGES } from '../language.ts'
import { describeSdlFault, describeSdlProblem } from './sdl-fault.ts'

const CODES: Readonly<Record<string, readonly string[]>> = {
  TYPE_UNKNOWN: ['place', 'came', 'type'],
  TYPE_UNKNOWN_HERE: ['place', 'expected', 'came', 'type'],
  TYPE_DIFFERS: ['place', 'expected', 'came'],
  FIELD_MISSING: ['place', 'field'],
  POLICY_UNDECIDED: ['place', 'policy'],
  SHOWN_FIELD_MISSING: ['place', 'source'],
  SHOWN_FOR_LESS: ['place', 'source'],
  RULE_NOT_LINKED: ['rule', 'local', 'url'],
  RULE_LINKED_OTHERWISE: ['rule', 'local', 'meant', 'url'],
  LINK_REPEATED: ['url'],
  NAME_REPEATED: ['place'],
  ARGUMENT_REPEATED: ['local', 'argument'],
  ROOT_RENAMED: ['came'],
  KIND_DIFFERS: ['place', 'expected', 'came'],
  REVEALS_MALFORMED: ['place', 'came'],
  RULE_MALFORMED: ['place', 'local', 'argument'],
}

it.each(Object.entries(CODES))('%s names its details in both languages, and nothing else', (code, names) => {
  const details = Object.fromEntries(names.map((name) => [name, `«${name}»`]))
  const texts = LANGUAGES.map((language) => describeSdlProblem({ code, details }, language))
  for (const text of texts) {
    for (const name of names) expect(text).toContain(`«${name}»`)
    // A detail that nobody gives would leave nothing where it stands.
    expect(text).not.toMatch(/ {2}|"";|@;|@,|\{|\}/)
  }
  expect(texts[0]).not.toBe(texts[1])
})

it('a detail in braces stays as it is, and the line stands in front', () => {
  const fault = { line: 7, code: 'ROOT_RENAMED', details: { came: '{came}' } } as const
  expect(describeSdlFault(fault)).toBe('line 7: expected the root type Query; came {came}. Call it Query.')
  expect(describeSdlFault(fault, 'es')).toBe('línea 7: se esperaba el tipo raíz Query; vino {came}. Llámelo Query.')
})
