import type { FindingId } from '../finding.ts'
import type { CheckWords, FindingWords } from './check-words.ts'

/** What each finding says in Spanish. `{name}` stands for one of its details. */
const FINDINGS: Readonly<Record<FindingId, FindingWords>> = {
  NOT_CHECKED: ['{lacks}', 'nada, así que esta parte no se comprobó', 'Indique {lacks}.'],
  CHECK_FAILED: ['una comprobación que termina', 'se interrumpió: {reason}', 'Corrija la causa y compruebe otra vez.'],
  RULES_WRONG: ['un archivo del país que se pueda usar', '{reason}', 'Corrija el archivo (docs/access.md).'],
  RULES_NOBODY: [
    'equipos conjuntos que su país reconoce',
    'ninguno, así que solo responde lo que no tiene regla',
    'Agregue `taskForces` cuando se una a uno (docs/access.md).',
  ],
  RULES_CUT_OFF: [
    'un archivo que termina con un salto de línea',
    'uno sin él: puede estar cortado, y un nodo que lo tenía con salto de línea conserva sus reglas viejas',
    'Mire si el archivo está completo, y termine su última línea.',
  ],
  TASK_FORCE_ENDED: [
    'un último día que no ha pasado',
    '{notAfter}',
    'Escriba el nuevo último día, o quite el equipo conjunto.',
  ],
  TASK_FORCE_WITHOUT_CALLERS: [
    '`callers`, que dicen de qué autoridades acepta funcionarios',
    'ninguno, así que su nodo no responde a ningún funcionario',
    'Agregue `callers` (docs/access.md).',
  ],
  RULES_LOOSER: [
    'reglas al menos tan estrictas como antes: {before}',
    '{after}',
    'Si lo quiere así, avise a quien decide; si no, vuelva a poner lo que había.',
  ],
  SECRET_OPEN: [
    'un secreto que solo su dueño puede leer',
    '{setting}: otros usuarios de esta máquina pueden usar {file}',
    'Ejecute: chmod 600 {file}',
  ],
  SDL_WRONG: ['un SDL que el nodo y la pasarela aceptan', '{fault}', 'Corrija la línea.'],
  SDL_LOOSER: [
    'al menos lo que el contrato exige aquí: {before}',
    '{after}',
    'Agregue las reglas que el contrato tiene ahí.',
  ],
  PII_DROPPED: ['@pii, como en el contrato', 'nada', 'Vuelva a poner @pii, con la clase del contrato.'],
  PII_WITHOUT_RULE: [
    'una regla para datos personales de la clase {class}',
    'ninguna',
    'Ponga @authenticated, @requiresScopes o @policy en el campo o en su tipo; en los argumentos de un campo, @reveals.',
  ],
  SDL_BREAKS: ['lo que tiene el contrato', '{change}', 'Escríbalo como el contrato.'],
  SDL_LEAVES_OUT: [
    'su decisión de omitirlo',
    'no se publica, y quien pregunta ve PARTLY_NOT_PUBLISHED',
    'Nada, si lo quiere así.',
  ],
  SDL_ADDS: ['lo que tiene el contrato', '{change}', 'Nada: la pasarela nunca lo pide.'],
  GRAPH_WRONG: [
    'un SDL que encaja en el grafo de la pasarela',
    '{fault}',
    'Use la versión de la pasarela, o corrija la línea.',
  ],
  GRAPH_LOOSER: [
    'al menos lo que el grafo de la pasarela exige aquí: {before}',
    '{after}',
    'Use la versión de la pasarela, o agregue las reglas.',
  ],
  OPERATION_WRONG: ['una operación que encaja en el grafo', '{fault}', 'Pida a su dueño que la corrija.'],
  OPERATION_PARTLY: [
    'cada campo de esta operación registrada',
    'sin {fields}, que su país no publica',
    'Nada, si lo quiere así.',
  ],
  DATABASE_UNUSABLE: ['una base de datos que se pueda usar', '{reason}', 'Corrija --database-url o --database-folder.'],
  DATABASE_OF_OTHER_COUNTRY: [
    'una base de datos de {country}',
    'una de {came}',
    'Dé a cada país una base de datos propia.',
  ],
  MIGRATION_MISSING: [
    'una base de datos que ejecutó esta migración',
    'una que no',
    'Arranque una vez el nodo de esta versión.',
  ],
  INDEX_MISSING: ['el índice {definition}', 'ninguno', 'Créelo: {definition}.'],
  INDEX_INVALID: ['un índice que se pueda usar', 'uno que no se terminó', 'Ejecute «reindex index {index}».'],
  STATISTICS_OLD: [
    'estadísticas de una tabla con {rows} filas',
    'ninguna, así que PostgreSQL planifica como si estuviera casi vacía',
    'Ejecute «analyze {table}».',
  ],
  READER_UNSAFE: [
    'un rol istmo_reader al que obliga la seguridad por filas',
    '{reason}',
    'Quite al rol los demás derechos.',
  ],
  TABLE_OPEN: ['una tabla que oculta sus filas', '{problem}', '{remedy}'],
  PROTECTED_SHOWN: [
    'ninguna fila protegida para el equipo conjunto {taskForce}',
    'filas de víctimas, testigos o menores',
    'Devuelva a la tabla su política de las migraciones, o quite otras políticas.',
  ],
  TABLE_EMPTY: ['filas', 'ninguna', 'Llénela (`istmo sync`), o no publique el dominio.'],
  VALUE_MISSING: ['un valor, que el contrato nunca omite', 'ninguno', 'Dé un valor a cada fila.'],
  VALUE_UNKNOWN: ['uno de {values}', 'otro valor', 'Traduzca los valores de su fuente (docs/mapping.md).'],
  DATE_IMPOSSIBLE: ['un día del 0001-01-01 al 9999-12-31', 'otro', 'Corrija la fecha, o déjela vacía.'],
  DATES_REVERSED: ['{later} el mismo día que {earlier} o después', 'es antes', 'Corrija las fechas en la fuente.'],
  DATE_IN_FUTURE: [
    'un día o una hora que ya llegó',
    'uno posterior',
    'Corríjalo en la fuente, o corrija el reloj. Una hora pudo leerse en la zona horaria equivocada: escriba `zone` en el mapeo (docs/mapping.md).',
  ],
  RECORDED_AFTER_CHANGE: [
    '`recorded_at` no después de `{changed}`, cuando la fila cambió por última vez',
    'uno posterior, así que `recordedSince` omite la fila',
    'La hora se leyó en la zona horaria equivocada, o un reloj está mal. Escriba `zone` en el mapeo (docs/mapping.md), o ponga el reloj en hora, y ejecute `istmo sync`.',
  ],
  COUNTRY_UNKNOWN: ['un código ISO 3166-1 alfa-2, o UN', 'otro texto', 'Escriba el código de dos mayúsculas.'],
  HANDLING_UNKNOWN: [
    'códigos de manejo de {values}, al menos uno, o una nota en handlingNote que diga por qué no hay ninguno',
    'ninguno, u otros',
    'Traduzca sus códigos a los del contrato.',
  ],
  ICCS_MALFORMED: ['un código ICCS de 2, 4, 5 o 6 cifras', 'otro texto', 'Escriba el código con su cero inicial.'],
  ICCS_UNKNOWN: ['un código de la ICCS', 'uno que no está en la lista', 'Corrija el código (`istmo iccs suggest`).'],
  ID_MALFORMED: [
    'un código de país, dos puntos y de 1 a 120 letras, cifras o ._:/- en NFC',
    'otro texto',
    'Corrija los identificadores (docs/design/contract.md, Ids).',
  ],
  ID_OF_OTHER_COUNTRY: [
    'un identificador que empieza con {country}:',
    'uno de otro país',
    'Ponga {country}: delante de sus propios identificadores.',
  ],
  LINK_TO_SELF: [
    'un identificador de otro país',
    'uno de {country}',
    'Quite el vínculo, o escriba el identificador del otro país.',
  ],
  REFERENCE_DANGLES: [
    'una fila de {target} con este identificador',
    'ninguna',
    'Cargue la fila, o deje vacía la referencia.',
  ],
  DERIVED_UNCOVERED: ['datos derivados que cubren cada fila', 'filas que una búsqueda no encontraría', '{remedy}'],
  SHARED_WITH_UNKNOWN: [
    'equipos conjuntos que nombra su archivo del país',
    '{taskForces}',
    'Agregue el equipo conjunto al archivo, o corrija `shared_with`.',
  ],
  HANDLING_HIDES: [
    'un equipo conjunto nombrado en cada fila con un código de manejo distinto de H0 y H1',
    '{count} filas que solo tienen `*`, y que nadie ve',
    'Nombre los equipos conjuntos en `sharedWith` (docs/access.md, Rows), o corrija `handling`.',
  ],
  SHARED_WITH_NOBODY: ['filas compartidas con alguien', 'ninguna', 'Rellene `shared_with` (docs/access.md, Rows).'],
  VICTIM_NOT_PROTECTED: [
    '`protected` para una persona que solo es víctima o testigo',
    'falso, así que una búsqueda encuentra a la persona',
    'Ponga persons.person.protected en verdadero para estas personas.',
  ],
  MINOR_NOT_PROTECTED: [
    '`protected` para una persona que hoy tiene menos de 18 años',
    'falso, así que una búsqueda encuentra a la persona',
    'Ponga `protected` en su mapeo (docs/es/mapping.md), o corrija la fecha de nacimiento.',
  ],
  BIRTH_DATE_DOUBTFUL: [
    'el día en que nació la persona',
    'un día de hace más de 120 años, o uno que comparten demasiadas personas, como 1900-01-01',
    'Haga que el mapeo deje vacío el día que rellenan sus formularios: una búsqueda con el día verdadero no encuentra a estas personas.',
  ],
  IDENTIFIER_PLACEHOLDER: [
    'un número con alguna cifra del 1 al 9',
    'ninguna, como en «SIN CEDULA» o «000-0000»: ninguna búsqueda lo compara',
    'Haga que el mapeo deje vacíos estos valores. Si el documento no lleva cifras, avise a quienes buscan.',
  ],
  IDENTIFIER_OF_MANY: [
    'un número que tiene una sola persona',
    'uno que tienen personas con más de diez nombres distintos: ninguna búsqueda lo compara',
    'Corríjalo en la fuente, o haga que el mapeo lo deje vacío.',
  ],
  TEXT_GARBLED: [
    'texto en la codificación correcta',
    'señales de otra, como «MuÃ±oz»: una búsqueda por el nombre no encuentra a la persona',
    'Indique en el mapeo la codificación de la fuente (docs/es/mapping.md), o corrija los textos allí.',
  ],
  PERSON_NEVER_FOUND: [
    'un nombre con letras',
    'ninguno, así que ninguna búsqueda encuentra a la persona',
    'Cargue los nombres.',
  ],
  COVERAGE_UNSAID: [
    'para qué está completa su legislación',
    'nada, así que cada respuesta lleva el código COVERAGE_PARTIAL',
    'Rellene legal.coverage (docs/onboarding.md).',
  ],
  SEARCH_MISSES: [
    'que una búsqueda encuentre a una persona por su nombre ({way})',
    'no la encuentra',
    'Ejecute «select persons.learn_all_words()», y mire las columnas derivadas.',
  ],
  SEARCH_SHOWS_PROTECTED: [
    'que ninguna búsqueda encuentre a una persona protegida',
    'la encuentra',
    'Devuelva a las funciones y políticas de `persons` su texto de las migraciones.',
  ],
  ANSWER_FAILS: ['una respuesta', '{reason}', 'Mire las filas que lee la pregunta.'],
  ANSWER_LATE: [
    'una respuesta en {deadlineMs} ms',
    '{ms} ms',
    'Agregue los índices y estadísticas que falten, o un servidor más rápido.',
  ],
  ANSWER_SLOW: [
    'una respuesta en la mitad de {deadlineMs} ms',
    '{ms} ms',
    'Mire los índices, las estadísticas y el tamaño del servidor.',
  ],
  PLAN_READS_ALL: [
    'que «{question}» use un índice',
    'lee las {rows} filas',
    'Mire los índices, y ejecute «analyze {table}».',
  ],
  CLOCK_WRONG: [
    'un reloj a menos de {most} s del de esta máquina',
    '{seconds} s',
    'Ponga ambos relojes en hora con NTP: un token de consulta vale 60 segundos.',
  ],
  CERTIFICATE_WRONG: ['un certificado que se pueda usar', '{reason}', 'Hágalo con `istmo ca`, o corrija la opción.'],
  CERTIFICATE_ENDS: ['un certificado para más de {most} días', '{ends}', 'Renuévelo: `istmo ca renew`.'],
  CERTIFICATE_ENDED: ['un certificado que vale ahora', '{ends}', 'Renuévelo: `istmo ca renew`. Compare los relojes.'],
  CERTIFICATE_CHAIN: [
    'cada certificado emitido por el siguiente',
    '{subject} no lo está',
    'Ponga la cadena en su orden en el archivo.',
  ],
  CERTIFICATE_NAME: ['el nombre {host} del archivo del país', '{names}', 'Emita el certificado para este nombre.'],
  CERTIFICATE_PIN: [
    'una de las claves fijadas (`pins`) del archivo del país',
    '{pin}',
    'Escriba esta clave fijada en el archivo, y envíela a quien opera la pasarela.',
  ],
}

/** The words of `istmo check` in Spanish. */
export const SPANISH: CheckWords = {
  language: 'es',
  findings: FINDINGS,
  severities: { error: 'error', warning: 'aviso', note: 'nota' },
  states: { done: 'hecho', 'not-done': 'no comprobado', failed: 'interrumpido' },
  parts: {
    rules: 'el archivo del país',
    sdl: 'el SDL, comparado con el contrato',
    graph: 'el SDL, comparado con el grafo de la pasarela',
    operations: 'las operaciones registradas',
    certificates: 'los certificados',
    clock: 'los relojes',
    schema: 'tablas e índices',
    visibility: 'quién ve qué filas',
    rows: 'cada fila, comparada con el contrato',
    references: 'lo que nombran las filas',
    derived: 'lo que se deriva de las filas',
    search: 'la búsqueda de personas',
    timings: 'cuánto tardan las respuestas',
  },
  title: (country) => `Comprobación de ${country}`,
  line: { expected: 'se esperaba', came: 'hay', remedy: 'qué hacer', rows: 'filas', such: 'como' },
  columns: ['', 'hallazgo', 'lugar', 'se esperaba', 'hay', 'qué hacer', 'filas'],
  partColumns: ['parte', 'estado', 'ms'],
  well: 'Todo lo que se comprobó está bien.',
  sum: ({ error, warning, note }) =>
    `${many(error, 'error', 'errores')}, ${many(warning, 'aviso', 'avisos')}, ${many(note, 'nota', 'notas')}.`,
  notDone: (count) =>
    `${count === 1 ? '1 parte no se comprobó' : `${count} partes no se comprobaron`}: eso no es lo mismo que «bien».`,
}

function many(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`
}
