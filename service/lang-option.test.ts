import { expect, it } from 'vitest'
import { chooseLanguage, chooseLineLanguage, LANG_OPTION, OLDER_LANG_OPTION } from './lang-option.ts'

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

it.each<[string, Parameters<typeof chooseLineLanguage>, string]>([
  ['--lang', [{ lang: 'es', language: 'en' }, { LANG: 'en_US.UTF-8' }], 'es'],
  ['--language, its older name', [{ lang: undefined, language: 'es' }, { LANG: 'en_US.UTF-8' }], 'es'],
  ['the locale', [{ lang: undefined, language: undefined }, { LC_ALL: 'es_NI.UTF-8' }], 'es'],
  [
    'the locale, also where Spanish is usual',
    [{ lang: undefined, language: undefined }, { LANG: 'en_GB' }, 'es'],
    'en',
  ],
  ['the usual language', [{ lang: undefined, language: undefined }, { LANG: '' }, 'es'], 'es'],
  ['English', [{ lang: undefined, language: undefined }, {}], 'en'],
])('the language of a command that had --language first is that of %s', (_, given, language) => {
  expect(chooseLineLanguage(...given)).toBe(language)
  expect(OLDER_LANG_OPTION.parse('fr')).toBeUndefined()
})
