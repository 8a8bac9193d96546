/** What the comments of a proposed mapping say, in each language. */
import type { Language } from '../../contract/language.ts'
import type { LEFT_OUT_PHRASES } from './field-lexicon.ts'

/** Why a column is left out. */
export type LeftOutReason = keyof typeof LEFT_OUT_PHRASES | 'binary' | 'empty' | 'noField'

/** The texts. */
export interface ProposeWords {
  readonly head: (source: string) => readonly string[]
  readonly todoRemedy: string
  readonly rows: (count: string) => string
  readonly onlyZone: (zone: string) => string
  readonly notOneZone: (zones: string) => string
  readonly handling: string
  readonly sharedWith: string
  readonly agency: string
  readonly guess: string
  readonly ambiguousDate: string
  /** A column of texts that look like dates, but have no form that is known, or several. */
  readonly unknownDates: string
  /** `isFree`: whether the field may be empty. */
  readonly otherForms: (count: number, isFree: boolean) => string
  readonly century: string
  /** Persons of the sample are under 18, and nothing protects them. */
  readonly minors: (count: number) => string
  readonly noId: string
  readonly severalKeys: string
  /** Some ids have another form than nearly all others. */
  readonly otherIds: (count: number, pattern: string) => string
  /** The table above has rows that are marked as deleted. */
  readonly deletedAbove: (table: string, select: string) => string
  readonly severalFiles: string
  readonly ownPersons: string
  /** A key of the catalog names other columns than those of the ids. */
  readonly otherKey: (named: string, id: string) => string
  /** Rows of the sample are marked as deleted: the two things that `from` can say. */
  readonly deletedRows: (column: string, counts: string, select: string, table: string) => string
  readonly noDeletedRows: (column: string, select: string) => string
  /** The same of a file. */
  readonly deletedLines: (column: string, sharedWith: string) => string
  readonly uniqueId: (isFile: boolean) => string
  readonly repeated: string
  readonly tie: string
  readonly iccs: (file: string, count: number | null) => string
  readonly personId: string
  readonly roleTodo: string
  readonly since: string
  readonly noSince: string
  readonly leftOut: string
  readonly reasons: Readonly<Record<LeftOutReason, string>>
  readonly unknownTables: string
  readonly notFound: (kinds: string) => string
  readonly subdivision: string
  readonly code: string
  readonly join: (table: string, select: string) => string
  readonly noLabels: string
  readonly labels: (file: string, count: number) => string
  readonly password: string
  readonly done: (file: string, todos: number) => string
  readonly decide: (todos: number) => string
  readonly exists: (file: string) => string
  readonly noFolder: (folder: string) => string
  readonly noTables: string
  readonly manyTables: (shown: number, all: number) => string
}

const ENGLISH: ProposeWords = {
  head: (source) => [
    `A mapping for \`istmo sync\`, proposed by \`istmo map\` from ${source}. Each line is a guess: read it, and correct it.`,
    'Decide what says TODO; until then, `istmo sync` refuses this file. docs/mapping.md explains each key.',
    'Values of the source stand here only for columns that have few of them, such as a status. No name, number or text of a person does.',
  ],
  todoRemedy: 'decide',
  rows: (count) => `about ${count} rows`,
  onlyZone: (zone) => `Times that say no zone are read as times of ${zone}. If the tables have UTC, write zone: UTC.`,
  notOneZone: (zones) => `your country has several time zones (${zones}): which one do these times have?`,
  handling:
    'how others may use the record: H0 to prevent and combat crime, H1 not as evidence without your permission, H2 not to be passed on, H3 as the note says',
  sharedWith: 'nobody sees the records until this says who: ["*"] for every task force that your country recognises',
  agency: 'the agency that holds the records',
  guess: 'guess',
  ambiguousDate: 'day or month first? No sample decides it',
  unknownDates:
    'these texts look like dates, in a form that is not known here, or in several. Write the form (docs/mapping.md, Dates), or make one form of them with a select',
  otherForms: (count, isFree) =>
    `${count} of the rows looked at have no such day; they will be refused${isFree ? '. With else: null, only the day is left out' : ''}`,
  century: 'which century?',
  minors: (count) =>
    `${count} of the rows looked at are under 18 by their birth dates, and no column protects them. Name the column that says it, or delete this line: then sync protects who is under 18 by the birth date`,
  noId: 'no column looks like an id',
  ownPersons: 'this table has persons of its own, with numbers of its own',
  severalFiles: 'each section names its file',
  otherIds: (count, pattern) =>
    `${count} of the rows looked at have another form, such as the line of a total. pattern: ${pattern} refuses them`,
  deletedAbove: (table, select) => `without the rows of ${table} that are marked as deleted: ${select}`,
  severalKeys: 'the key of the catalog has several columns',
  otherKey: (named, id) =>
    `the key is ${named}, but ids are made of ${id === '' ? 'TODO' : id}: a select can join the table and bring them`,
  deletedRows: (column, counts, select, table) =>
    `${column} seems to mark deleted rows (${counts}). Without them: ${select}. With them: ${table}`,
  noDeletedRows: (column, select) =>
    `${column} seems to mark deleted rows; the sample has none. Without them: ${select}`,
  deletedLines: (column, sharedWith) =>
    `${column} seems to mark deleted rows. A mapping of a file takes each row; with sharedWith: ${sharedWith} nobody sees them`,
  uniqueId: (isFile) => `each row has its own value${isFile ? '' : '; no key of the catalog says so'}`,
  repeated: 'the same value stands in several rows: rows with one id and equal values are one record',
  tie: 'no key of the catalog says how this table hangs on the one above',
  iccs: (file, count) =>
    `${file} needs a code of the ICCS for each label${count === null ? '' : ` (${count} labels)`}: \`istmo iccs suggest\` proposes them, a person decides`,
  personId: 'no table of persons was found: say what the id of a person is',
  roleTodo: 'as what does the person take part?',
  since: 'an incremental run reads what changed since the last one',
  noSince: 'no column says when a row changed: each run reads all rows',
  leftOut: 'Columns that are not taken:',
  reasons: {
    contact: 'the contract has no telephone numbers and e-mail addresses',
    image: 'the contract has no images and fingerprints',
    secret: 'a password never leaves its system',
    internal: 'for the old application only',
    age: 'the contract has days of birth, not ages',
    weapon: 'the contract has no field for it',
    binary: 'bytes, not text',
    empty: 'empty in the sample',
    noField: 'no field of the contract fits. Add it to one if you know better',
  },
  unknownTables: 'Tables that are not taken:',
  notFound: (kinds) => `No table was found for: ${kinds}. docs/mapping.md says what each section takes.`,
  subdivision: 'ISO 3166-2',
  code: 'a code? A select can join the table with its name',
  join: (table, select) => `a number; its name is in ${table}. For the name write from: ${select}`,
  noLabels:
    '--labels: expected a column with the labels of offences; none was found, so no file of labels was written. Name the column under offences, as label',
  labels: (file, count) => `${file}: ${count} labels written. \`istmo iccs suggest ${file}\` proposes their codes.`,
  password: 'the first line of this file is the password; only you should be able to read it',
  done: (file, todos) =>
    `${file}: written. ${todos === 0 ? 'Nothing is left to decide; read it nevertheless.' : `${todos} TODO to decide.`}`,
  decide: (todos) => `${todos} TODO to decide before istmo sync takes it.`,
  noFolder: (folder) => `--out: expected a folder that is there; there is none named ${folder}. Make it first`,
  exists: (file) =>
    `--out: expected the name of a new file; ${file} is there already. Delete it, or choose another name`,
  noTables: 'expected a table that can be read; the source has none. May the user read them?',
  manyTables: (shown, all) => `${all} tables; the ${shown} whose names fit best were looked at.`,
}

const SPANISH: ProposeWords = {
  head: (source) => [
    `Un mapeo para \`istmo sync\`, propuesto por \`istmo map\` a partir de ${source}. Cada línea es una suposición: léala y corríjala.`,
    'Decida lo que dice TODO; hasta entonces, `istmo sync` rechaza este archivo. docs/mapping.md explica cada clave.',
    'Aquí solo hay valores de columnas que tienen pocos, como un estado. No hay nombres, números ni textos de personas.',
  ],
  todoRemedy: 'decida',
  rows: (count) => `unas ${count} filas`,
  onlyZone: (zone) =>
    `Las horas que no dicen su zona se leen como horas de ${zone}. Si las tablas tienen UTC, escriba zone: UTC.`,
  notOneZone: (zones) => `su país tiene varias zonas horarias (${zones}): ¿cuál tienen estas horas?`,
  handling:
    'cómo pueden usar otros el registro: H0 para prevenir y combatir el delito, H1 no como prueba sin su permiso, H2 no se transmite a terceros, H3 lo que diga la nota',
  sharedWith: 'nadie ve los registros hasta que diga quién: ["*"] para todo equipo conjunto que su país reconozca',
  agency: 'la institución que tiene los registros',
  guess: 'suposición',
  ambiguousDate: '¿primero el día o el mes? Ninguna muestra lo decide',
  unknownDates:
    'estos textos parecen fechas, en una forma que aquí no se conoce, o en varias. Escriba la forma (docs/mapping.md), o haga de ellas una sola con un select',
  otherForms: (count, isFree) =>
    `${count} de las filas vistas no tienen un día así; se rechazarán${isFree ? '. Con else: null, solo se omite el día' : ''}`,
  century: '¿qué siglo?',
  minors: (count) =>
    `${count} de las filas vistas son de menores de 18 años por su fecha de nacimiento, y ninguna columna las protege. Ponga la columna que lo dice, o borre esta línea: entonces sync protege a quien tiene menos de 18 años según su fecha de nacimiento`,
  noId: 'ninguna columna parece un id',
  ownPersons: 'esta tabla tiene sus propias personas, con sus propios números',
  severalFiles: 'cada sección nombra su archivo',
  otherIds: (count, pattern) =>
    `${count} de las filas vistas tienen otra forma, como la línea de un total. pattern: ${pattern} las rechaza`,
  deletedAbove: (table, select) => `sin las filas de ${table} que están marcadas como borradas: ${select}`,
  severalKeys: 'la clave del catálogo tiene varias columnas',
  otherKey: (named, id) =>
    `la clave es ${named}, pero los ids se hacen de ${id === '' ? 'TODO' : id}: un select puede unir la tabla y traerlos`,
  deletedRows: (column, counts, select, table) =>
    `${column} parece marcar filas borradas (${counts}). Sin ellas: ${select}. Con ellas: ${table}`,
  noDeletedRows: (column, select) =>
    `${column} parece marcar filas borradas; la muestra no tiene ninguna. Sin ellas: ${select}`,
  deletedLines: (column, sharedWith) =>
    `${column} parece marcar filas borradas. Un mapeo de un archivo toma cada fila; con sharedWith: ${sharedWith} nadie las ve`,
  uniqueId: (isFile) => `cada fila tiene su propio valor${isFile ? '' : '; ninguna clave del catálogo lo dice'}`,
  repeated: 'el mismo valor está en varias filas: las filas con un mismo id y valores iguales son un registro',
  tie: 'ninguna clave del catálogo dice cómo depende esta tabla de la de arriba',
  iccs: (file, count) =>
    `${file} necesita un código de la ICCS para cada etiqueta${count === null ? '' : ` (${count} etiquetas)`}: \`istmo iccs suggest\` los propone, una persona decide`,
  personId: 'no se encontró una tabla de personas: diga cuál es el id de una persona',
  roleTodo: '¿en qué calidad participa la persona?',
  since: 'una ejecución incremental lee lo que cambió desde la anterior',
  noSince: 'ninguna columna dice cuándo cambió una fila: cada ejecución lee todas',
  leftOut: 'Columnas que no se toman:',
  reasons: {
    contact: 'el contrato no tiene teléfonos ni correos',
    image: 'el contrato no tiene imágenes ni huellas',
    secret: 'una contraseña no sale de su sistema',
    internal: 'solo para la aplicación vieja',
    age: 'el contrato tiene fechas de nacimiento, no edades',
    weapon: 'el contrato no tiene campo para esto',
    binary: 'bytes, no texto',
    empty: 'vacía en la muestra',
    noField: 'ningún campo del contrato corresponde. Agréguela a uno si usted sabe más',
  },
  unknownTables: 'Tablas que no se toman:',
  notFound: (kinds) => `No se encontró tabla para: ${kinds}. docs/mapping.md dice qué lleva cada sección.`,
  subdivision: 'ISO 3166-2',
  code: '¿un código? Un select puede unir la tabla que tiene su nombre',
  join: (table, select) => `un número; su nombre está en ${table}. Para el nombre escriba from: ${select}`,
  noLabels:
    '--labels: se esperaba una columna con etiquetas de delitos; no se encontró ninguna, así que no se escribió el archivo de etiquetas. Nombre la columna en offences, como label',
  labels: (file, count) => `${file}: ${count} etiquetas escritas. \`istmo iccs suggest ${file}\` propone sus códigos.`,
  password: 'la primera línea de este archivo es la contraseña; solo usted debería poder leerlo',
  done: (file, todos) =>
    `${file}: escrito. ${todos === 0 ? 'No queda nada por decidir; léalo de todos modos.' : `Quedan ${todos} TODO por decidir.`}`,
  decide: (todos) => `Quedan ${todos} TODO por decidir antes de que istmo sync lo acepte.`,
  noFolder: (folder) => `--out: se esperaba una carpeta que existe; no hay ninguna llamada ${folder}. Créela primero`,
  exists: (file) => `--out: se esperaba el nombre de un archivo nuevo; ${file} ya existe. Bórrelo, o elija otro nombre`,
  noTables: 'se esperaba una tabla que se pueda leer; la fuente no tiene ninguna. ¿Puede leerlas el usuario?',
  manyTables: (shown, all) => `${all} tablas; se miraron las ${shown} cuyos nombres corresponden mejor.`,
}

/** The texts of each language. */
export const PROPOSE_WORDS: Readonly<Record<Language, ProposeWords>> = { en: ENGLISH, es: SPANISH }
