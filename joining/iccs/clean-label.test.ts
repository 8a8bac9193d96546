import { expect, it } from 'vitest'
import { cleanLabel } from './suggest-codes.ts'

it.each([
  ['ROBO CON INTIMIDACIÓN ART. 433', 'robo con intimidacion'],
  ['HURTO SIMPLE POR UN VALOR DE 4 A 40 UTM', 'hurto simple'],
  ['HURTO SIMPLE POR UN VALOR SOBRE 40 UTM ART. 446 N°1', 'hurto simple'],
  ['HURTO SIMPLE POR UN VALOR DE MEDIA A MENOS DE 4 UTM', 'hurto simple'],
  ['LESIONES GRAVES ART. 397 N° 2 Y 398', 'lesiones graves'],
  ['DAÑOS CALIFICADOS ARTS. 485 Y 486', 'danos calificados'],
  ['ABUSO SEXUAL (ART. 366 BIS INC. 2°)', 'abuso sexual'],
  ['CRÍMENES ART. 161-A C.P.', 'crimenes'],
  ['Lesiones leves en contexto de V.I.F.', 'lesiones leves en contexto de violencia intrafamiliar'],
  ['ROBO C/ VIOLENCIA', 'robo con violencia'],
  ['ROBO S/VIOLENCIA', 'robo sin violencia'],
  ['', ''],
  ['ART. 318 CP', ''],
])('leaves of «%s» the words «%s»', (label, text) => {
  expect(cleanLabel(label).text).toBe(text)
})

it('keeps the numbers of laws and articles apart from the words', () => {
  expect(cleanLabel('TRÁFICO ILÍCITO DE DROGAS (ART. 3) LEY N° 20.000')).toMatchObject({
    laws: ['20000'],
    articles: ['3'],
  })
  expect(cleanLabel('Decreto 48-92, artículo 38')).toMatchObject({ laws: ['48-92'], articles: ['38'] })
})

it('says whether a label is of an attempt, or of a remainder', () => {
  expect(cleanLabel('HOMICIDIO EN GRADO DE FRUSTRADO')).toMatchObject({ isAttempt: true, isOther: false })
  expect(cleanLabel('OTRAS ESTAFAS')).toEqual({
    text: 'estafas',
    laws: [],
    articles: [],
    isAttempt: false,
    isOther: true,
  })
})

it('never fails, however long the label is', () => {
  const long = `${'ART. 1 N° 2 INC. 3 DE 4 A 5 '.repeat(2_000)}UTM`
  expect(cleanLabel(long).articles.length).toBeGreaterThan(0)
})
