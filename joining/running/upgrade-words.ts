import type { Language } from '../../contract/language.ts'

/** What `istmo upgrade --check` says, in each language. */
export interface UpgradeWords {
  readonly title: (version: string, running: string | null) => string
  readonly unknownSetting: (name: string, file: string) => string
  readonly noMigrations: string
  readonly migration: (name: string, purpose: string) => string
  readonly reads: (tables: string, seconds: number) => string
  readonly quick: string
  readonly lock: string
  readonly databaseUnread: (reason: string) => string
  readonly country: (reason: string) => string
  readonly countryRead: string
  readonly logRead: (size: number) => string
  readonly ready: string
  readonly notReady: (count: number) => string
  readonly steps: string
}

const ENGLISH: UpgradeWords = {
  title: (version, running) =>
    `This is Istmo ${version}; ${running === null ? 'no node runs whose operator’s server tells its version' : `the node that runs is ${running}`}.`,
  unknownSetting: (name, file) => `${file}: ${name} is not a setting of this version. Remove it, or correct its name.`,
  noMigrations: 'No migration will run.',
  migration: (name, purpose) => `The migration ${name} will run: ${purpose}`,
  reads: (tables, seconds) => `It goes through ${tables}: up to ${seconds} s, and nobody gets an answer meanwhile.`,
  quick: 'It takes less than a second.',
  lock: 'Migrations run once, at the first start of the new version. The old version does not start on the database afterwards: make a backup before.',
  databaseUnread: (reason) => `The database was not looked at: ${reason}`,
  country: (reason) => `This version does not take the country’s file: ${reason}`,
  countryRead: 'This version takes the country’s file, its policies and its SDLs.',
  logRead: (size) => `This version reads the audit log (${size} entries) with its key.`,
  ready: 'The node can be updated.',
  notReady: (count) => `The node cannot be updated yet: ${count} things are wrong. Correct the lines with «!».`,
  steps: 'Then: istmo backup; stop the node; install this version; start it; istmo doctor.',
}

const SPANISH: UpgradeWords = {
  title: (version, running) =>
    `Esto es Istmo ${version}; ${running === null ? 'no hay en marcha ningún nodo cuyo servidor para el operador diga su versión' : `el nodo en marcha es ${running}`}.`,
  unknownSetting: (name, file) => `${file}: ${name} no es un ajuste de esta versión. Quítelo, o corrija su nombre.`,
  noMigrations: 'No se ejecutará ninguna migración.',
  migration: (name, purpose) => `Se ejecutará la migración ${name}: ${purpose}`,
  reads: (tables, seconds) => `Recorre ${tables}: hasta ${seconds} s, y mientras tanto nadie recibe respuesta.`,
  quick: 'Tarda menos de un segundo.',
  lock: 'Las migraciones se ejecutan una vez, en el primer arranque de la versión nueva. Después la versión vieja no arranca con la base de datos: antes haga una copia de respaldo.',
  databaseUnread: (reason) => `No se miró la base de datos: ${reason}`,
  country: (reason) => `Esta versión no acepta el archivo del país: ${reason}`,
  countryRead: 'Esta versión acepta el archivo del país, sus políticas y sus SDL.',
  logRead: (size) => `Esta versión lee el registro de auditoría (${size} asientos) con su clave.`,
  ready: 'El nodo se puede actualizar.',
  notReady: (count) => `El nodo no se puede actualizar todavía: hay ${count} cosas mal. Corrija las líneas con «!».`,
  steps: 'Después: istmo backup; detenga el nodo; instale esta versión; arránquelo; istmo doctor.',
}

/** The words of each language. */
export const UPGRADE_WORDS: Readonly<Record<Language, UpgradeWords>> = { en: ENGLISH, es: SPANISH }
