/** The records of the bench, computed from their ids, so that each process has the same ones. */

/** A record that a field names. */
export interface Ref {
  readonly type: string
  readonly id: string
}

/** The value of a field: a scalar, or the records that it names. */
export type Value = string | number | boolean | null | Ref | readonly Ref[]

/** Where the values of fields come from. */
export interface Records {
  /** The root fields that find one record by its id, and its type. */
  readonly rootTypes: Readonly<Record<string, string>>
  /**
   * Returns the value of a field of a record.
   * @throws {Error} if there is no such field.
   */
  fieldOf(ref: Ref, field: string): Value
}

/** How many persons, and how many cases, there are. A prime number, so that what follows finds another record for each number. */
const COUNT = 100_003
const STATUTES = 997

/** The country that has the records. */
export const COUNTRY = 'HN'

/** Makes the id of a record. */
export function idOf(kind: 'P' | 'C' | 'S' | 'R' | 'L', number: number): string {
  return `${COUNTRY}:${kind}-${number}`
}

/** Makes the id of a list of `count` cases. */
export function docketId(count: number, number: number): string {
  return `${COUNTRY}:D-${count}-${number}`
}

const person = (number: number): Ref => ({ type: 'Person', id: idOf('P', number % COUNT) })
const caseRef = (number: number): Ref => ({ type: 'Case', id: idOf('C', number % COUNT) })
const statute = (number: number): Ref => ({ type: 'Statute', id: idOf('S', number % STATUTES) })

function series(count: number, of: (at: number) => Ref): readonly Ref[] {
  return Array.from({ length: count }, (_, at) => of(at))
}

const FIELDS: Readonly<Record<string, Readonly<Record<string, (number: number, count: number) => Value>>>> = {
  Person: {
    name: (number) => `María José ${number} Hernández Núñez de la Peña y García-Ibáñez`,
    birthplace: (number) => `Cantón ${number} de San Cristóbal Totonicapán, departamento de Totonicapán, occidente`,
    cases: (number) => series(2, (at) => caseRef(7 * number + 1 + at)),
  },
  Registry: {
    keeper: (number) => `Registradora ${number}`,
    persons: (number) => series(3, (at) => person(11 * number + at)),
  },
  Case: {
    title: (number) => `Expediente ${number}: asociación ilícita y lavado de dinero u otros activos, en concurso`,
    summary: (number) =>
      `La fiscalía ${number} pidió información bancaria; la sala de apelaciones aún no ha resuelto sobre la medida cautelar.`,
    lead: (number) => person(3 * number + 5),
    statute: (number) => statute(5 * number + 2),
  },
  Docket: {
    clerk: (count, number) => `Secretario ${number} de ${count}`,
    cases: (count, number) => series(count, (at) => caseRef(37 * number + at)),
  },
  Statute: {
    heading: (number) => `Artículo ${number}. Obligaciones de las personas jurídicas y de sus representantes legales`,
    text: (number) =>
      `Quien infrinja el artículo ${number} será sancionado con prisión de seis a veinte años, y multa.`,
    cases: (number) => series(2, (at) => caseRef(13 * number + 3 + at)),
  },
  Code: { statutes: (number) => series(3, (at) => statute(17 * number + at)) },
}

/** The records of the graph that each gateway can serve. */
export const RECORDS_OF_ALL: Records = {
  rootTypes: { person: 'Person', registry: 'Registry', docket: 'Docket', code: 'Code' },
  fieldOf({ type, id }, field) {
    const [number = Number.NaN, second = Number.NaN] = id
      .slice(id.indexOf('-') + 1)
      .split('-')
      .map(Number)
    const value = FIELDS[type]?.[field]?.(number, second)
    if (value === undefined) throw new Error(`expected a field of the bench's records; came ${type}.${field}`)
    return value
  },
}
