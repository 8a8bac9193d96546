import type { Language } from '../../contract/language.ts'
import type { DoctorArea, FindingState } from './finding.ts'

/** What a finding says, and what to do about it; `{0}`, `{1}` … stand for its values. An empty remedy: there is nothing to do. */
type Words = readonly [what: string, remedy: string]

const ENGLISH = {
  SETTINGS_READ: ['the settings of the node of {0}, for {1}', ''],
  SETTINGS_WRONG: ['{0}', 'Correct the settings. Nothing else was looked at.'],
  DEVELOPMENT: ['the node starts with --development, whatever is dangerous', 'Remove DEVELOPMENT before there are real records.'],
  DANGER: ['{0}', '{1}'],
  RULES_READ: ['the country’s file {0} can be used', ''],
  RULES_NONE: ['there is no country’s file, so the node recognises nobody', 'Set --rules (RULES_FILE).'],
  RULES_WRONG: ['{0}', 'Correct the file. A node that runs keeps the rules that it had; one that is started does not start.'],
  RULES_CLOSED: ['the country’s file names no callers, so nobody gets an answer', 'Name the authorities that you believe in `callers` (docs/access.md).'],
  TASK_FORCE_OVER: ['the task force {0} ended on {1}', 'Renew it in the country’s file, or remove it.'],
  SUSPENSIONS_NONE: ['nobody can suspend anything at this node', 'Set --suspensions (SUSPENSIONS_DIR) (docs/emergencies.md).'],
  CLOCK_WITH: ['the clock agrees with that of {0} to {1} ms', ''],
  CLOCK_OFF: ['the clock differs from that of {0} by {1} ms', 'Set the clock by NTP (`timedatectl set-ntp true`). From 5 s on, leg tokens are refused.'],
  CLOCK_SYNCED: ['the operating system keeps the clock by NTP', ''],
  CLOCK_UNSYNCED: ['the operating system does not keep the clock by NTP', 'Run: timedatectl set-ntp true'],
  CLOCK_UNKNOWN: ['whether the clock is kept by NTP is not known: {0}', 'See to it by hand that something keeps the clock, such as chrony.'],
  KEY_READ: ['{0} is the {1}', ''],
  KEY_NONE: ['no {1} is set', 'Set {0}.'],
  KEY_WRONG: ['{0}', 'Restore the file from a backup, or make a new key (docs/running-a-node.md, Keys).'],
  KEY_OPEN: ['{0}', '{1}'],
  KEY_SHARED: ['{0} and {1} are the same key', 'Make a key of its own for each (`istmo keys`).'],
  CERTIFICATE_READ: ['the certificate {0} of the {1} ends on {2}, in {3} days', ''],
  CERTIFICATE_SOON: ['the certificate {0} of the {1} ends on {2}, in {3} days', 'Renew it: istmo ca renew (docs/running-a-node.md, TLS).'],
  CERTIFICATE_WRONG: ['{0}', 'Issue it again (`istmo ca issue`), or correct the setting.'],
  CERTIFICATE_CHAIN: ['the certificate {0} is followed by {1}, which did not issue it', 'Put the certificate first and each authority behind what it issued, as in the file that `istmo ca issue` writes.'],
  CERTIFICATE_NAME: ['the gateway asks for {0}, and the certificate is for {1}', 'Issue a certificate for {0}, or correct `url` in the country’s file.'],
  CERTIFICATE_USE: ['the certificate {0} is not for servers', 'Issue it with `--use server`.'],
  TLS_NONE: ['the node speaks plain HTTP, on this machine only', ''],
  DATABASE_READ: ['the database answers: PostgreSQL {0}, {1} MB', ''],
  DATABASE_NONE: ['the rows are in the memory of the node, and lost when it ends', 'Set --database-url or --database-folder.'],
  DATABASE_SIDECAR: ['a service of the country answers; the node has no rows', ''],
  DATABASE_UNREACHABLE: ['the database cannot be opened: {0}', 'Start it, or correct --database-url (DATABASE_URL).'],
  DATABASE_IN_USE: ['the embedded database is open in {0}, so its tables were not looked at', 'Stop the node and run this again, to look at them.'],
  DATABASE_MISSING: ['there is no database in {0}; the first start of the node makes it', ''],
  DATABASE_COUNTRY: ['the database has the records of {0}', 'Give each country a database of its own.'],
  MIGRATIONS_DONE: ['all {0} migrations have run', ''],
  MIGRATIONS_WAIT: ['{0} migrations have not run yet: {1}', 'The next start of the node runs them. `istmo upgrade --check` says what they do.'],
  MIGRATIONS_NEWER: ['the database has run {0}, which this version does not have', 'Install the version that ran it, or a later one.'],
  MIGRATIONS_ALTERED: ['the migration {0} was altered after it had run', 'Install this version of Istmo again.'],
  READER_BOUND: ['row-level security binds the role istmo_reader', ''],
  READER_WRONG: ['{0}', 'See docs/running-a-node.md, PostgreSQL.'],
  ROWS_OPEN: ['{0}: {1}', '{2}'],
  ROWS_HIDDEN: ['no table shows its rows to a leg that no task force has', ''],
  UNCOVERED: ['{0}: {1}', '{2}'],
  INDEXES_THERE: ['all {0} indexes are there', ''],
  INDEX_MISSING: ['the index {0} is missing: {1}', 'Run it as the owner of the tables: {1}'],
  STATISTICS_FRESH: ['the statistics of the tables are of today’s size', ''],
  STATISTICS_OLD: ['the statistics are missing or old for {0}', 'Run: analyze {0}'],
  LOG_READ: ['the audit log {0} has {1} entries; the last checkpoint is of {2}', ''],
  LOG_NONE: ['there is no audit log', 'Set --audit-log-dir, --audit-log-key and --audit-log-ref-keys.'],
  LOG_NEW: ['the audit log in {0} is still empty; the first start of the node begins it', ''],
  LOG_DAMAGED: ['{0}', 'Run `istmo audit verify`, and restore the newest copy (docs/operating.md, When an audit log is lost).'],
  LOG_KEY: ['the audit log in {0} is not of the key in {1}: {2}', 'Give the log and its key together.'],
  LOG_HELD: ['{0} has the audit log open', ''],
  LOG_FREE: ['no process has the audit log open', ''],
  LOG_STALE: ['{0} has the audit log open, and its newest entry is {1} minutes old; a node writes one every ten minutes', 'Look into the log of the node: its disk may be full.'],
  LOG_SALTS: ['the folder {0} of the salts is missing, and the log does not open without it', 'Restore it together with the log.'],
  LOG_AHEAD: ['{0} knows {1} entries of the audit log, and it has {2}: it was set back', 'Restore the newest copy of the log (docs/operating.md, When an audit log is lost).'],
  LOG_WITNESSED: ['the witness {0} has cosigned {1} entries', ''],
  LOG_UNWITNESSED: ['no witness of the trust policy has seen this log', ''],
  DISK_ROOM: ['{0} has {1} GB free ({2} %)', ''],
  DISK_LOW: ['{0} has {1} GB free ({2} %); below 5 % the node is not ready', 'Free the disk, or make it larger.'],
  DISK_GROWTH: ['at the growth of the last {2} days, {0} is full in {1} days', 'Make the disk larger, or prune the log (`istmo audit prune`).'],
  DISK_UNKNOWN: ['{0}: {1}', 'Correct the setting, or make the folder.'],
  PORT_FREE: ['the port {0} is free, and no node runs there', ''],
  PORT_NODE: ['the node answers at port {0}', ''],
  PORT_NODE_NOT_READY: ['the node at port {0} is not ready: {1}', 'See `/health/ready` and the log of the node.'],
  PORT_TAKEN: ['the port {0} belongs to another program', 'Stop that program, or correct the setting.'],
  PORT_UNKNOWN: ['{0} cannot be looked at: {1}', 'Correct the setting.'],
  REACHED: ['{0} answers: {1}', ''],
  UNREACHED: ['{0} cannot be reached: {1}', 'Look at the address, the firewall and the other side. What to do when: docs/running-a-node.md, Monitoring.'],
  KEY_SET_EMPTY: ['{0} has no key that signs leg tokens', 'Ask the gateway’s operator for its leg.jwks.json.'],
  VERSION_ISTMO: ['Istmo {0}, Node.js {1}', ''],
  VERSION_NODE: ['Node.js {0} runs this; Istmo needs 24 or later', 'Start it with the Node.js that the pack brings.'],
  VERSION_GATEWAY: ['the gateway is version {0}', ''],
  VERSION_BEHIND: ['the gateway is version {0}, and this node {1}', 'Update the older of both (`istmo upgrade --check`). Both work with each other as long as the first two numbers are equal.'],
  VERSION_UNKNOWN: ['which version the gateway has is not known: {0}', ''],
} as const satisfies Readonly<Record<string, Words>>

/** The codes of what the doctor finds. */
export type FindingCode = keyof typeof ENGLISH

const SPANISH: Readonly<Record<FindingCode, Words>> = {
  SETTINGS_READ: ['los ajustes del nodo de {0}, para {1}', ''],
  SETTINGS_WRONG: ['{0}', 'Corrija los ajustes. No se miró nada más.'],
  DEVELOPMENT: ['el nodo arranca con --development, aunque algo sea peligroso', 'Quite DEVELOPMENT antes de que haya registros reales.'],
  DANGER: ['{0}', '{1}'],
  RULES_READ: ['el archivo del país {0} se puede usar', ''],
  RULES_NONE: ['no hay archivo del país: el nodo no reconoce a nadie', 'Ponga --rules (RULES_FILE).'],
  RULES_WRONG: ['{0}', 'Corrija el archivo. Un nodo en marcha sigue con las reglas que tenía; uno que arranca no arranca.'],
  RULES_CLOSED: ['el archivo del país no nombra `callers`: nadie recibe respuesta', 'Nombre en `callers` las autoridades a las que cree (docs/access.md).'],
  TASK_FORCE_OVER: ['el equipo conjunto {0} terminó el {1}', 'Renuévelo en el archivo del país, o quítelo.'],
  SUSPENSIONS_NONE: ['nadie puede suspender nada en este nodo', 'Ponga --suspensions (SUSPENSIONS_DIR) (docs/emergencies.md).'],
  CLOCK_WITH: ['el reloj coincide con el de {0}, con {1} ms de diferencia', ''],
  CLOCK_OFF: ['el reloj difiere del de {0} en {1} ms', 'Ponga el reloj por NTP (`timedatectl set-ntp true`). Desde 5 s se rechazan las credenciales de la pasarela.'],
  CLOCK_SYNCED: ['el sistema operativo mantiene el reloj por NTP', ''],
  CLOCK_UNSYNCED: ['el sistema operativo no mantiene el reloj por NTP', 'Ejecute: timedatectl set-ntp true'],
  CLOCK_UNKNOWN: ['no se sabe si el reloj se mantiene por NTP: {0}', 'Asegúrese de que algo mantenga el reloj, por ejemplo chrony.'],
  KEY_READ: ['{0}: {1}', ''],
  KEY_NONE: ['falta: {1}', 'Ponga {0}.'],
  KEY_WRONG: ['{0}', 'Restaure el archivo de una copia, o haga una clave nueva (docs/running-a-node.md, Keys).'],
  KEY_OPEN: ['{0}', '{1}'],
  KEY_SHARED: ['{0} y {1} son la misma clave', 'Haga una clave propia para cada uno (`istmo keys`).'],
  CERTIFICATE_READ: ['el certificado {0} ({1}) termina el {2}, en {3} días', ''],
  CERTIFICATE_SOON: ['el certificado {0} ({1}) termina el {2}, en {3} días', 'Renuévelo: istmo ca renew (docs/running-a-node.md, TLS).'],
  CERTIFICATE_WRONG: ['{0}', 'Emítalo de nuevo (`istmo ca issue`), o corrija el ajuste.'],
  CERTIFICATE_CHAIN: ['detrás del certificado {0} está {1}, que no lo emitió', 'Ponga primero el certificado y detrás cada autoridad que lo emitió, como en el archivo que escribe `istmo ca issue`.'],
  CERTIFICATE_NAME: ['la pasarela pide {0}, y el certificado es para {1}', 'Emita un certificado para {0}, o corrija `url` en el archivo del país.'],
  CERTIFICATE_USE: ['el certificado {0} no es para servidores', 'Emítalo con `--use server`.'],
  TLS_NONE: ['el nodo habla HTTP sin TLS, solo en esta máquina', ''],
  DATABASE_READ: ['la base de datos responde: PostgreSQL {0}, {1} MB', ''],
  DATABASE_NONE: ['las filas están en la memoria del nodo y se pierden cuando termina', 'Ponga --database-url o --database-folder.'],
  DATABASE_SIDECAR: ['responde un servicio del país; el nodo no tiene filas', ''],
  DATABASE_UNREACHABLE: ['no se puede abrir la base de datos: {0}', 'Arránquela, o corrija --database-url (DATABASE_URL).'],
  DATABASE_IN_USE: ['la base de datos incluida está abierta en {0}: no se miraron sus tablas', 'Detenga el nodo y ejecute esto de nuevo para mirarlas.'],
  DATABASE_MISSING: ['no hay base de datos en {0}; la crea el primer arranque del nodo', ''],
  DATABASE_COUNTRY: ['la base de datos tiene los registros de {0}', 'Dé a cada país una base de datos propia.'],
  MIGRATIONS_DONE: ['las {0} migraciones se ejecutaron', ''],
  MIGRATIONS_WAIT: ['{0} migraciones no se ejecutaron todavía: {1}', 'Las ejecuta el próximo arranque del nodo. `istmo upgrade --check` dice qué hacen.'],
  MIGRATIONS_NEWER: ['la base de datos ejecutó {0}, que esta versión no tiene', 'Instale la versión que la ejecutó, o una posterior.'],
  MIGRATIONS_ALTERED: ['la migración {0} se cambió después de ejecutarse', 'Instale de nuevo esta versión de Istmo.'],
  READER_BOUND: ['la seguridad por filas vale para el rol istmo_reader', ''],
  READER_WRONG: ['{0}', 'Vea docs/running-a-node.md, PostgreSQL.'],
  ROWS_OPEN: ['{0}: {1}', '{2}'],
  ROWS_HIDDEN: ['ninguna tabla muestra sus filas a una consulta sin equipo conjunto', ''],
  UNCOVERED: ['{0}: {1}', '{2}'],
  INDEXES_THERE: ['los {0} índices están', ''],
  INDEX_MISSING: ['falta el índice {0}: {1}', 'Ejecute como dueño de las tablas: {1}'],
  STATISTICS_FRESH: ['las estadísticas de las tablas son del tamaño de hoy', ''],
  STATISTICS_OLD: ['faltan o son viejas las estadísticas de {0}', 'Ejecute: analyze {0}'],
  LOG_READ: ['el registro de auditoría {0} tiene {1} asientos; el último punto de control es de {2}', ''],
  LOG_NONE: ['no hay registro de auditoría', 'Ponga --audit-log-dir, --audit-log-key y --audit-log-ref-keys.'],
  LOG_NEW: ['el registro de auditoría en {0} está vacío; lo comienza el primer arranque del nodo', ''],
  LOG_DAMAGED: ['{0}', 'Ejecute `istmo audit verify` y restaure la copia más nueva (docs/operating.md, When an audit log is lost).'],
  LOG_KEY: ['el registro de auditoría en {0} no es de la clave de {1}: {2}', 'El registro y su clave van juntos.'],
  LOG_HELD: ['{0} tiene abierto el registro de auditoría', ''],
  LOG_FREE: ['ningún proceso tiene abierto el registro de auditoría', ''],
  LOG_STALE: ['{0} tiene abierto el registro de auditoría, y su último asiento es de hace {1} minutos; un nodo escribe uno cada diez minutos', 'Mire el registro del nodo: puede que su disco esté lleno.'],
  LOG_SALTS: ['falta la carpeta {0} de las sales, y sin ella no se abre el registro', 'Restáurela junto con el registro.'],
  LOG_AHEAD: ['{0} conoce {1} asientos del registro de auditoría, y este tiene {2}: se volvió atrás', 'Restaure la copia más nueva del registro (docs/operating.md, When an audit log is lost).'],
  LOG_WITNESSED: ['el testigo {0} firmó {1} asientos', ''],
  LOG_UNWITNESSED: ['ningún testigo de la política de confianza ha visto este registro', ''],
  DISK_ROOM: ['{0} tiene {1} GB libres ({2} %)', ''],
  DISK_LOW: ['{0} tiene {1} GB libres ({2} %); con menos del 5 % el nodo no está listo', 'Libere espacio, o agrande el disco.'],
  DISK_GROWTH: ['al ritmo de los últimos {2} días, {0} se llena en {1} días', 'Agrande el disco, o pode el registro (`istmo audit prune`).'],
  DISK_UNKNOWN: ['{0}: {1}', 'Corrija el ajuste, o haga la carpeta.'],
  PORT_FREE: ['el puerto {0} está libre; allí no hay ningún nodo', ''],
  PORT_NODE: ['el nodo responde en el puerto {0}', ''],
  PORT_NODE_NOT_READY: ['el nodo del puerto {0} no está listo: {1}', 'Vea `/health/ready` y el registro del nodo.'],
  PORT_TAKEN: ['el puerto {0} es de otro programa', 'Detenga ese programa, o corrija el ajuste.'],
  PORT_UNKNOWN: ['no se puede mirar {0}: {1}', 'Corrija el ajuste.'],
  REACHED: ['{0} responde: {1}', ''],
  UNREACHED: ['no se llega a {0}: {1}', 'Mire la dirección, el cortafuegos y el otro lado. Qué hacer en cada caso: docs/running-a-node.md, Monitoring.'],
  KEY_SET_EMPTY: ['{0} no tiene ninguna clave que firme', 'Pida al operador de la pasarela su leg.jwks.json.'],
  VERSION_ISTMO: ['Istmo {0}, Node.js {1}', ''],
  VERSION_NODE: ['esto lo ejecuta Node.js {0}; Istmo necesita 24 o posterior', 'Arránquelo con el Node.js que trae el paquete.'],
  VERSION_GATEWAY: ['la pasarela es de la versión {0}', ''],
  VERSION_BEHIND: ['la pasarela es de la versión {0}, y este nodo de la {1}', 'Actualice la más vieja (`istmo upgrade --check`). Funcionan juntas mientras los dos primeros números sean iguales.'],
  VERSION_UNKNOWN: ['no se sabe qué versión tiene la pasarela: {0}', ''],
}

const WORDS: Readonly<Record<Language, Readonly<Record<FindingCode, Words>>>> = { en: ENGLISH, es: SPANISH }

/** The words around the findings, in each language. */
export const DOCTOR_LABELS: Readonly<
  Record<
    Language,
    {
      readonly states: Readonly<Record<FindingState, string>>
      readonly areas: Readonly<Record<DoctorArea, string>>
      readonly remedy: string
      readonly summary: (counts: Readonly<Record<FindingState, number>>) => string
      readonly keys: Readonly<Record<KeyUse, string>>
    }
  >
> = {
  en: {
    states: { well: 'well', warning: 'warning', wrong: 'WRONG', unknown: 'not checked' },
    areas: {
      ...{ settings: 'Settings', clock: 'Clock', keys: 'Keys', certificates: 'Certificates', database: 'Database' },
      ...{ log: 'Audit log', disk: 'Disk', ports: 'Ports', reach: 'Others', versions: 'Versions' },
    },
    remedy: 'remedy',
    summary: ({ well, warning, wrong, unknown }) =>
      `${well} well, ${warning} warnings, ${wrong} wrong, ${unknown} not checked`,
    keys: {
      nodeKey: 'key that signs the ids which the node gives',
      auditLogKey: 'signer key of the audit log',
      auditLogRefKeys: 'keys of the refs in the audit log',
      tlsKey: 'key of the certificate',
    },
  },
  es: {
    states: { well: 'bien', warning: 'atención', wrong: 'MAL', unknown: 'sin mirar' },
    areas: {
      ...{ settings: 'Ajustes', clock: 'Reloj', keys: 'Claves', certificates: 'Certificados' },
      ...{ database: 'Base de datos', log: 'Registro de auditoría', disk: 'Disco', ports: 'Puertos' },
      ...{ reach: 'Otros', versions: 'Versiones' },
    },
    remedy: 'qué hacer',
    summary: ({ well, warning, wrong, unknown }) =>
      `${well} bien, ${warning} para mirar pronto, ${wrong} mal, ${unknown} sin mirar`,
    keys: {
      nodeKey: 'clave que firma los identificadores que da el nodo',
      auditLogKey: 'clave que firma el registro de auditoría',
      auditLogRefKeys: 'claves de las referencias del registro de auditoría',
      tlsKey: 'clave del certificado',
    },
  },
}

/** The settings that name a secret key. */
export type KeyUse = 'nodeKey' | 'auditLogKey' | 'auditLogRefKeys' | 'tlsKey'

/** Says a finding, and what to do about it, in a language. An empty remedy: there is nothing to do. */
export function sayFinding(
  { code, values }: { readonly code: FindingCode; readonly values: readonly (string | number)[] },
  language: Language,
): { readonly what: string; readonly remedy: string } {
  const { keys } = DOCTOR_LABELS[language]
  const shown = values.map((value) => (Object.hasOwn(keys, value) ? keys[value as KeyUse] : String(value)))
  const fill = (text: string): string => text.replace(/\{(\d)\}/g, (_, at: string) => shown[Number(at)] ?? '')
  const [what, remedy] = WORDS[language][code]
  return { what: fill(what), remedy: fill(remedy) }
}
