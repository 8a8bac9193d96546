import type { Language } from '../../contract/language.ts'
import type { Area } from './check.ts'

/** What `istmo conformance` says besides the texts of its checks, in each language. */
export interface ConformanceWords {
  readonly areas: Readonly<Record<Area, string>>
  readonly verdicts: Readonly<Record<'PASSED' | 'FAILED' | 'INCOMPLETE', string>>
  readonly about: (country: string, where: string, domains: string) => string
  readonly counts: (counts: { passed: number; failed: number; untried: number; all: number }) => string
  readonly asked: (legs: number, records: number, seconds: number) => string
  readonly expected: string
  readonly came: string
  readonly remedy: string
  readonly more: (count: number) => string
  readonly untriedTitle: string
  readonly untriedRemedy: string
  readonly columns: readonly [part: string, check: string, result: string]
  readonly results: Readonly<Record<'PASSED' | 'FAILED' | 'NOT_TRIED', string>>
  readonly prepared: (folder: string, command: string, check: string) => string
  readonly progress: (at: number, all: number, id: string) => string
}

const ENGLISH: ConformanceWords = {
  areas: {
    records: 'Records',
    entities: 'Records by id (_entities)',
    lists: 'Lists, pages and cursors',
    filters: 'Filters',
    search: 'Search for persons, and hits',
    protected: 'Victims, witnesses and minors',
    rows: 'Which task force sees which rows',
    counts: 'Counts of cases',
    law: 'Dual criminality and the ICCS',
    rules: 'Rules: who may read which field',
    tokens: 'Tokens that must be refused',
    questions: 'Signed questions',
    quotas: 'Quotas of one officer and of one question',
    requests: 'Requests and errors',
    receipts: 'Receipts of the audit log',
    load: 'Many at once, and in time',
  },
  verdicts: {
    PASSED: 'PASSED. What was checked is as the contract says.',
    FAILED:
      'FAILED. A gateway would drop answers, show too much, or miss records. Each check that failed is below, with what to do.',
    INCOMPLETE: 'PASSED, BUT NOT COMPLETE. Some checks had no records to be tried with; they are at the end.',
  },
  about: (country, where, domains) => `Conformance of ${country} at ${where}: ${domains}`,
  counts: ({ passed, failed, untried, all }) =>
    `${all} checks: ${passed} passed, ${failed} failed, ${untried} not tried`,
  asked: (legs, records, seconds) => `${legs} legs asked, ${records} records compared, in ${seconds} s`,
  expected: 'expected',
  came: 'came',
  remedy: 'What to do',
  more: (count) => `and ${count} more`,
  untriedTitle: 'Not tried, because the records lack what is needed',
  untriedRemedy: 'Load made-up records that have it into a test database, and run the checks again.',
  columns: ['Part', 'Check', 'Result'],
  results: { PASSED: 'passed', FAILED: 'FAILED', NOT_TRIED: 'not tried' },
  prepared: (folder, command, check) =>
    `${folder} has the files of a test gateway and of a test authority. Whoever has them can ask a node that was started with them: never give them to the node that the real gateway asks.\n\n` +
    `Start a node beside yours, on another port, with your own database or --upstream:\n\n  ${command}\n\nThen check it:\n\n  ${check}\n`,
  progress: (at, all, id) => `${at}/${all} ${id}`,
}

const SPANISH: ConformanceWords = {
  areas: {
    records: 'Registros',
    entities: 'Registros por id (_entities)',
    lists: 'Listas, páginas y cursores',
    filters: 'Filtros',
    search: 'Búsqueda de personas y coincidencias',
    protected: 'Víctimas, testigos y menores',
    rows: 'Qué equipo conjunto ve qué filas',
    counts: 'Conteos de casos',
    law: 'Doble incriminación e ICCS',
    rules: 'Reglas: quién puede leer qué campo',
    tokens: 'Tokens que deben rechazarse',
    questions: 'Preguntas firmadas',
    quotas: 'Cuotas de un funcionario y de una pregunta',
    requests: 'Solicitudes y errores',
    receipts: 'Recibos del registro de auditoría',
    load: 'Muchos a la vez, y a tiempo',
  },
  verdicts: {
    PASSED: 'APROBADO. Lo revisado es como dice el contrato.',
    FAILED:
      'NO APROBADO. Una pasarela descartaría respuestas, mostraría de más o no vería registros. Abajo está cada revisión que falló, con lo que hay que hacer.',
    INCOMPLETE: 'APROBADO, PERO INCOMPLETO. A algunas revisiones les faltaron registros; están al final.',
  },
  about: (country, where, domains) => `Conformidad de ${country} en ${where}: ${domains}`,
  counts: ({ passed, failed, untried, all }) =>
    `${all} revisiones: ${passed} aprobadas, ${failed} fallidas, ${untried} sin probar`,
  asked: (legs, records, seconds) => `${legs} consultas hechas, ${records} registros comparados, en ${seconds} s`,
  expected: 'se esperaba',
  came: 'vino',
  remedy: 'Qué hacer',
  more: (count) => `y ${count} más`,
  untriedTitle: 'Sin probar, porque a los registros les falta lo necesario',
  untriedRemedy: 'Cargue registros inventados que lo tengan en una base de datos de prueba, y repita las revisiones.',
  columns: ['Parte', 'Revisión', 'Resultado'],
  results: { PASSED: 'aprobada', FAILED: 'FALLÓ', NOT_TRIED: 'sin probar' },
  prepared: (folder, command, check) =>
    `${folder} tiene los archivos de una pasarela y de una autoridad de prueba. Quien los tenga puede consultar un nodo arrancado con ellos: nunca se los dé al nodo al que consulta la pasarela real.\n\n` +
    `Arranque un nodo junto al suyo, en otro puerto, con su propia base de datos o --upstream:\n\n  ${command}\n\nDespués revíselo:\n\n  ${check}\n`,
  progress: (at, all, id) => `${at}/${all} ${id}`,
}

/** The words of each language. */
export const CONFORMANCE_WORDS: Readonly<Record<Language, ConformanceWords>> = { en: ENGLISH, es: SPANISH }
