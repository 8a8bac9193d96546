import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detail, detailTexts } from './error-details.ts'
import { meaningOf, remedyOf, spanishErrors, wordError } from './error-message.ts'
import { ERRORS, type ErrorCode, type ErrorText, IstmoError } from './errors.ts'
import { LANGUAGES } from './language.ts'
import { RECORD_ID_FORM } from './record-id.ts'

const CODES = Object.keys(ERRORS) as ErrorCode[]
const ERRORS_ES = spanishErrors()
const [EN, ES] = [detailTexts('en'), detailTexts('es')]

/** Each text of the registry in both languages, by a name that tells where it is. */
const TEXTS: readonly (readonly [name: string, en: string, es: string])[] = [
  ...CODES.flatMap((code): [string, string, string][] => {
    const [en, es]: ErrorText[] = [ERRORS[code], ERRORS_ES[code]]
    return [
      [`${code} meaning`, en?.meaning ?? '', es?.meaning ?? ''],
      [`${code} remedy`, en?.remedy ?? '', es?.remedy ?? ''],
    ]
  }),
  ...Object.entries(EN).map(([key, en]): [string, string, string] => [key, en, ES[key] ?? '']),
]

/** The words of a text, in small letters, without names of the interface: what is in backticks or in «quotation marks». */
function wordsOf(text: string): readonly string[] {
  return (
    text
      .replaceAll(/`[^`]*`|\{\w+\}|https?:\S+/g, ' ')
      .match(/[\p{L}]+/gu)
      ?.map((word) => word.toLowerCase()) ?? []
  )
}

const placeholdersOf = (text: string): readonly string[] => [...new Set(text.match(/\{\w+\}/g))].sort()
const quotedOf = (text: string): readonly string[] => (text.match(/`[^`]+`/g) ?? []).sort()

/** Words of English that no Spanish text of ours needs. */
const ENGLISH =
  /^(the|and|is|are|was|of|to|with|for|from|not|this|that|it|its|your|you|ask|send|again|request|answer|country|countries|field|fields|document|gateway|expired|missing|expected|came|most|than|limit|row|rows|record|log)$/

/** Words without the accent that Spanish demands. */
const MISSPELT =
  /^(\w*[cs]ion|pais|paises|numero|codigo|codigos|pagina|paginas|maximo|limite|limites|aqui|tambien|despues|segun|todavia|valido|valida|unico|unica)$/

/** Words that address the reader as «tú» or «vos». */
const FAMILIAR =
  /^(tu|tus|ti|tú|vos|tienes|tenés|puedes|podés|debes|debés|enviá|usá|escribí|pedí|corregí|consultá|preguntá|esperá)$/

describe('the texts of the error codes', () => {
  it.each(TEXTS)('say %s in English and in Spanish, about the same values', (_name, en, es) => {
    expect(en.trim()).not.toBe('')
    expect(es.trim()).not.toBe('')
    expect(es).not.toBe(en)
    expect(placeholdersOf(es)).toEqual(placeholdersOf(en))
    expect(quotedOf(es)).toEqual(quotedOf(en))
  })

  it('are Spanish in Spanish: without English words, with accents, and they address the reader as usted', () => {
    const wrong = TEXTS.flatMap(([name, , es]) =>
      wordsOf(es).flatMap((word) =>
        [ENGLISH, MISSPELT, FAMILIAR].some((list) => list.test(word)) ? [`${name}: ${word}`] : [],
      ),
    )
    expect(wrong).toEqual([])
  })

  it('recognise a text that is not Spanish', () => {
    expect(wordsOf('Envíe la request a Guatemala').some((word) => ENGLISH.test(word))).toBe(true)
    expect(wordsOf('la operacion').some((word) => MISSPELT.test(word))).toBe(true)
  })

  it('are sentences, of which the remedy says what to do', () => {
    for (const code of CODES)
      for (const language of LANGUAGES) {
        expect(meaningOf(code, language), code).toMatch(/^[\p{Lu}`].*\.$/u)
        expect(remedyOf(code, language), code).toMatch(/^[\p{Lu}`].*\.$/u)
      }
  })

  it('are those of every code and of no other', () => {
    expect(Object.keys(ERRORS_ES).sort()).toEqual(CODES.toSorted())
  })

  it('know no placeholder but the country', () => {
    for (const code of CODES)
      for (const { meaning, remedy } of [ERRORS[code], ERRORS_ES[code]])
        expect([...placeholdersOf(meaning), ...placeholdersOf(remedy)].filter((one) => one !== '{country}')).toEqual([])
  })

  it('describe an id as the contract does', () => {
    expect(EN.ID_OF_OTHER_FORM).toContain(`expected ${RECORD_ID_FORM};`)
    expect(EN.ID_OF_OTHER_TYPE).toContain(`expected ${RECORD_ID_FORM};`)
  })
})

describe('the message of an error', () => {
  it('says what happened, what to do next and whom to ask, and names the country', () => {
    expect(wordError({ code: 'TIMED_OUT', country: 'HN' }, 'en')).toBe(
      'Honduras did not answer in time, so its part is missing. What other countries answered is here. Ask again in a few minutes. If it lasts, ask the contact point of Honduras.',
    )
    expect(wordError({ code: 'TIMED_OUT', country: 'HN' }, 'es')).toBe(
      'Honduras no respondió a tiempo, por lo que falta su parte. Lo que respondieron otros países está aquí. Pregunte otra vez en unos minutos. Si sigue igual, consulte al punto de contacto de Honduras.',
    )
  })

  it.each([
    ['SV', 'The rules of El Salvador deny you', 'Las reglas de El Salvador le niegan'],
    ['PA', 'The rules of Panama deny you', 'Las reglas de Panamá le niegan'],
    ['BZ', 'The rules of Belize deny you', 'Las reglas de Belice le niegan'],
    ['DO', 'The rules of the Dominican Republic deny you', 'Las reglas de la República Dominicana le niegan'],
    ['UN', 'The rules of the United Nations deny you', 'Las reglas de la ONU le niegan'],
    [null, 'The rules of the country deny you', 'Las reglas del país le niegan'],
    ['?', 'The rules of ? deny you', 'Las reglas de ? le niegan'],
  ])('names %s as a sentence needs it', (country, en, es) => {
    expect(wordError({ code: 'FORBIDDEN_BY_COUNTRY', country }, 'en')).toContain(en)
    expect(wordError({ code: 'FORBIDDEN_BY_COUNTRY', country }, 'es')).toContain(es)
  })

  it('begins with a capital letter', () => {
    expect(wordError({ code: 'DENIED', country: 'DO' }, 'en')).toMatch(/^The Dominican Republic denied its part\./)
    expect(wordError({ code: 'DENIED' }, 'es')).toMatch(/^El país negó su parte\..* al punto de contacto del país\.$/)
  })

  it('puts what was expected and what came between the two', () => {
    const error = new IstmoError('BAD_USER_INPUT', detail('ONE_CRITERION', { place: 'Query.persons(search:)' }))
    expect(wordError(error, 'en')).toBe(
      'A variable or an argument has a value that the field does not accept. Query.persons(search:) takes at least one criterion; came none. Correct the value, and send the request again.',
    )
    expect(wordError(error, 'es')).toBe(
      'Una variable o un argumento tiene un valor que el campo no acepta. Query.persons(search:) admite al menos un criterio; no llegó ninguno. Corrija el valor y envíe la solicitud otra vez.',
    )
  })

  it('says of an English detail that it is English', () => {
    const error = new IstmoError('TOKEN_INVALID', 'the signature is not valid')
    expect(wordError(error, 'es')).toContain(' Detalle en inglés: The signature is not valid. ')
  })

  it('is for logs in English, without what to do', () => {
    expect(new IstmoError('LEG_DEADLINE').message).toBe('The country did not answer in time, so its part is missing.')
    expect(new IstmoError('COST_EXCEEDED', detail('COST', { most: 5, came: 9, fields: 'Query.cases' })).message).toBe(
      'The operation would cost more than is allowed. Expected a cost of at most 5 for each country; came 9, most of it for Query.cases.',
    )
  })

  it('leaves no placeholder open, for any code, country and language', () => {
    const country = fc.oneof(fc.constant(null), fc.constantFrom('GT', 'SV', 'UN', 'XX'))
    fc.assert(
      fc.property(fc.constantFrom(...CODES), country, fc.constantFrom(...LANGUAGES), (code, about, language) => {
        expect(wordError({ code, country: about }, language)).not.toMatch(/[{}]|\b(de|a) el país/)
      }),
    )
  })

  it('does not fill in what looks like a placeholder in a value', () => {
    const error = new IstmoError('BAD_USER_INPUT', detail('ONE_COUNTRY', { place: '{most} {country}' }))
    expect(wordError({ ...error, country: 'GT' }, 'es')).toContain('{most} {country} admite')
  })
})
