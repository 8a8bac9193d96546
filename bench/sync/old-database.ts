import { GIVEN, SURNAMES } from '../../demo/generator/persons.ts'
import { GIVEN_NAMES, SURNAMES as MORE_SURNAMES } from '../../subgraphs/persons/name-lexicon.ts'

/** A made-up old database, as a court has it: its tables, its rows, and the mapping that reads it. */

/** How many rows there are of one person: participants and cases. */
const PARTICIPANTS_PER_PERSON = 3
const PERSONS_PER_CASE = 2

/** What {@link fillOldDatabase} makes, by the kinds of a mapping. */
export interface OldSizes {
  readonly persons: number
  readonly participants: number
  readonly cases: number
}

/** The numbers of rows for a number of persons. */
export function sizesOf(persons: number): OldSizes {
  return { persons, participants: persons * PARTICIPANTS_PER_PERSON, cases: Math.floor(persons / PERSONS_PER_CASE) }
}

function list(names: readonly string[]): string {
  return `array[${names.map((name) => `'${name.replaceAll("'", "''")}'`).join(',')}]`
}

/** The script that makes the tables and their rows. Names are as frequent as in a register: a few very, many rarely. */
export function fillOldDatabase(persons: number): string {
  const sizes = sizesOf(persons)
  const given = [...GIVEN.F, ...GIVEN.M, ...GIVEN_NAMES]
  const surnames = [...SURNAMES, ...MORE_SURNAMES]
  const drawn = (array: string, length: number) => `(${array})[1 + floor(${length} * power(random(), 2.5))::int]`
  return `
    select setseed(0.42);
    create table persona (id_persona int primary key, nombres text not null, apellidos text not null, fec_nac date, sexo char(1), cedula text, fec_modificacion timestamp not null);
    insert into persona
      select n, g.names || ' ' || ${drawn('g.list', given.length)}, s.names || ' ' || ${drawn('s.list', surnames.length)},
        date '1940-01-01' + (random() * 24800)::int, case when n % 2 = 0 then 'F' else 'M' end, lpad(n::text, 9, '0'), timestamp '2025-01-01' + n * interval '1 second'
      from generate_series(1, ${sizes.persons}) n,
        lateral (select ${list(given)} as list, ${drawn(list(given), given.length)} as names where n > 0) g,
        lateral (select ${list(surnames)} as list, ${drawn(list(surnames), surnames.length)} as names where n > 0) s;
    create table expediente (num_expediente text primary key, fec_ingreso text not null, estado char(2) not null, reservado char(1) not null, juzgado text, fec_modificacion timestamp not null);
    insert into expediente
      select 'E-' || n, to_char(date '2012-01-01' + n % 4500, 'DD/MM/YYYY'), (array['TR', 'AC', 'FE'])[1 + n % 3], case when n % 20 = 0 then 'S' else 'N' end,
        'Juzgado ' || n % 40, timestamp '2025-01-01' + n * interval '1 second'
      from generate_series(1, ${sizes.cases}) n;
    create table delito (id serial primary key, num_expediente text not null references expediente, iccs text not null, etiqueta text not null);
    insert into delito (num_expediente, iccs, etiqueta)
      select 'E-' || n, (array['0101', '0401', '0601', '02011'])[1 + n % 4], 'Delito ' || n % 50 from generate_series(1, ${sizes.cases}) n;
    create table interviniente (id serial primary key, num_expediente text not null references expediente, id_persona int not null references persona, calidad text not null);
    insert into interviniente (num_expediente, id_persona, calidad)
      select 'E-' || (1 + n % ${sizes.cases}), 1 + (n::bigint * 7919 % ${sizes.persons})::int, (array['IMPUTADO', 'VICTIMA', 'TESTIGO'])[1 + n % 3]
      from generate_series(1, ${sizes.participants}) n;
    create index on interviniente (num_expediente); create index on delito (num_expediente);
    create index on persona (fec_modificacion); create index on expediente (fec_modificacion);
    analyze`
}

/** The mapping. @param source the URL of the old database. */
export function oldMapping(source: string): string {
  return `
country: GT
source: { sql: "${source}" }
provenance: { agency: { value: OJ-EJEMPLO }, handling: [H1], synthetic: true, sharedWith: ["*"] }
cases:
  from: expediente
  since: fec_modificacion
  id: num_expediente
  filedOn: { column: fec_ingreso, format: DD/MM/YYYY }
  status: { column: estado, values: { TR: OPEN, AC: CHARGED, FE: ADJUDICATED }, else: refuse }
  handling: { column: reservado, values: { S: [H3], N: [H1] } }
  court: juzgado
  offences: { from: delito, case: num_expediente, label: etiqueta, iccs: iccs }
  participants:
    from: interviniente
    case: num_expediente
    id: id
    person: id_persona
    role: { column: calidad, values: { IMPUTADO: SUSPECT, VICTIMA: VICTIM, TESTIGO: WITNESS } }
persons:
  from: persona
  since: fec_modificacion
  id: id_persona
  birthDate: fec_nac
  sex: sexo
  names: { givenNames: { column: nombres, split: " " }, surnames: { column: apellidos, split: " " } }
  identifiers: { category: { value: NATIONAL_ID }, value: cedula }
`
}
