import type { FieldType } from '../../contract/records/record-kind.ts'
import type { FormatFault } from './date-format.ts'
import type { ProblemWords } from './problem-words.ts'

const KINDS: Readonly<Record<FieldType['kind'], string>> = {
  text: 'textos',
  date: 'días',
  moment: 'momentos',
  boolean: 'true o false',
  whole: 'números enteros',
  id: 'ids',
  reference: 'ids de registros',
  rowId: 'ids',
  country: 'países',
  subdivision: 'códigos ISO 3166-2',
  iccs: 'códigos de la ICCS',
  enum: 'palabras del contrato',
  list: 'listas',
}

/** A sign stands in quotes, a word does not. */
function shown(word: string): string {
  return /^\w/.test(word) ? word : `"${word}"`
}

const TOKENS = 'YYYY YY MMMM MMM MM M DD D HH H hh h mm ss S A Z'

function format(fault: FormatFault): string {
  switch (fault.kind) {
    case 'unknown':
      return `se esperaban los signos ${TOKENS}; hay «${fault.text}». Ponga las palabras entre corchetes: D [de] MMMM [de] YYYY`
    case 'twice':
      return `se esperaba cada parte de la fecha una vez; «${fault.text}» repite una`
    case 'years':
      return 'falta saber el siglo de YY. Agregue yearsFrom: 1930 si 30 es 1930 y 29 es 2029'
    case 'lacks':
      return `falta ${fault.text} en la forma. ${fault.text === 'A' ? 'A es am o pm; sin ella, escriba HH para 0 a 23' : 'Un día tiene año, mes y día'}`
  }
}

const NOTHING = 'nada'

function thereIs(came: string): string {
  return came === NOTHING ? 'no hay nada' : `hay ${came}`
}

/** Spanish. */
export const SPANISH_PROBLEMS: ProblemWords = {
  map: 'claves con valores',
  list: 'una lista: [a, b]',
  text: 'un texto',
  column: 'el nombre de una columna',
  letter: 'un solo carácter',
  encoding: 'el nombre de una codificación, como utf-8, windows-1252 o utf-16le',
  zone: 'una zona horaria de la base IANA, como America/Managua',
  databaseUrl: (others) =>
    `la dirección de una base de datos: postgres://USUARIO@SERVIDOR/BASE, o ${others} en lugar de postgres`,
  mappingFile: 'un mapeo: country, source y una sección como cases',
  forms: {
    text: 'un texto',
    date: 'un día que exista, como 2026-03-14',
    moment: 'un momento como 2026-03-14T09:26:53Z, o now',
    boolean: 'true o false',
    whole: 'un número entero desde 0',
    id: 'un id: letras, cifras o ._:/-',
    reference: 'el id de un registro; uno de otro país lleva su código, como HN:P-12',
    rowId: 'un id',
    country: 'un código ISO 3166-1 alfa-2 en mayúsculas, como NI, o UN',
    subdivision: 'un código ISO 3166-2, como NI-MN',
    iccs: 'un código de la ICCS: 2, 4, 5 o 6 cifras, con el cero inicial',
    enum: 'una palabra del contrato',
    list: 'una lista: [a, b]',
  },
  wholeFrom: (least, most) => `un número entero de ${least} a ${most}`,
  thousands: (decimal) => `un carácter que no sea cifra ni el signo decimal, «${decimal}»`,
  orEverything: (form) => `"*", o ${form}`,
  cameMap: (keys) => (keys === 1 ? 'una clave con valor' : `${keys} claves con valores`),
  cameList: (items) => (items === 1 ? 'una lista de uno' : `una lista de ${items}`),
  cameNothing: NOTHING,

  expected: (what, came) => `se esperaba ${what}; ${thereIs(came)}`,
  expectedWord: (words, came, closest) =>
    `se esperaba una de ${words.map(shown).join(', ')}; ${thereIs(came)}${closest === undefined ? '' : `. ¿Quiso decir ${closest}?`}`,
  unknownKey: (key, closest, known) =>
    `aquí no existe la clave ${key}.${closest === undefined ? ` Las claves son ${known.join(', ')}` : ` ¿Quiso decir ${closest}?`}`,
  missing: (key, remedy) => `falta ${key}${remedy === '' ? '' : `. ${remedy}`}`,
  notYaml: (reason) =>
    `se esperaba YAML: ${reason}. Ponga la sangría con espacios, y ponga entre comillas los textos con caracteres especiales`,
  duplicateKey: 'se esperaba cada clave una vez; esta está dos veces. Deje una',
  noMapping: (reason) => `se esperaba un mapeo en UTF-8; ${reason}. \`istmo map\` propone uno`,
  emptyList: 'la lista está vacía. Quite la clave si no hay nada',
  emptyItem: 'se esperaba un valor en cada elemento de la lista; uno está vacío',
  twice: (name) => `se esperaba cada nombre una vez; ${name} está dos veces`,
  todo: 'TODO: esto le toca decidirlo a usted',

  belongsUnder: (key, parent) => `${key} va dentro de la sección ${parent}: sángrelo ahí`,
  noSection: (known) => `falta una sección. Las secciones son ${known.join(', ')}`,
  countryRemedy: 'Escriba su código: country: NI',
  sourceRemedy: 'Escriba source: { sql: "postgres://…" } o source: { csv: { file: casos.csv } }',
  oneSource: (both) =>
    both
      ? 'se esperaba sql o csv; están los dos'
      : 'se esperaba sql: "postgres://…" o csv: { file: … }; no está ninguno',
  passwordWithoutSql: 'se esperaba sql junto a passwordFile; solo una base de datos tiene contraseña',
  openPassword: `la contraseña está escrita en el archivo. Póngala en un archivo que solo usted pueda leer (passwordFile: vieja.password), o escriba \${NOMBRE} para una variable`,
  twoPasswords: 'se esperaba una contraseña; la dirección trae una y passwordFile otra. Deje passwordFile',
  badVariable: `se esperaba \${NOMBRE} para una variable del entorno; hay un $ suelto`,
  fromRemedy: (isSql) =>
    isSql ? 'Escriba from: una tabla, o un select' : 'Escriba from: casos.csv, o source: { csv: { file: casos.csv } }',
  selectFromCsv:
    'se esperaba un archivo CSV; hay un select. Solo una base de datos tiene select: escriba source: { sql: … }',
  onlySelect: 'se esperaba una tabla o un select; hay una instrucción que cambia algo. La fuente solo se lee',
  oneStatement: 'se esperaba un select; hay varias instrucciones. Escriba una sección para cada una',

  needsFrom: (key) =>
    `${key} es para secciones con su propio from. Sin from, estas filas son las de la sección de arriba`,
  countedParent: (key) =>
    `falta ${key}: la columna con el id del registro de arriba. Ese id cuenta filas, y ninguna otra tabla lo tiene`,
  fieldRemedy: (key, kind) => {
    if (kind === 'id' || kind === 'rowId') return `Escriba ${key}: y la columna`
    return kind === 'enum' || kind === 'iccs'
      ? `Escriba ${key}: { column: …, values: { … } }, o ${key}: { value: … }`
      : `Escriba ${key}: y la columna, o ${key}: { value: … }`
  },
  handlingRemedy:
    'Dice cómo pueden usar otros el registro: handling: [H1], o por una columna, o una vez para todo en provenance',
  fullNameRemedy: 'Escriba full: y la columna con el nombre completo, o givenNames y surnames solo por sus columnas',
  sharedWithNobody:
    'nadie verá estos registros: falta sharedWith. Escriba sharedWith: ["*"] para todo equipo conjunto que su país reconozca',
  agencyIsCountry: (code) =>
    `cada registro dirá ${code} como institución. Escriba agency: { value: "Ministerio Público" }, o la columna`,

  bareValue: (word, isList) =>
    `se esperaba el nombre de una columna; ${word} es un valor del contrato. Escriba ${isList ? `["${word}"]` : `{ value: ${word} }`}, o { column: "${word}" }`,
  sameId: 'se esperaba una columna: con un valor fijo, todas las filas tendrían el mismo id',
  requiredEmpty: 'se esperaba un valor: en el contrato no existe ese registro sin él. Escriba refuse, o un valor',
  oneBeginning: (came) =>
    came.length === 0
      ? 'se esperaba una de column, columns, template, value; no está ninguna'
      : `se esperaba una de column, columns, template, value; hay ${came.join(' y ')}`,
  withValue: (key) => `no se esperaba nada junto a value: es igual en cada fila, y ${key} no hace nada`,
  keyForOthers: (key, kinds, kind) =>
    `${key} es para ${kinds.map((each) => KINDS[each]).join(' y ')}; esto es para ${KINDS[kind]}. Quítela`,
  joinWithoutColumns: 'join solo va con columns que se unen en un texto',
  template: (fault) =>
    ({
      brace: 'se esperaban { y } en pareja alrededor del nombre de una columna. Escriba {{ para una llave',
      empty: 'se esperaba el nombre de una columna entre { y }; no hay nada',
      noColumn:
        'se esperaba una columna entre llaves; no hay ninguna. Escriba { value: … } para un texto siempre igual',
    })[fault],
  foreignPrefix: (other, own) =>
    `se esperaban ids de ${own}; hay el prefijo ${other}: de otro país. Quítelo: ${own}: va delante de cada id. Si aquí ${other} no es un país, escriba ${own}:${other}:`,
  bothTables: 'se esperaba values o crosswalk; están los dos',
  emptyTable: 'se esperaban los valores de la fuente con los del contrato; no hay ninguno',
  foldsTwice: (one, other) => `se esperaban valores distintos; con fold: true, «${one}» y «${other}» son el mismo`,
  defaultNull:
    'se esperaba un valor; null ya es lo que da un valor vacío. Quite default, o escriba else: null para los valores que no se entienden',
  badPattern: (reason) => `se esperaba una expresión regular: ${reason}`,
  noGroup: 'se esperaba un grupo con nombre, que es lo que se toma: (?<numero>\\d+)',
  whichGroup: (groups) => `falta take: uno de ${groups.join(', ')}. El patrón tiene varios grupos`,
  takeWithoutPattern: 'se esperaba pattern junto a take',
  format,
  withoutFormat: (key) => `se esperaba format junto a ${key}`,
  dayTwice: 'sobra day: la forma ya tiene el día',
  noDay: (isMoment) =>
    isMoment
      ? 'falta el día en la forma de un momento: DD'
      : 'falta el día en la forma; o escriba day: first o day: last si solo hay mes',

  noFile: (file, reason) =>
    `se esperaba la tabla de equivalencias ${file}, un CSV en UTF-8; ${reason}. Su ruta empieza en la carpeta del mapeo`,
  crosswalkHead: (file, missing, head, closest) =>
    `se esperaban las columnas ${missing.join(' y ')} en la primera línea de ${file}; tiene ${head.join(', ') || 'nada'}.${closest === undefined ? '' : ` ¿Quiso decir ${closest}?`}`,
  crosswalkRow: (file, row, message) => `${file}, línea ${row}: ${message}`,
  crosswalkTwice: (label, before) => `se esperaba cada etiqueta una vez; «${label}» ya está en la línea ${before}`,
  crosswalkMore: (file, count) => `${file}: y ${count} más`,
  crosswalkUndecided: (file, count) =>
    `${file} tiene ${count} etiquetas sin valor. Sus filas se rechazan hasta que alguien decida`,
}
