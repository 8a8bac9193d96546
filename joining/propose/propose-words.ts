/** What the comments of a proposed mapping say, in each language. */
import type { Language } from '../../contract/language.ts'
import type { SourceColumnKind } from '../sources/source.ts'

/** The texts. */
export interface ProposeWords {
  readonly head: (source: string) => readonly string[]
  readonly onlyZone: (zone: string) => string
  readonly notOneZone: (zones: string) => string
  readonly handling: string
  readonly sharedWith: string
  readonly agency: string
  readonly severalFiles: string
  readonly password: string
  /** A table, which a person makes a section of. */
  readonly section: (rows: string) => string
  readonly noId: string
  readonly severalKeys: string
  readonly uniqueId: string
  /** Some ids have another form than nearly all others. */
  readonly otherIds: (count: number, pattern: string) => string
  readonly since: (columns: string) => string
  readonly names: (table: string, columns: string) => string
  readonly inKeys: (columns: string) => string
  readonly guess: (field: string) => string
  readonly kinds: Readonly<Record<SourceColumnKind, string>>
  readonly countries: string
  readonly days: (first: string, last: string) => string
  readonly otherForms: (count: number) => string
  readonly doubtfulDays: (count: number) => string
  readonly minors: (count: number) => string
  readonly ambiguousDate: string
  /** A column of texts that look like dates, but have no form that is known, or several. */
  readonly unknownDates: string
  readonly century: string
  readonly placeholders: (values: string) => string
  readonly garbled: (count: number) => string
  readonly binary: string
  readonly empty: string
  readonly noLabels: string
  readonly labelsNeedMapping: string
  readonly labels: (file: string, count: number) => string
  readonly done: (file: string, todos: number) => string
  readonly decide: (todos: number) => string
  readonly exists: (file: string) => string
  readonly noFolder: (folder: string) => string
  readonly noTables: string
}

const ENGLISH: ProposeWords = {
  head: (source) => [
    `A mapping for \`istmo sync\`, proposed by \`istmo map\` from what the columns of ${source} hold.`,
    'A table is `TODO name:` until you write which section it is: cases, persons, warrants, … What hangs on a record stands below its section.',
    'A column is `TODO name:` until you write its field, or delete the line. docs/mapping.md lists sections, fields and keys.',
    'While a TODO is left, `istmo sync` refuses this file. Values stand here only for columns that have few of them, each in many rows.',
  ],
  onlyZone: (zone) => `Times that say no zone are read as times of ${zone}. If the tables have UTC, write zone: UTC.`,
  notOneZone: (zones) => `your country has several time zones (${zones}): which one do these times have?`,
  handling:
    'how others may use the record: H0 to prevent and combat crime, H1 not as evidence without your permission, H2 not to be passed on, H3 as the note says',
  sharedWith: 'nobody sees the records until this says who: ["*"] for every task force that your country recognises',
  agency: 'the agency that holds the records',
  severalFiles: 'each section names its file',
  password: 'the first line of this file is the password; only you should be able to read it',
  section: (rows) => `${rows} rows`,
  noId: 'no column has its own value in each row. If a record stands in several equal rows, name its column and write repeats: same',
  severalKeys: 'the key of the catalog has several columns',
  uniqueId: 'each row has its own value',
  otherIds: (count, pattern) =>
    `rows with another form, such as the line of a total: ${count}. pattern: ${pattern} refuses them`,
  since: (columns) =>
    `since: if one of these says when a row changed, name it, and a run can read only what changed: ${columns}`,
  names: (table, columns) => `names a row of ${table} by ${columns}`,
  inKeys: (columns) => `in keys above: ${columns}`,
  guess: (field) => `guessed from the values: ${field}`,
  kinds: {
    text: 'texts',
    number: 'numbers',
    date: 'days',
    time: 'times',
    boolean: 'true or false',
    binary: 'bytes',
    other: 'values of another type',
  },
  countries: 'countries',
  days: (first, last) => `days from ${first} to ${last}`,
  otherForms: (count) =>
    `rows without such a day, which will be refused: ${count}. With else: null, only the day is left out`,
  doubtfulDays: (count) =>
    `rows with a day that a form filled in, such as 1900-01-01: ${count}; write values: { …: null }`,
  minors: (count) =>
    `days of less than 18 years ago: ${count}. If these are birth dates, name the column that protects minors as protected; without it, sync protects who is under 18`,
  ambiguousDate: 'day or month first? No row decides it',
  unknownDates:
    'these texts look like dates, in a form that is not known here, or in several. Write the form (docs/mapping.md, Dates), or make one form of them with a select',
  century: 'which century?',
  placeholders: (values) => `placeholders: ${values}. To leave them out: values: { …: null }, else: keep`,
  garbled: (count) => `texts such as «MuÃ±oz», read in a wrong encoding: ${count}`,
  binary: 'bytes, not text',
  empty: 'empty in each row',
  noLabels: '--labels: expected a crosswalk to the ICCS in the mapping; it has none, so no file of labels was written',
  labelsNeedMapping:
    '--labels: expected a mapping that says which column has the labels of offences, as in --from NI.mapping.yaml; came a source',
  labels: (file, count) => `${file}: ${count} labels written. \`istmo iccs suggest ${file}\` proposes their codes.`,
  done: (file, todos) => `${file}: written. ${todos} TODO to decide.`,
  decide: (todos) => `${todos} TODO to decide before istmo sync takes it.`,
  noFolder: (folder) => `--out: expected a folder that is there; there is none named ${folder}. Make it first`,
  exists: (file) =>
    `--out: expected the name of a new file; ${file} is there already. Delete it, or choose another name`,
  noTables: 'expected a table that can be read; the source has none. May the user read them?',
}

const SPANISH: ProposeWords = {
  head: (source) => [
    `Un mapeo para \`istmo sync\`, propuesto por \`istmo map\` según lo que contienen las columnas de ${source}.`,
    'Una tabla dice `TODO nombre:` hasta que usted escriba qué sección es: cases, persons, warrants, … Lo que depende de un registro va debajo de su sección.',
    'Una columna dice `TODO nombre:` hasta que usted escriba su campo, o borre la línea. docs/mapping.md enumera secciones, campos y claves.',
    'Mientras quede un TODO, `istmo sync` rechaza este archivo. Aquí solo hay valores de columnas que tienen pocos, cada uno en muchas filas.',
  ],
  onlyZone: (zone) =>
    `Las horas que no dicen su zona se leen como horas de ${zone}. Si las tablas tienen UTC, escriba zone: UTC.`,
  notOneZone: (zones) => `su país tiene varias zonas horarias (${zones}): ¿cuál tienen estas horas?`,
  handling:
    'cómo pueden usar otros el registro: H0 para prevenir y combatir el delito, H1 no como prueba sin su permiso, H2 no se transmite a terceros, H3 lo que diga la nota',
  sharedWith: 'nadie ve los registros hasta que diga quién: ["*"] para todo equipo conjunto que su país reconozca',
  agency: 'la institución que tiene los registros',
  severalFiles: 'cada sección nombra su archivo',
  password: 'la primera línea de este archivo es la contraseña; solo usted debe poder leerlo',
  section: (rows) => `${rows} filas`,
  noId: 'ninguna columna tiene un valor propio en cada fila. Si un registro está en varias filas iguales, ponga su columna y escriba repeats: same',
  severalKeys: 'la clave del catálogo tiene varias columnas',
  uniqueId: 'cada fila tiene su propio valor',
  otherIds: (count, pattern) =>
    `filas con otra forma, como la línea de un total: ${count}. pattern: ${pattern} las rechaza`,
  since: (columns) =>
    `since: si una de estas dice cuándo cambió una fila, póngala, y una ejecución puede leer solo lo que cambió: ${columns}`,
  names: (table, columns) => `nombra una fila de ${table} por ${columns}`,
  inKeys: (columns) => `en las claves de arriba: ${columns}`,
  guess: (field) => `supuesto por los valores: ${field}`,
  kinds: {
    text: 'textos',
    number: 'números',
    date: 'días',
    time: 'horas',
    boolean: 'verdadero o falso',
    binary: 'bytes',
    other: 'valores de otro tipo',
  },
  countries: 'países',
  days: (first, last) => `días del ${first} al ${last}`,
  otherForms: (count) => `filas sin un día así, que se rechazarán: ${count}. Con else: null, solo se omite el día`,
  doubtfulDays: (count) =>
    `filas con un día que puso un formulario, como 1900-01-01: ${count}; escriba values: { …: null }`,
  minors: (count) =>
    `días de hace menos de 18 años: ${count}. Si son fechas de nacimiento, ponga en protected la columna que protege a los menores; sin ella, sync protege a quien tiene menos de 18 años`,
  ambiguousDate: '¿primero el día o el mes? Ninguna fila lo decide',
  unknownDates:
    'estos textos parecen fechas, en una forma que aquí no se conoce, o en varias. Escriba la forma (docs/mapping.md), o haga de ellas una sola con un select',
  century: '¿qué siglo?',
  placeholders: (values) => `rellenos: ${values}. Para omitirlos: values: { …: null }, else: keep`,
  garbled: (count) => `textos como «MuÃ±oz», leídos con otra codificación: ${count}`,
  binary: 'bytes, no texto',
  empty: 'vacía en todas las filas',
  noLabels:
    '--labels: se esperaba en el mapeo un crosswalk a la ICCS; no tiene ninguno, y no se escribió el archivo de etiquetas',
  labelsNeedMapping:
    '--labels: se esperaba un mapeo que diga qué columna tiene las etiquetas de los delitos, como --from NI.mapping.yaml; vino una fuente',
  labels: (file, count) => `${file}: ${count} etiquetas escritas. \`istmo iccs suggest ${file}\` propone sus códigos.`,
  done: (file, todos) => `${file}: escrito. Quedan ${todos} TODO por decidir.`,
  decide: (todos) => `Quedan ${todos} TODO por decidir antes de que istmo sync lo acepte.`,
  noFolder: (folder) => `--out: se esperaba una carpeta que exista; no hay ninguna llamada ${folder}. Créela primero`,
  exists: (file) => `--out: se esperaba el nombre de un archivo nuevo; ${file} ya existe. Bórrelo o elija otro nombre`,
  noTables: 'se esperaba una tabla que se pueda leer; la fuente no tiene ninguna. ¿Puede leerlas el usuario?',
}

/** The texts of each language. */
export const PROPOSE_WORDS: Readonly<Record<Language, ProposeWords>> = { en: ENGLISH, es: SPANISH }
