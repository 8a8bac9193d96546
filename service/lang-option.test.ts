import { expect, it } from 'vitest'
import type { Language } from '../contract/language.ts'
import { chooseLanguage, LANG_OPTION, OLDER_LANG_OPTION, speak, spokenLanguage } from './lang-option.ts'

it.each([
  [{}, 'en'],
  [{ LANG: 'es_NI.UTF-8' }, 'es'],
  [{ LANG: 'es' }, 'es'],
  [{ LANG: 'ES-gt' }, 'es'],
  [{ LANG: 'es@euro' }, 'es'],
  [{ LANG: 'est_EE' }, 'en'],
  [{ LANG: 'C.UTF-8' }, 'en'],
  [{ LANG: 'de_DE', LC_MESSAGES: 'es_PA' }, 'es'],
  [{ LANG: 'es_PA', LC_MESSAGES: '' }, 'es'],
  [{ LANG: 'es_PA', LC_MESSAGES: 'es_PA', LC_ALL: 'C' }, 'en'],
  [{ LC_CTYPE: 'es_PA' }, 'en'],
])('chooses for %o the language %s', (env, language) => {
  expect(chooseLanguage(undefined, env)).toBe(language)
})

it('prefers what the command line says', () => {
  expect(chooseLanguage('en', { LANG: 'es_NI' })).toBe('en')
  expect(['es', 'en', 'fr', 'ES', ''].map(LANG_OPTION.parse)).toEqual(['es', 'en', undefined, undefined, undefined])
})

it.each<[string, readonly string[], Record<string, string>, Language]>([
  ['--lang', ['--lang', 'es'], { LANG: 'en_US.UTF-8' }, 'es'],
  ['--language, its older name', ['--language=es'], { LANG: 'en_US.UTF-8' }, 'es'],
  ['the locale', [], { LC_ALL: 'es_NI.UTF-8' }, 'es'],
  ['the locale, also where Spanish is usual', [], { LANG: 'en_GB' }, 'en'],
])('the language of a command is that of %s', (_, args, env, language) => {
  speak(args, env)
  expect(spokenLanguage('es')).toBe(language)
  expect(OLDER_LANG_OPTION.parse('fr')).toBeUndefined()
})

it('the language of a command is else the usual one of the command, which is English if it has none', () => {
  speak([], { LANG: '' })
  expect([spokenLanguage('es'), spokenLanguage()]).toEqual(['es', 'en'])
})
