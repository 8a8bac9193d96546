import { IDENTIFIER_CATEGORIES, isIdentifierCategory, recordedIdentifier } from '../identifiers.ts'
import {
  BOOLEAN,
  COUNTRY,
  DATE,
  dateAfter,
  enumOf,
  foreignTo,
  free,
  ID,
  listOf,
  NAME,
  NUMBER,
  needed,
  ordinal,
  PAST_DATE,
  PROVENANCE_FIELDS,
  type RecordKind,
  type RowValues,
  referenceTo,
  rowId,
  SHARED_PROVENANCE,
  SUBDIVISION,
  TEXT,
} from './record-kind.ts'

const personChild = { kind: 'persons', key: 'person', column: 'person_id' } as const

function recordIdentifier(values: RowValues): RowValues {
  const { category, jurisdiction, value } = values
  if (!isIdentifierCategory(category) || typeof value !== 'string') return values
  return { ...values, value: recordedIdentifier({ category, jurisdiction: String(jurisdiction), value }) }
}

/** Persons and what hangs on them. */
export const PERSON_RECORDS: readonly RecordKind[] = [
  {
    name: 'persons',
    key: 'persons',
    type: 'Person',
    table: 'persons.person',
    primaryKey: ['id'],
    meaning: { en: 'persons, as the country knows them', es: 'personas, como el país las conoce' },
    fields: [
      needed('id', ID, 'The number of the person’s record.', 'El número del registro de la persona.'),
      free('birthDate', PAST_DATE, 'The date of birth.', 'La fecha de nacimiento.'),
      free('birthPlace', TEXT, 'The place of birth.', 'El lugar de nacimiento.'),
      free(
        'sex',
        enumOf('F M X U'),
        'The sex that the country’s file states.',
        'El sexo que consta en el expediente del país.',
      ),
      free(
        'nationalities',
        listOf(COUNTRY),
        'The nationalities that the country knows of.',
        'Las nacionalidades que el país conoce.',
      ),
      needed(
        'protected',
        BOOLEAN,
        'Whether no search may find the person: a minor. Who is only a victim or a witness is protected by `sync`.',
        'Si ninguna búsqueda debe encontrar a la persona: un menor. A quien solo es víctima o testigo lo protege `sync`.',
        { field: null, standard: 'minor' },
      ),
      ...SHARED_PROVENANCE,
    ],
  },
  {
    name: 'persons.names',
    key: 'names',
    type: 'PersonName',
    table: 'persons.person_name',
    primaryKey: ['person_id', 'ordinal'],
    parent: personChild,
    counted: 'ordinal',
    meaning: { en: 'the names of a person', es: 'los nombres de una persona' },
    fields: [
      ordinal('names of the person', 'los nombres de la persona'),
      needed('category', enumOf('LEGAL ALIAS MAIDEN NICKNAME'), 'What kind of name it is.', 'Qué clase de nombre es.', {
        standard: { value: 'LEGAL' },
      }),
      needed('full', NAME, 'The whole name, as one writes it.', 'El nombre completo, como se escribe.', {
        column: 'full_name',
        standard: 'names',
      }),
      free('givenNames', listOf(NAME), 'The given names, in order.', 'Los nombres de pila, en orden.'),
      free(
        'surnames',
        listOf(NAME),
        'The surnames, in order. There are two where the country uses two.',
        'Los apellidos, en orden. Son dos donde el país usa dos.',
      ),
    ],
  },
  {
    name: 'persons.identifiers',
    key: 'identifiers',
    type: 'Identification',
    table: 'persons.identifier',
    primaryKey: ['person_id', 'ordinal'],
    parent: personChild,
    counted: 'ordinal',
    record: recordIdentifier,
    meaning: {
      en: 'the numbers of a person’s documents, telephones, vehicles, accounts and the like',
      es: 'los números de los documentos, teléfonos, vehículos, cuentas y otros datos así de una persona',
    },
    fields: [
      ordinal('identifiers of the person', 'los números de la persona'),
      needed(
        'category',
        enumOf(IDENTIFIER_CATEGORIES.join(' ')),
        'What kind of document or number it is.',
        'Qué clase de documento o número es.',
      ),
      needed('jurisdiction', COUNTRY, 'The country that issued it.', 'El país que lo emitió.', {
        standard: 'own-country',
      }),
      needed(
        'value',
        NUMBER,
        'The number. All but documents are written in their normal form: a telephone as +50255551234.',
        'El número. Lo que no es documento se escribe en su forma normal: un teléfono como +50255551234.',
      ),
      free('issuedOn', DATE, 'The day on which it was issued.', 'El día en que se expidió.'),
      free('expiresOn', dateAfter('issued_on'), 'The last day on which it is valid.', 'El último día de su validez.'),
    ],
  },
  {
    name: 'persons.addresses',
    key: 'addresses',
    type: 'Address',
    table: 'persons.address',
    primaryKey: ['person_id', 'ordinal'],
    parent: personChild,
    counted: 'ordinal',
    meaning: { en: 'the addresses of a person', es: 'las direcciones de una persona' },
    fields: [
      ordinal('addresses of the person', 'las direcciones de la persona'),
      free('line', TEXT, 'Street, number and place, as one writes them.', 'Calle, número y lugar, como se escriben.'),
      free(
        'subdivision',
        SUBDIVISION,
        'The first-level subdivision, as an ISO 3166-2 code.',
        'La subdivisión de primer nivel, con código ISO 3166-2.',
      ),
      needed('country', COUNTRY, 'The country of the address.', 'El país de la dirección.', {
        standard: 'own-country',
      }),
    ],
  },
  {
    name: 'persons.associates',
    key: 'associates',
    type: 'Associate',
    table: 'persons.associate',
    primaryKey: ['row_id'],
    parent: personChild,
    derived: 'row_id',
    meaning: { en: 'persons with whom a person is seen', es: 'personas con las que se ve a una persona' },
    fields: [
      rowId,
      free(
        'associate',
        referenceTo('persons'),
        'The other person, of any country.',
        'La otra persona, de cualquier país.',
        { field: 'person' },
      ),
      needed('relationship', TEXT, 'How the two are connected.', 'Qué relación tienen.'),
      ...PROVENANCE_FIELDS,
    ],
  },
  {
    name: 'persons.memberships',
    key: 'memberships',
    type: 'GroupMembership',
    table: 'persons.membership',
    primaryKey: ['person_id', 'ordinal'],
    parent: personChild,
    counted: 'ordinal',
    meaning: { en: 'the groups that a person belongs to', es: 'los grupos a los que pertenece una persona' },
    fields: [
      ordinal('memberships of the person', 'las pertenencias de la persona'),
      needed('group', TEXT, 'The name of the group.', 'El nombre del grupo.', { column: 'group_name' }),
      free('role', TEXT, 'What the person does in it.', 'Qué hace la persona en él.'),
      free('sinceDate', DATE, 'The day since which the country says so.', 'El día desde el que el país lo afirma.', {
        column: 'since',
        field: 'since',
      }),
      free('untilDate', dateAfter('since'), 'The day on which it ended.', 'El día en que terminó.', {
        column: 'until',
        field: 'until',
      }),
    ],
  },
  {
    name: 'persons.sameAs',
    key: 'sameAs',
    table: 'persons.same_as',
    primaryKey: ['person_id', 'other_id'],
    parent: personChild,
    meaning: {
      en: 'records of other countries that are the same person. Only a person can decide that: see `istmo link`',
      es: 'registros de otros países que son la misma persona. Solo una persona puede decidirlo: vea `istmo link`',
    },
    fields: [
      needed(
        'other',
        foreignTo('persons'),
        'The record of the other country, with its code: HN:P-12.',
        'El registro del otro país, con su código: HN:P-12.',
        { field: null },
      ),
    ],
  },
]
