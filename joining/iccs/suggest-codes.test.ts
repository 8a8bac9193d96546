import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSuggester } from './suggest-codes.ts'
import { lexiconCodes } from './testing.ts'

const CODES = lexiconCodes()
const suggester = createSuggester(CODES, [])
const best = (label: string) => suggester.suggest(label, 1)[0]?.code

describe('the code that fits best', () => {
  it.each([
    ['HURTO', '0502'],
    ['HURTO DE VEHÍCULO AUTOMOTOR', '050211'],
    ['HOMICIDIO FRUSTRADO', '0102'],
    ['HOMICIDIO SIMPLE (TENTATIVA)', '0102'],
    ['ROBO CON INTIMIDACION ART. 436', '0401'],
    ['robo con intimidasion', '0401'],
    ['TRAFICO DE PEQUEÑAS CANTIDADES (ART. 4)', '060121'],
    ['LESIONES MENOS GRAVES EN CONTEXTO DE VIF', '020112'],
    ['ART. 318 CP', '02071'],
    ['LEY 20.000', '0601'],
    ['DELITOS SEXUALES', '03'],
    ['OTROS HECHOS', '1109'],
  ])('of «%s» is %s', (label, code) => {
    expect(best(label)).toBe(code)
  })

  it('is not disturbed by articles, amounts and how far the act went', () => {
    const noise = fc.constantFrom(
      ' ART. 446 N° 2',
      ' (CONSUMADO)',
      ' POR UN VALOR DE 4 A 40 UTM',
      ' ART. 433, 436 INC. 1°',
      ' C.P.',
    )
    const labels = fc.constantFrom('HURTO SIMPLE', 'ESTAFA', 'AMENAZAS DE MUERTE', 'RECEPTACIÓN', 'VIOLACIÓN DE MORADA')
    fc.assert(
      fc.property(labels, fc.array(noise, { maxLength: 3 }), (label, more) => {
        expect(best(label + more.join(''))).toBe(best(label))
      }),
    )
  })

  it('is the same in capitals, without accents, and with other spaces', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Daño a monumentos', 'Tráfico ilícito de migrantes', 'Lesiones leves', 'Usurpación de aguas'),
        (label) => {
          const plain = label.normalize('NFD').replaceAll(/\p{M}/gu, '').toUpperCase().replaceAll(' ', '   ')
          expect(suggester.suggest(plain, 5)).toEqual(suggester.suggest(label, 5))
        },
      ),
    )
  })
})

describe('a list of proposals', () => {
  it('is ranked, has each code once, codes of the classification only, and no more than asked for', () => {
    const known = new Set(CODES.map(({ code }) => code))
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.lorem({ mode: 'sentences', maxCount: 1 }),
          fc.constantFrom('ROBO', 'ley', 'otros delitos'),
        ),
        fc.integer({ min: 1, max: 20 }),
        (label, most) => {
          const found = suggester.suggest(label, most)
          expect(found.length).toBeLessThanOrEqual(most)
          expect(new Set(found.map(({ code }) => code)).size).toBe(found.length)
          expect(found.every(({ code, score }) => known.has(code) && score > 0 && score <= 1_000)).toBe(true)
          expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).sort((a, b) => b - a))
        },
      ),
    )
  })

  it('says why: the words of a term, or what a more general code is above', () => {
    const [first, second] = suggester.suggest('HURTO DE GANADO', 2)
    expect(first).toMatchObject({
      code: '05025',
      reason: { kind: 'TERM', text: 'hurto de ganado', words: ['hurto', 'ganado'] },
    })
    expect(second?.reason.kind).toMatch(/^(TERM|ABOVE|SEVERAL_BELOW)$/)
  })

  it.each([
    ['HOMICIDIO CULPOSO', '0101'],
    ['PROSTITUCIÓN DE MENORES', '08021'],
    ['VIOLACIÓN DE MORADA', '03011'],
    ['SECUESTRO DE AERONAVE', '020221'],
  ])('has for «%s» no code that the classification excludes: %s', (label, code) => {
    expect(suggester.suggest(label, 5).map((each) => each.code)).not.toContain(code)
  })

  it('is empty for a label without a known word', () => {
    expect(suggester.suggest('qwertyuiop zxcvbnm', 5)).toEqual([])
    expect(suggester.suggest('', 5)).toEqual([])
  })

  it('leaves out the codes that a classification does not have', () => {
    const few = createSuggester(
      CODES.filter(({ code }) => code.startsWith('05')),
      [],
    )
    expect(few.suggest('HOMICIDIO', 5).filter(({ code }) => !code.startsWith('05'))).toEqual([])
  })

  it('takes an article of a penal code only for labels of that country', () => {
    expect(createSuggester(CODES, [], 'GT').suggest('ART. 318 CP', 5)).toEqual([])
    expect(createSuggester(CODES, [], 'CL').suggest('ART. 318 CP', 1)).toMatchObject([
      { code: '02071', reason: { kind: 'ARTICLE', country: 'CL' } },
    ])
  })
})
