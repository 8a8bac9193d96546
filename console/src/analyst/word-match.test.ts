import fc from 'fast-check'
import type { TFunction } from 'i18next'
import { describe, expect, it } from 'vitest'
import { wordsIn } from '../words/catalogue.ts'
import { splitByMatch, wordMatch } from './word-match.ts'

const say = wordsIn('es')
const t = ((key: string, values: Record<string, string> = {}) =>
  say(key).replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '')) as unknown as TFunction
const identifier = (category: 'TELEPHONE' | 'PASSPORT') => ({ category, jurisdiction: 'GT', value: '1' })
const ERIK = { name: 'Erik Ramires Gusman' }

describe('the words of a match', () => {
  it.each([
    ['WEAK', 'Erick Ramírez Guzmán', ERIK, false, 'suena igual', 'con la fecha se sabría'],
    ['WEAK', 'Erick Ramírez Guzmán', ERIK, true, 'suena igual', 'la regla de su país oculta la fecha'],
    ['WEAK', 'ERIK RAMIRES GUSMAN', ERIK, false, 'mismo nombre', 'con la fecha se sabría'],
    [
      'WEAK',
      'Erik Ramires Gusman',
      { ...ERIK, birthDate: '1974-07-10' },
      false,
      'mismo nombre',
      'la fecha no es la misma',
    ],
    ['STRONG', 'Erick Ramírez Guzmán', { ...ERIK, birthDate: '1974-07-10' }, false, 'suena igual y misma fecha', null],
    ['EXACT_IDENTIFIER', null, { identifier: identifier('PASSPORT') }, false, 'mismo documento', null],
    [
      'WEAK',
      null,
      { identifier: identifier('TELEPHONE') },
      false,
      'mismo número; varios pueden usarlo',
      'con el nombre se sabría',
    ],
    [
      'STRONG',
      null,
      { ...ERIK, identifier: identifier('TELEPHONE') },
      false,
      'mismo número; varios pueden usarlo',
      null,
    ],
  ])(
    'say why a record is %s, and what would settle it (%s)',
    (band, matchedName, search, isDateHidden, reason, settle) => {
      expect(wordMatch(t, { band, matchedName }, search, isDateHidden)).toEqual({ reason, settle })
    },
  )
})

describe('the letters of a name that differ', () => {
  it.each([
    ['Erick Ramírez Guzmán', 'Erik Ramires Gusman', 'Eri[c]k Ram[í]re[z] Gu[z]m[á]n'],
    ['Heriberto Ramírez', 'Erik Ramires', '[Heriberto] Ram[í]re[z]'],
    ['erik ramires', 'Erik Ramires', 'erik ramires'],
    ['Erik', '', 'Erik'],
  ])('are found in %s', (name, sought, marked) => {
    const shown = splitByMatch(name, sought).map(({ text, differs }) => (differs ? `[${text}]` : text))
    expect(shown.join('')).toBe(marked)
  })

  it('leave the name as it is, whatever was sought', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (name, sought) => {
        expect(
          splitByMatch(name, sought)
            .map(({ text }) => text)
            .join(''),
        ).toBe(name)
      }),
    )
  })
})
