import type { Language } from '../../contract/language.ts'
import type { RecordKindName } from '../../contract/records/record-kind.ts'
import type { DoubtId } from '../doubtful-values.ts'
import type { StageReason } from './check-stage.ts'
import type { DoubtfulRows } from './find-doubts.ts'
import type { Opening } from './guard-opening.ts'
import type { Shrinking } from './guard-shrink.ts'
import type { FutureTimes } from './judge-times.ts'
import type { KindResult } from './kind-result.ts'

/** What `istmo sync` says, in each language. */
export interface SyncWords {
  /** Why the database refused a row. No text has a value of the row. */
  readonly reasons: Readonly<Record<StageReason, string>>
  readonly reading: (section: string) => string
  readonly checking: string
  readonly writing: string
  readonly tookOver: string
  readonly adopted: (records: number, name: string) => string
  readonly head: (country: string, source: string, isDryRun: boolean, isIncremental: boolean) => string
  readonly line: (result: KindResult) => string
  readonly refused: (rows: number, file: string | undefined) => string
  readonly cause: (section: string, column: string | null, reason: string, rows: number) => string
  readonly moreCauses: (causes: number) => string
  readonly zone: (zone: string) => string
  /** `zone`: in which times were read that say none; null if each said its own. */
  readonly futureTimes: (found: FutureTimes, zone: string | null) => string
  readonly blind: (kinds: readonly RecordKindName[]) => string
  readonly sinceUnused: (kinds: readonly RecordKindName[]) => string
  readonly shrinking: (found: readonly Shrinking[]) => string
  readonly wouldShrink: string
  readonly doubt: (found: DoubtfulRows) => string
  /** `STOPPED`: nothing was changed because of them. */
  readonly openings: (found: readonly Opening[], state: OpeningState) => string
  readonly others: (name: string, records: number, lastAt: string | null) => string
  /** `filled`: the database of this run. `served`: that of the node's settings in `file`. */
  readonly otherDatabase: (filled: string, file: string, served: string) => string
  /** A dry run of a database whose tables are of an earlier version. `pending`: the migrations that have not run. */
  readonly tablesOlder: (pending: readonly string[]) => string
  readonly noted: string
  readonly notNoted: (reason: string) => string
  readonly statistics: string
  readonly tooMany: (rows: number, most: number) => string
}

/** How far a run with openings came, or would come. */
export type OpeningState = 'STOPPED' | 'WOULD_STOP' | 'WOULD_OPEN' | 'OPENED'

const count = (rows: number): string => rows.toLocaleString('en-GB')

/** Returns a zone in which a source may have written its times, if it is not this one. */
function otherZone(zone: string): string {
  return zone === 'UTC' ? 'America/Guatemala' : 'UTC'
}

const OPENINGS_EN: Readonly<Record<OpeningState, readonly [head: string, end: string]>> = {
  STOPPED: [
    'expected that what was closed stays closed; others could read these rows, so nothing was changed:',
    '\nWhich line of the mapping, or which column of the source, protected them before? If this is meant, run the command with --allow-unprotect.',
  ],
  WOULD_STOP: ['Without --allow-unprotect, this run would be refused, because others could read these rows:', ''],
  WOULD_OPEN: ['WARNING: after this run, others could read rows that are closed now:', ''],
  OPENED: ['WARNING: others can now read rows that were closed:', ''],
}

function describeOpeningEn({ kind, why, rows, before, minors, examples }: Opening): string {
  const of = `  ${kind}: ${count(rows)} of ${count(before)}`
  const young = minors === 0 ? '' : `, and ${count(minors)} of them are under 18 by their birth dates`
  const what =
    why === 'PROTECTION'
      ? 'would not be protected any more'
      : 'would be shared with others, by their handling codes or sharedWith'
  return `${of} ${what}${young}: ${examples.join(', ')}${rows > examples.length ? ', …' : ''}`
}

const DOUBTS_EN: Readonly<Record<DoubtId, string>> = {
  MINOR_NOT_PROTECTED: 'are under 18 and not protected, so a search finds them. Map «protected»',
  BIRTH_DATE_DOUBTFUL:
    'have a birth date of more than 120 years ago, or one that improbably many share. Map it to nothing',
  IDENTIFIER_PLACEHOLDER:
    'have no digit from 1 to 9, such as «SIN CEDULA», so no search compares them. Map them to nothing',
  IDENTIFIER_OF_MANY: 'stand on persons of more than ten names, so no search compares them. Map them to nothing',
  TEXT_GARBLED: 'have signs of a wrong encoding, such as «MuÃ±oz». Name the encoding of the source',
}

const ENGLISH: SyncWords = {
  reasons: {
    CONSTRAINT: 'expected a value that the table of the contract takes; this one is out of its bounds, or is missing',
    REPEATED: 'expected a key of its own; another row has this one. Of equal rows, the first is taken; of others, none',
    OTHER_MAPPING: 'expected a record that no other mapping brings; another mapping of this database brought it',
    NO_PARENT: 'expected a record that was taken; the one on which this row hangs was refused, or is not in the source',
    DANGLING: 'expected the id of a record that is there; it was refused, or is not in the source',
  },
  reading: (section) => `reading ${section}`,
  checking: 'checking',
  writing: 'writing',
  tookOver: 'An earlier run was ended before it was done. It had changed nothing, and this run begins anew.',
  adopted: (records, name) => `${count(records)} records of the mapping ${name} are now those of this one.`,
  head: (country, source, isDryRun, isIncremental) =>
    `${isDryRun ? 'Nothing was changed. It would become:' : 'Done:'} ${source} → ${country}${isIncremental ? ', changes only' : ''}`,
  line: ({ kind, read, created, changed, deleted, refused }) =>
    `  ${kind}: ${count(created)} new, ${count(changed)} changed, ${count(deleted)} deleted` +
    (read === 0 ? '' : ` (${count(read)} rows read, ${count(refused)} refused)`),
  refused: (rows, file) =>
    `${count(rows)} rows were refused, and are not served. ` +
    (file === undefined
      ? 'Which ones, and their values: run it with --refused FILE.'
      : `Each, with its value: ${file}`),
  cause: (section, column, reason, rows) =>
    `  ${count(rows)} × ${section}${column === null ? '' : `, ${column}`}: ${reason}`,
  moreCauses: (causes) => `  and ${count(causes)} other reasons`,
  zone: (zone) =>
    `Times that say no zone were read as times of ${zone}. If the source writes them in another zone, such as ${otherZone(zone)}, say it in the mapping: «zone: ${otherZone(zone)}».`,
  futureTimes: ({ kind, field, rows, hours }, zone) =>
    `WARNING: ${kind}: ${field} lies in the future, by up to ${count(hours)} h (rows: ${count(rows)}). ${
      zone === null
        ? 'Correct the times, or the clock of the source.'
        : `Are the times of the source those of ${zone}? If not, say their zone in the mapping, such as «zone: ${otherZone(zone)}». If so, correct its clock.`
    }`,
  blind: (kinds) =>
    `This run read changes only. It cannot know which ${kinds.join(', ')} were deleted in the source: run it without --since from time to time.`,
  sinceUnused: (kinds) =>
    `All rows of ${kinds.join(', ')} were read, in spite of their since: it helps only if one column is the id as it is (no template, pattern or values), and so in the tables below. A view with such a column makes it work.`,
  shrinking: (found) =>
    `expected about as many rows as before; far fewer would be left, so nothing was changed:\n${found
      .map(({ kind, before, gone }) => `  ${kind}: ${count(gone)} of ${count(before)} would go`)
      .join('\n')}\nIs the source complete? If so, run the command with --allow-shrink.`,
  wouldShrink: 'Without --allow-shrink, this run would be refused, because far fewer rows would be left.',
  doubt: ({ id, place, rows, examples }) =>
    `WARNING: ${place}: ${count(rows)} rows ${DOUBTS_EN[id]}: ${examples.join(', ')}${rows > examples.length ? ', …' : ''}`,
  openings: (found, state) =>
    `${OPENINGS_EN[state][0]}\n${found.map(describeOpeningEn).join('\n')}${OPENINGS_EN[state][1]}`,
  others: (name, records, lastAt) =>
    `${count(records)} records are those of the mapping ${name}${lastAt === null ? '' : `, last run ${lastAt}`}, and stay. ` +
    `If this is that mapping under a new name, run it with --adopt ${name}.`,
  otherDatabase: (filled, file, served) =>
    `WARNING: this run reads and fills ${filled}, but the node of ${file} serves ${served}. If that is not meant, correct --database-url or --database-folder.`,
  tablesOlder: (pending) =>
    `--dry-run: expected a database with the tables of this version; came one without ${pending.join(', ')}. Nothing was changed. Start the node of this version, or run the command without --dry-run: both bring the tables up to date.`,
  noted: 'The audit log of the country has its entry.',
  notNoted: (reason) =>
    `The rows are changed, but their entry is not in the audit log: ${reason}\nThe entry is kept. The next run writes it first.`,
  statistics: 'refreshing statistics',
  tooMany: (rows, most) => `${count(rows)} rows were refused, more than --max-refused ${count(most)}: exit code 1.`,
}

const OPENINGS_ES: Readonly<Record<OpeningState, readonly [head: string, end: string]>> = {
  STOPPED: [
    'se esperaba que lo cerrado siguiera cerrado; otros podrían leer estas filas, así que no se cambió nada:',
    '\n¿Qué línea del mapeo, o qué columna de la fuente, las protegía antes? Si es lo que se quiere, ejecute el comando con --allow-unprotect.',
  ],
  WOULD_STOP: ['Sin --allow-unprotect, esta ejecución se rechazaría, porque otros podrían leer estas filas:', ''],
  WOULD_OPEN: ['AVISO: después de esta ejecución, otros podrían leer filas que ahora están cerradas:', ''],
  OPENED: ['AVISO: ahora otros pueden leer filas que estaban cerradas:', ''],
}

function describeOpeningEs({ kind, why, rows, before, minors, examples }: Opening): string {
  const of = `  ${kind}: ${count(rows)} de ${count(before)}`
  const young = minors === 0 ? '' : `, y ${count(minors)} tienen menos de 18 años según su fecha de nacimiento`
  const what =
    why === 'PROTECTION'
      ? 'dejarían de estar protegidas'
      : 'se compartirían con otros, por sus códigos de manejo o sharedWith'
  return `${of} ${what}${young}: ${examples.join(', ')}${rows > examples.length ? ', …' : ''}`
}

const DOUBTS_ES: Readonly<Record<DoubtId, string>> = {
  MINOR_NOT_PROTECTED:
    'son de menores de 18 años sin protección, así que una búsqueda los encuentra. Ponga «protected» en el mapeo',
  BIRTH_DATE_DOUBTFUL:
    'tienen una fecha de nacimiento de hace más de 120 años, o que comparten demasiadas. Haga que el mapeo la deje vacía',
  IDENTIFIER_PLACEHOLDER:
    'no tienen ninguna cifra del 1 al 9, como «SIN CEDULA», así que ninguna búsqueda los compara. Haga que el mapeo los deje vacíos',
  IDENTIFIER_OF_MANY:
    'están en personas con más de diez nombres distintos, así que ninguna búsqueda los compara. Haga que el mapeo los deje vacíos',
  TEXT_GARBLED: 'tienen señales de otra codificación, como «MuÃ±oz». Indique la codificación de la fuente',
}

const SPANISH: SyncWords = {
  reasons: {
    CONSTRAINT: 'se esperaba un valor que la tabla del contrato acepte; este está fuera de sus límites, o falta',
    REPEATED:
      'se esperaba una clave propia; otra fila tiene esta. De filas iguales se toma la primera; de otras, ninguna',
    OTHER_MAPPING: 'se esperaba un registro que ningún otro mapeo traiga; otro mapeo de esta base lo trajo',
    NO_PARENT: 'se esperaba un registro tomado; aquel del que cuelga esta fila fue rechazado, o no está en la fuente',
    DANGLING: 'se esperaba el id de un registro que exista; fue rechazado, o no está en la fuente',
  },
  reading: (section) => `leyendo ${section}`,
  checking: 'revisando',
  writing: 'escribiendo',
  tookOver: 'Una ejecución anterior terminó antes de tiempo. No había cambiado nada, y esta empieza de nuevo.',
  adopted: (records, name) => `${count(records)} registros del mapeo ${name} son ahora de este.`,
  head: (country, source, isDryRun, isIncremental) =>
    `${isDryRun ? 'No se cambió nada. Quedaría así:' : 'Hecho:'} ${source} → ${country}${isIncremental ? ', solo cambios' : ''}`,
  line: ({ kind, read, created, changed, deleted, refused }) =>
    `  ${kind}: ${count(created)} nuevas, ${count(changed)} cambiadas, ${count(deleted)} borradas` +
    (read === 0 ? '' : ` (${count(read)} filas leídas, ${count(refused)} rechazadas)`),
  refused: (rows, file) =>
    `${count(rows)} filas fueron rechazadas, y no se publican. ` +
    (file === undefined
      ? 'Cuáles, y sus valores: ejecute la orden con --refused ARCHIVO.'
      : `Cada una, con su valor: ${file}`),
  cause: (section, column, reason, rows) =>
    `  ${count(rows)} × ${section}${column === null ? '' : `, ${column}`}: ${reason}`,
  moreCauses: (causes) => `  y ${count(causes)} motivos más`,
  zone: (zone) =>
    `Las horas que no dicen su zona se leyeron como horas de ${zone}. Si la fuente las escribe en otra zona, como ${otherZone(zone)}, dígalo en el mapeo: «zone: ${otherZone(zone)}».`,
  futureTimes: ({ kind, field, rows, hours }, zone) =>
    `AVISO: ${kind}: ${field} está en el futuro, hasta por ${count(hours)} h (filas: ${count(rows)}). ${
      zone === null
        ? 'Corrija las horas, o el reloj de la fuente.'
        : `¿Son las horas de la fuente las de ${zone}? Si no, diga su zona en el mapeo, por ejemplo «zone: ${otherZone(zone)}». Si lo son, corrija su reloj.`
    }`,
  blind: (kinds) =>
    `Esta ejecución leyó solo los cambios. No puede saber qué ${kinds.join(', ')} se borraron en la fuente: ejecute la orden sin --since de vez en cuando.`,
  sinceUnused: (kinds) =>
    `Se leyeron todas las filas de ${kinds.join(', ')}, a pesar de su since: solo sirve si una columna es el id tal cual (sin template, pattern ni values), y también en las tablas de abajo. Una vista con esa columna lo resuelve.`,
  shrinking: (found) =>
    `se esperaban más o menos las filas de antes; quedarían muchas menos, así que no se cambió nada:\n${found
      .map(({ kind, before, gone }) => `  ${kind}: se irían ${count(gone)} de ${count(before)}`)
      .join('\n')}\n¿Está completa la fuente? Si es así, ejecute la orden con --allow-shrink.`,
  wouldShrink: 'Sin --allow-shrink, esta ejecución se rechazaría, porque quedarían muchas menos filas.',
  doubt: ({ id, place, rows, examples }) =>
    `AVISO: ${place}: ${count(rows)} filas ${DOUBTS_ES[id]}: ${examples.join(', ')}${rows > examples.length ? ', …' : ''}`,
  openings: (found, state) =>
    `${OPENINGS_ES[state][0]}\n${found.map(describeOpeningEs).join('\n')}${OPENINGS_ES[state][1]}`,
  others: (name, records, lastAt) =>
    `${count(records)} registros son del mapeo ${name}${lastAt === null ? '' : `, ejecutado por última vez el ${lastAt}`}, y se quedan. ` +
    `Si este es aquel mapeo con otro nombre, ejecute la orden con --adopt ${name}.`,
  otherDatabase: (filled, file, served) =>
    `AVISO: esta ejecución lee y llena ${filled}, pero el nodo de ${file} sirve ${served}. Si no es lo que se quiere, corrija --database-url o --database-folder.`,
  tablesOlder: (pending) =>
    `--dry-run: se esperaba una base de datos con las tablas de esta versión; a esta le faltan ${pending.join(', ')}. No se cambió nada. Arranque el nodo de esta versión, o ejecute el comando sin --dry-run: ambos actualizan las tablas.`,
  noted: 'El registro de auditoría del país tiene su asiento.',
  notNoted: (reason) =>
    `Las filas cambiaron, pero su asiento no está en el registro de auditoría: ${reason}\nEl asiento se guarda. La próxima ejecución lo escribe primero.`,
  statistics: 'actualizando estadísticas',
  tooMany: (rows, most) => `${count(rows)} filas rechazadas, más que --max-refused ${count(most)}: código de salida 1.`,
}

/** The words of each language. */
export const SYNC_WORDS: Readonly<Record<Language, SyncWords>> = { en: ENGLISH, es: SPANISH }
