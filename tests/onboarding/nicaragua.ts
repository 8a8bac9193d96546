/**
 * A database as a ministry of Nicaragua might have had since 2004. The ministry, its cases and its persons are made up. Dates are texts, states are
 * letters, names are in capitals, the encoding is LATIN1, and some rows are wrong, as they are everywhere.
 */

/** How many rows of each kind there are. */
export interface LegacySize {
  readonly cases: number
  readonly persons: number
}

const SCHEMA = `
create table expediente (
  num_expediente varchar(20) primary key,
  fec_ingreso varchar(10) not null,
  fec_cierre varchar(10),
  estado char(2) not null,
  cod_juzgado int,
  fiscal_asignado varchar(80),
  departamento varchar(30),
  reservado char(1) not null default 'N',
  resumen text,
  fec_modificacion timestamp not null
);
create table juzgado (cod_juzgado int primary key, nombre varchar(80) not null);
alter table expediente add foreign key (cod_juzgado) references juzgado;
create table expediente_delito (
  num_expediente varchar(20) not null references expediente,
  orden int not null,
  etiqueta varchar(120) not null,
  tentativa char(1),
  fec_hecho varchar(10),
  primary key (num_expediente, orden)
);
create table persona (
  cod_persona int primary key,
  nombres varchar(80) not null,
  apellidos varchar(80),
  fec_nac varchar(10),
  sexo char(1),
  nacionalidad varchar(30),
  num_cedula varchar(16),
  fec_modificacion timestamp not null
);
create table persona_alias (cod_persona int not null references persona, alias varchar(60) not null, primary key (cod_persona, alias));
create table interviniente (
  id_interviniente int primary key,
  num_expediente varchar(20) not null references expediente,
  cod_persona int not null references persona,
  calidad varchar(12) not null,
  fec_alta varchar(10)
);
create table orden_judicial (
  num_orden varchar(20) primary key,
  num_expediente varchar(20) references expediente,
  cod_persona int references persona,
  tipo varchar(14) not null,
  situacion char(1) not null,
  fec_emision varchar(10) not null
);
`

const COURTS = ['JUZGADO PRIMERO DE DISTRITO PENAL DE MANAGUA', 'JUZGADO PENAL DE LEÓN', 'JUZGADO PENAL DE JINOTEGA']
const PROSECUTORS = ['LIC. MARTÍN NÚÑEZ OBANDO', 'LIC. ADA PEÑA', null]
const DEPARTMENTS = ['MANAGUA', 'LEÓN', 'JINOTEGA', 'ESTELÍ', 'RÍO SAN JUAN', 'RACCN', null]
const STATES = ['TR', 'TR', 'AC', 'FE']
const NAMES = [
  'JOSÉ ANTONIO',
  'MARÍA DEL CARMEN',
  'NOÉ',
  'YESSENIA',
  'WILMER ULISES',
  'CONCEPCIÓN',
  'ÁNGEL',
  'IVÁN DE JESÚS',
]
const SURNAMES = [
  'MUÑOZ ZELEDÓN',
  'PÉREZ',
  'DE LA CRUZ NÚÑEZ',
  'ÑURINDA TÉLLEZ',
  'RAMÍREZ GUZMÁN',
  'LÓPEZ CHÉVEZ',
  null,
]
const ROLES = ['IMPUTADO', 'IMPUTADO', 'VICTIMA', 'TESTIGO', 'CONDENADO']
const NATIONALITIES = ['NICARAGÜENSE', 'NICARAGÜENSE', 'HONDUREÑA', 'GUATEMALTECA', null]

/** The labels of offences, from the one that is found most often. */
export const OFFENCE_LABELS = [
  'ROBO CON INTIMIDACIÓN',
  'LESIONES GRAVES',
  'TRANSPORTE ILEGAL DE ESTUPEFACIENTES',
  'ASESINATO',
  'TRATA DE PERSONAS',
  'LAVADO DE DINERO, BIENES O ACTIVOS',
  'CRIMEN ORGANIZADO',
] as const

/** What is wrong with the data: rows that no mapping can take. */
export const WRONG_ROWS = {
  /** A day that no calendar has. */
  impossibleDay: 'MAN-9901-2020',
  /** A state that nobody documented. */
  unknownState: 'MAN-9902-2020',
} as const

const pick = <Value>(list: readonly Value[], at: number): Value => list[at % list.length] as Value
const quote = (value: string | number | null): string =>
  value === null ? 'null' : typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`
const two = (n: number): string => String(n).padStart(2, '0')
const day = (at: number): string => `${two(1 + (at % 28))}/${two(1 + ((at * 7) % 12))}/${2018 + (at % 7)}`
/** A day after that of {@link day}. */
const closed = (at: number): string => day(at).replace(/\d{4}$/, (year) => String(Number(year) + 1))
const changed = (at: number): string =>
  `${2021 + (at % 5)}-${two(1 + (at % 12))}-${two(1 + (at % 28))} 08:${two(at % 60)}:00`

function insert(table: string, rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.length === 0
    ? ''
    : `insert into ${table} values\n${rows.map((row) => `(${row.map(quote).join(', ')})`).join(',\n')};\n`
}

/** The number of a case as the ministry writes it. */
export const caseNumber = (at: number): string => `MAN-${String(at).padStart(4, '0')}-${2018 + (at % 7)}`

/** The statements that make the database and fill it. The same size makes the same rows. */
export function legacyNicaragua({ cases, persons }: LegacySize): string {
  const at = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1)
  const expediente = at(cases).map((n) => [
    ...[caseNumber(n), day(n), n % 4 === 3 ? closed(n) : null, pick(STATES, n), 1 + (n % COURTS.length)],
    ...[pick(PROSECUTORS, n), pick(DEPARTMENTS, n), n % 9 === 0 ? 'S' : 'N'],
    ...[n % 3 === 0 ? `Denuncia n.º ${n}: se presentó en la delegación.` : null, changed(n)],
  ])
  const wrong = [
    [WRONG_ROWS.impossibleDay, '31/02/2020', null, 'TR', 1, null, 'MANAGUA', 'N', null, changed(1)],
    [WRONG_ROWS.unknownState, '03/03/2020', null, 'ZZ', 1, null, 'MANAGUA', 'N', null, changed(2)],
  ]
  const offences = at(cases).flatMap((n) =>
    at(1 + (n % 2)).map((k) => [caseNumber(n), k, pick(OFFENCE_LABELS, n * k), n % 11 === 0 ? 'S' : 'N', day(n - 1)]),
  )
  const people = at(persons).map((n) => [
    ...[n, pick(NAMES, n), pick(SURNAMES, n), n % 6 === 0 ? null : day(n).replace(/\d{4}$/, String(1950 + (n % 55)))],
    ...[pick(['M', 'F'], n), pick(NATIONALITIES, n)],
    ...[
      n % 5 === 0
        ? null
        : `${String(n % 600).padStart(3, '0')}-${two(1 + (n % 28))}0185-${String(n).padStart(4, '0')}K`,
      changed(n),
    ],
  ])
  const roles = at(cases * 2).map((n) => [
    n,
    caseNumber(1 + (n % cases)),
    1 + ((n * 5) % persons),
    pick(ROLES, n),
    day(n),
  ])
  const orders = at(Math.floor(cases / 4)).map((n) => [
    ...[`OC-${n}`, caseNumber(n * 4), 1 + ((n * 3) % persons), pick(['CAPTURA', 'ALLANAMIENTO'], n)],
    ...[pick(['V', 'E', 'R'], n), day(n * 4)],
  ])
  return [
    SCHEMA,
    insert(
      'juzgado',
      COURTS.map((name, index) => [index + 1, name]),
    ),
    insert('expediente', [...expediente, ...wrong]),
    insert('expediente_delito', offences),
    insert('persona', people),
    insert(
      'persona_alias',
      at(Math.floor(persons / 7)).map((n) => [n * 7, `EL ÑATO ${n}`]),
    ),
    insert('interviniente', roles),
    insert('orden_judicial', orders),
  ].join('\n')
}

/** The sections of the mapping that the ministry’s people write, from what `istmo map` says of the columns. `source:` is the proposal’s. */
export const NICARAGUA_SECTIONS = `
provenance: { agency: { value: "Ministerio Público de Nicaragua" }, handling: [H1], sharedWith: ["*"] }
cases:
  from: "select e.*, j.nombre as juzgado from expediente e left join juzgado j using (cod_juzgado)"
  id: num_expediente
  since: fec_modificacion
  status: { column: estado, values: { TR: OPEN, AC: CHARGED, FE: ADJUDICATED } }
  filedOn: { column: fec_ingreso, format: DD/MM/YYYY }
  closedOn: { column: fec_cierre, format: DD/MM/YYYY }
  subdivision:
    column: departamento
    values: { MANAGUA: NI-MN, LEÓN: NI-LE, ESTELÍ: NI-ES, JINOTEGA: NI-JI, RACCN: NI-AN, RÍO SAN JUAN: NI-SJ }
  court: juzgado
  prosecutor: fiscal_asignado
  narrative: resumen
  handling: { column: reservado, values: { "N": [H1], S: [H0] } }
  offences:
    from: expediente_delito
    label: etiqueta
    iccs: { crosswalk: delitos.csv }
    attempted: { column: tentativa, values: { S: true, "N": false } }
    committedFrom: { column: fec_hecho, format: DD/MM/YYYY }
  participants:
    from: interviniente
    id: id_interviniente
    role: { column: calidad, values: { IMPUTADO: SUSPECT, VICTIMA: VICTIM, TESTIGO: WITNESS, CONDENADO: CONVICTED } }
    person: cod_persona
    sinceDate: { column: fec_alta, format: DD/MM/YYYY }
persons:
  from: persona
  id: cod_persona
  since: fec_modificacion
  birthDate: { column: fec_nac, format: DD/MM/YYYY }
  sex: { column: sexo, values: { M: M, F: F } }
  nationalities: { column: nacionalidad, values: { NICARAGÜENSE: NI, HONDUREÑA: HN, GUATEMALTECA: GT } }
  names:
    - { givenNames: nombres, surnames: apellidos }
    - { from: persona_alias, full: alias, category: { value: ALIAS } }
  identifiers: { category: { value: NATIONAL_ID }, value: num_cedula }
warrants:
  from: orden_judicial
  id: num_orden
  case: num_expediente
  subject: cod_persona
  category: { column: tipo, values: { CAPTURA: ARREST, ALLANAMIENTO: SEARCH } }
  status: { column: situacion, values: { V: ACTIVE, E: EXECUTED, R: RECALLED } }
  issuedOn: { column: fec_emision, format: DD/MM/YYYY }
`
