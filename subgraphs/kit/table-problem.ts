import type { Language } from '../../contract/language.ts'

/** What can be wrong with the tables of a node, and how it is said: in English by the node, and in the language of a report by the commands. */

const ENGLISH = {
  SHOWN_TO_NOBODY: 'it shows rows to a leg that no task force has',
  ROWS_UNFILTERED: 'nothing filters its rows',
  SHOWN_TO_OTHERS: 'it shows rows that are shared with other task forces, or with nobody',
  LINK_SHOWN: 'it shows rows whose {column} is hidden: its policy must ask «not {hidden}({column})»',
  UNREADABLE: 'istmo_reader cannot read it ({reason})',
  FILTER_BLIND: 'it shows rows that are shared with others, or with nobody',
  NOT_COVERED: 'it does not cover all rows, so a search would miss some',
  READER_NOT_TAKEN: 'the role could not be taken',
  READER_UNBOUND: 'the role may bypass row-level security',
  READER_WRITES: 'the role may write {table}',
  ENABLE_SECURITY: 'Enable row-level security on it, with a policy for istmo_reader.',
  INVOKER_VIEW: 'Create the view «with (security_invoker)», and give the tables below it policies for istmo_reader.',
  REPLACE_BY_VIEW: 'Replace it by a view «with (security_invoker)» over tables that have policies for istmo_reader.',
  REPLACE_BY_FILTER:
    'Replace it by a view «with (security_invoker)» that filters its rows with istmo.sees(shared_with, handling).',
  RESTORE_FILTER: 'Give the function back its text of subgraphs/kit/migrations/003-links.sql.',
  GIVE_COLUMN: 'Give each row of {table} the value «{expression}» as {column}.',
  GIVE_CHANGE: 'Give each row of {table} the time of its last change as {column}.',
  LEARN_WORDS:
    'Run «select persons.learn_all_words()» after each change of names, or put a trigger on the table of names.',
} as const

/** What is said, in one word. */
export type TableTextCode = keyof typeof ENGLISH

const SPANISH: Readonly<Record<TableTextCode, string>> = {
  SHOWN_TO_NOBODY: 'muestra filas a una consulta sin equipo conjunto',
  ROWS_UNFILTERED: 'nada filtra sus filas',
  SHOWN_TO_OTHERS: 'muestra filas que se comparten con otros equipos conjuntos, o con nadie',
  LINK_SHOWN: 'muestra filas cuyo {column} está oculto: su política debe exigir «not {hidden}({column})»',
  UNREADABLE: 'istmo_reader no puede leerla ({reason})',
  FILTER_BLIND: 'muestra filas que se comparten con otros, o con nadie',
  NOT_COVERED: 'no cubre todas las filas, así que una búsqueda no encontraría algunas',
  READER_NOT_TAKEN: 'no se pudo tomar el rol',
  READER_UNBOUND: 'el rol puede saltarse la seguridad por filas',
  READER_WRITES: 'el rol puede escribir en {table}',
  ENABLE_SECURITY: 'Active en ella la seguridad por filas, con una política para istmo_reader.',
  INVOKER_VIEW:
    'Cree la vista «with (security_invoker)», y dé políticas para istmo_reader a las tablas debajo de ella.',
  REPLACE_BY_VIEW:
    'Reemplácela por una vista «with (security_invoker)» sobre tablas que tengan políticas para istmo_reader.',
  REPLACE_BY_FILTER:
    'Reemplácela por una vista «with (security_invoker)» que filtre sus filas con istmo.sees(shared_with, handling).',
  RESTORE_FILTER: 'Devuelva a la función su texto de subgraphs/kit/migrations/003-links.sql.',
  GIVE_COLUMN: 'Dé a cada fila de {table} el valor «{expression}» en {column}.',
  GIVE_CHANGE: 'Dé a cada fila de {table} la hora de su último cambio en {column}.',
  LEARN_WORDS:
    'Ejecute «select persons.learn_all_words()» después de cada cambio de nombres, o ponga un disparador en la tabla de nombres.',
}

const TEXTS: Readonly<Record<Language, Readonly<Record<TableTextCode, string>>>> = { en: ENGLISH, es: SPANISH }

/** A text of a table, with what it names. */
export interface TableText {
  readonly code: TableTextCode
  readonly details?: Readonly<Record<string, string>>
}

/** Writes a text in a language. */
export function describeTableText({ code, details = {} }: TableText, language: Language = 'en'): string {
  return TEXTS[language][code].replace(/\{(\w+)\}/g, (_, name: string) => details[name] ?? '')
}

/** What is wrong with a table, and what the country does about it. */
export interface TableProblem {
  readonly table: string
  /** In English, for the node's log. */
  readonly problem: string
  readonly remedy: string
  /** The same for other languages. */
  readonly says: { readonly problem: TableText; readonly remedy: TableText }
}

/** Makes a problem of its texts. */
export function tableProblem(table: string, problem: TableText, remedy: TableText): TableProblem {
  return {
    table,
    problem: describeTableText(problem),
    remedy: describeTableText(remedy),
    says: { problem, remedy },
  }
}

/** Thrown for a role `istmo_reader` that does not hold a leg back. */
export class ReaderUnsafe extends Error {
  override readonly name = 'ReaderUnsafe'
  /** What is wrong; null for what the database itself says, which is in the message. */
  readonly problem: TableText | null
  /** @param reason what the database said, where `problem` is null. */
  constructor(problem: TableText | null, reason = '') {
    super(
      `Expected a role istmo_reader that the database's user can take and that row-level security binds: ${problem === null ? reason : describeTableText(problem)}. ` +
        'Let a superuser run «create role istmo_reader nologin; grant istmo_reader to» that user, and take other rights from the role.',
    )
    this.problem = problem
  }
}
