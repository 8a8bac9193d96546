import { expect, it } from 'vitest'
import { stemsOf } from './suggest-codes.ts'

it.each([
  ['lesiones graves', 'LESIÓN GRAVE'],
  ['falsificación de documentos', 'documento falsificado'],
  ['tráfico ilícito de estupefacientes', 'Tráfico ilícito de drogas sujetas a fiscalización'],
  ['menores de edad', 'niñas'],
  ['homicidio por imprudencia', 'homicidio culposo'],
  ['robo de automotores', 'robo de vehículo motorizado'],
  ['malos tratos', 'maltrato'],
  ['DANOS', 'daños'],
])('takes «%s» and «%s» for the same words', (one, other) => {
  expect([...stemsOf(one)].sort()).toEqual([...stemsOf(other)].sort())
})

it.each([
  ['violación', 'violencia'],
  ['trata', 'maltrato'],
  ['habitado', 'no habitado'],
  ['con violencia', 'sin violencia'],
])('tells «%s» from «%s»', (one, other) => {
  expect(stemsOf(one)).not.toEqual(stemsOf(other))
})
