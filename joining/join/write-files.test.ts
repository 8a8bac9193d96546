import { expect, it } from 'vitest'
import { LANGUAGES } from '../../contract/language.ts'
import { helpText } from '../../service/help-words.ts'
import { NODE_SETTINGS } from '../../subgraphs/kit/settings.ts'
import type { Answers } from './answers.ts'
import { writeSettings } from './make-folder.ts'

const ANSWERS: Answers = {
  ...{ country: 'NI', nameEs: 'Nicaragua', nameEn: 'Nicaragua', domains: ['cases'], host: 'istmo.example', port: 4102 },
  ...{
    listen: '0.0.0.0',
    database: 'embedded',
    contact: 'Unidad de Cooperación',
    logName: 'istmo.example/ni',
    witness: 'http://h:4106/',
  },
  ...{ gatewayName: 'istmo', gatewayKeys: '', gatewayCa: '', tls: 'own' },
}

const linesIn = (text: string, isComment: boolean): readonly string[] =>
  text.split('\n').filter((line) => line !== '' && line.startsWith('# ') === isComment)

it('the settings are the same in each language, and each has a comment', () => {
  const [english = '', spanish = ''] = LANGUAGES.map((language) => writeSettings(ANSWERS, language))
  expect(linesIn(spanish, false)).toEqual(linesIn(english, false))
  for (const { variable } of Object.values(NODE_SETTINGS))
    expect(spanish).toMatch(new RegExp(`^# .*\\n#?${variable}=`, 'm'))
})

it('the comments are in the language that was asked for', () => {
  const english = /(?<!\p{L})(?:the|of|file|folder|expected|default|without)(?!\p{L})/u
  const lines = linesIn(writeSettings(ANSWERS, 'es'), true)
  const comments = lines.map((line) => line.slice(2)).join(' ')
  // The names of flags and programs stay as they are.
  expect(english.exec(comments.replaceAll(/--[\w-]+|`[^`]*`|signed note/g, ''))).toBe(null)
  expect(comments).toContain('(se espera: un número entero de 1 a 1000000000; si falta: 5)')
})

it('the words say the same of flags and files as the English ones', () => {
  for (const [key, { meaning }] of Object.entries(NODE_SETTINGS)) {
    const spanish = helpText(meaning, 'es')
    const named = (text: string): readonly string[] =>
      [...text.matchAll(/--[\w-]+|`[^`]*`|\/[a-z]+\b|\w+\.md|\b\d+\b/g)].map(([one]) => one).sort()
    const flags = named(meaning).filter((one) => !one.startsWith('/'))
    expect([key, flags.filter((one) => !named(spanish).includes(one))]).toEqual([key, []])
  }
})
