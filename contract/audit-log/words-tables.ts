import type { Purpose } from '../access-token.ts'
import type { Language } from '../language.ts'
import type { Reach } from '../outcome.ts'
import type { SuspendedKind } from '../trust/suspended-kinds.ts'
import type { Entry } from './entry.ts'

/** The words in which an entry is described, in each language (words.ts). */

/** The labels and phrases of one language. */
export interface Labels {
  readonly when: string
  readonly log: string
  readonly id: string
  readonly who: string
  readonly anonymous: string
  readonly unnamed: string
  readonly pseudonym: string
  readonly token: string
  readonly assurance: string
  readonly purpose: string
  readonly noGrounds: string
  readonly noPurpose: string
  readonly taskForce: string
  readonly legalBasis: string
  readonly caseRef: string
  readonly operation: string
  readonly asked: string
  readonly answered: string
  readonly denied: string
  readonly ended: string
  readonly country: string
  readonly through: string
  readonly request: string
  readonly gave: string
  readonly nothing: string
  /** How many parts of the entry are not at hand. */
  readonly elsewhere: (parts: number) => string
  readonly hangup: string
  readonly dryRun: string
  readonly records: (count: number) => string
  readonly more: (count: number) => string
  readonly act: string
  readonly suspended: string
  readonly resumed: string
  readonly signer: string
  readonly reason: string
  readonly source: string
  readonly statement: string
  readonly kinds: Readonly<Record<SuspendedKind, string>>
  readonly purposes: Readonly<Record<Purpose, string>>
  readonly reaches: Readonly<Record<Reach, string>>
}

const SPANISH: Labels = {
  when: 'Cuándo',
  log: 'Registro',
  id: 'Número del asiento',
  who: 'Quién',
  anonymous: 'alguien sin credencial (derecho público)',
  unnamed: 'la credencial no nombra país, institución ni función',
  pseudonym: 'Seudónimo de la persona',
  token: 'Credencial (jti)',
  assurance: 'Nivel de garantía de la identidad (acr)',
  purpose: 'Finalidad',
  noGrounds: 'no se declaró ninguna',
  noPurpose: 'no se declaró ninguna',
  taskForce: 'Equipo conjunto',
  legalBasis: 'Base legal',
  caseRef: 'Caso (seudónimo)',
  operation: 'Nombre de la operación',
  asked: 'Qué se pidió',
  answered: 'Quién respondió',
  denied: 'Qué se negó',
  ended: 'Cómo terminó',
  country: 'País',
  through: 'Por medio de',
  request: 'Solicitud',
  gave: 'Qué se entregó',
  nothing: 'nada',
  elsewhere: (parts) =>
    `no está en este asiento, sino en ${parts === 1 ? 'su parte, que es otro asiento' : `sus ${parts} partes, que son otros asientos`} (una por país)`,
  hangup: 'quien preguntó cerró la conexión antes de la respuesta',
  dryRun: 'ensayo: no se consultó a ningún país',
  records: (count) => (count === 1 ? '1 registro' : `${count} registros`),
  more: (count) => `y ${count} más`,
  act: 'Qué se hizo',
  suspended: 'se suspendió',
  resumed: 'se reanudó',
  signer: 'Quién lo firmó',
  reason: 'Motivo',
  source: 'De quién vino',
  statement: 'Declaración (número y SHA-256)',
  kinds: {
    country: 'País',
    domain: 'Dominio',
    coordinate: 'Campo',
    agency: 'Institución',
    authority: 'Autoridad de mandatos',
    task_force: 'Equipo conjunto',
    officer: 'Seudónimo de la persona',
    token: 'Credencial',
    key: 'Clave o certificado',
    mandate: 'Mandato',
  },
  purposes: {
    INVESTIGATION: 'investigación',
    PROSECUTION: 'persecución penal',
    ARREST_EXTRADITION: 'captura o extradición',
    ASSET_RECOVERY: 'recuperación de activos',
    VICTIM_PROTECTION: 'protección de víctimas',
    IMMINENT_DANGER: 'peligro inminente',
    OVERSIGHT: 'supervisión',
  },
  reaches: {
    ANSWERED: 'respondió',
    DENIED: 'negó la respuesta',
    NOT_PUBLISHED: 'no publica estos datos',
    TIMED_OUT: 'no respondió a tiempo',
    UNAVAILABLE: 'no estaba disponible',
  },
}

const ENGLISH: Labels = {
  when: 'When',
  log: 'Log',
  id: 'Number of the entry',
  who: 'Who',
  anonymous: 'somebody without a token (public law)',
  unnamed: 'the token names no country, agency or role',
  pseudonym: 'Pseudonym of the person',
  token: 'Token (jti)',
  assurance: 'Assurance of the identity (acr)',
  purpose: 'Purpose',
  noGrounds: 'none was stated',
  noPurpose: 'none was stated',
  taskForce: 'Task force',
  legalBasis: 'Legal basis',
  caseRef: 'Case (pseudonym)',
  operation: 'Name of the operation',
  asked: 'What was asked',
  answered: 'Who answered',
  denied: 'What was denied',
  ended: 'How it ended',
  country: 'Country',
  through: 'Through',
  request: 'Request',
  gave: 'What was given',
  nothing: 'nothing',
  elsewhere: (parts) =>
    `not in this entry, but in ${parts === 1 ? 'its part, which is another entry' : `its ${parts} parts, which are other entries`} (one a country)`,
  hangup: 'the caller closed the connection before the answer',
  dryRun: 'dry run: no country was asked',
  records: (count) => (count === 1 ? '1 record' : `${count} records`),
  more: (count) => `and ${count} more`,
  act: 'What was done',
  suspended: 'it was suspended',
  resumed: 'it was resumed',
  signer: 'Who signed it',
  reason: 'Reason',
  source: 'Whose it is',
  statement: 'Statement (number and SHA-256)',
  kinds: {
    country: 'Country',
    domain: 'Domain',
    coordinate: 'Field',
    agency: 'Agency',
    authority: 'Mandate authority',
    task_force: 'Task force',
    officer: 'Pseudonym of the person',
    token: 'Token',
    key: 'Key or certificate',
    mandate: 'Mandate',
  },
  purposes: {
    INVESTIGATION: 'investigation',
    PROSECUTION: 'prosecution',
    ARREST_EXTRADITION: 'arrest or extradition',
    ASSET_RECOVERY: 'recovery of assets',
    VICTIM_PROTECTION: 'protection of victims',
    IMMINENT_DANGER: 'imminent danger',
    OVERSIGHT: 'oversight',
  },
  reaches: {
    ANSWERED: 'answered',
    DENIED: 'refused to answer',
    NOT_PUBLISHED: 'does not publish these data',
    TIMED_OUT: 'did not answer in time',
    UNAVAILABLE: 'was not available',
  },
}

/** The words of each language. */
export const LABELS_OF: Readonly<Record<Language, Labels>> = { es: SPANISH, en: ENGLISH }

/** What an entry of each kind says happened: in Spanish, in English. */
const TITLES: Readonly<Record<Entry['kind'], readonly [es: string, en: string]>> = {
  request: ['Alguien hizo una consulta a los países.', 'Somebody asked the countries.'],
  continuation: ['Parte de una consulta.', 'A part of a request.'],
  'authority-start': ['La autoridad de mandatos comenzó a responder.', 'The mandate authority began to answer.'],
  'authority-stop': ['La autoridad de mandatos se detuvo.', 'The mandate authority stopped.'],
  'authority-refusals': [
    'La autoridad de mandatos rechazó solicitudes de desconocidos.',
    'The mandate authority refused requests of unknown clients.',
  ],
  'access-token': [
    'La herramienta de una persona recibió una credencial.',
    'The tool of an officer got an access token.',
  ],
  'country-token': [
    'Una pasarela recibió una credencial para un país.',
    'A gateway got a country token for an officer.',
  ],
  export: [
    'La herramienta de una persona guardó respuestas en un archivo.',
    'The tool of an officer wrote answers into a file.',
  ],
  'token-refusal': ['La autoridad de mandatos negó una credencial.', 'The mandate authority refused a token.'],
  leg: ['Un país recibió una consulta.', 'A country was asked.'],
  'leg-detail': ['Detalle de una consulta que un país recibió.', 'A detail of what a country was asked.'],
  refusals: ['Se rechazaron solicitudes.', 'Requests were rejected.'],
  'node-refusals': ['Un país rechazó solicitudes.', 'A country rejected requests.'],
  misuse: [
    'Alguien usó una credencial válida para lo que no permite.',
    'Somebody used a valid token for what it does not allow.',
  ],
  graph: ['Cambió lo que los países publican.', 'What the countries publish changed.'],
  publication: ['Se publicó un esquema o una política.', 'A schema or a policy was published.'],
  suspension: ['Algo fue suspendido o reanudado.', 'Something was suspended or resumed.'],
  'node-suspension': [
    'Algo fue suspendido o reanudado en el servicio de un país.',
    'Something was suspended or resumed at a country’s service.',
  ],
  'authority-suspension': [
    'Algo fue suspendido o reanudado en una autoridad de mandatos.',
    'Something was suspended or resumed at a mandate authority.',
  ],
  'node-rules': ['Un país cambió sus reglas.', 'A country changed its rules.'],
  start: ['El servicio comenzó a responder.', 'The service began to answer.'],
  stop: ['El servicio se detuvo.', 'The service stopped.'],
  'node-start': ['El servicio de un país comenzó a responder.', 'A country’s service began to answer.'],
  'node-stop': ['El servicio de un país se detuvo.', 'A country’s service stopped.'],
  'salt-erasure': [
    'Se borró la clave que permitía comprobar lo preguntado.',
    'The salt that let one check what was asked was erased.',
  ],
  oversight: ['Alguien leyó el registro de auditoría.', 'Somebody read the audit log.'],
  reconciliation: ['Se compararon dos registros.', 'Two logs were compared.'],
  'node-reconciliation': ['Se compararon dos registros.', 'Two logs were compared.'],
  'key-rotation': ['Se reemplazó la clave del registro.', 'The key of the log was replaced.'],
  import: ['Se cargaron datos en la base de un país.', 'Data were brought into a country’s database.'],
  sync: [
    'Un programa trajo los cambios de una fuente a la base de un país.',
    'A program brought the changes of a source into a country’s database.',
  ],
  disclosure: ['Alguien entregó datos a otra persona u oficina.', 'Somebody gave data on to a person or an office.'],
  'record-erasure': ['Un país borró datos de su base.', 'A country deleted records from its database.'],
  prune: ['Se ordenó borrar asientos antiguos del registro.', 'The deletion of old entries of the log was ordered.'],
  approval: [
    'Una segunda persona aprobó, o no aprobó, lo que otra quería hacer.',
    'A second person approved, or refused to approve, what another wanted to do.',
  ],
  'time-stamp': [
    'Una autoridad externa confirmó la hora en que existía el registro.',
    'An authority outside confirmed at which time the log existed.',
  ],
  backup: ['Se hizo una copia de respaldo del nodo de un país.', 'A backup of a country’s node was made.'],
  restore: ['El nodo de un país se restauró de una copia de respaldo.', 'A country’s node was restored from a backup.'],
  'shard-start': ['Comenzó un nuevo tramo del registro.', 'A new shard of the log began.'],
  'shard-end': ['Terminó un tramo del registro.', 'A shard of the log ended.'],
  heartbeat: ['El servicio dio señal de vida.', 'The service showed that it lives.'],
  'mandate-draft': ['Alguien redactó un mandato.', 'Somebody drafted a mandate.'],
  mandate: ['Una segunda persona aprobó un mandato.', 'A second person approved a mandate.'],
  'mandate-revocation': ['Alguien revocó un mandato.', 'Somebody revoked a mandate.'],
  'person-hash': ['Una persona recibió un seudónimo para los mandatos.', 'A person got a salted hash for mandates.'],
  'mandate-refusal': ['Se rechazó un acto sobre un mandato.', 'An act on a mandate was refused.'],
  'officer-seal': [
    'La identidad de una persona quedó bajo sello de dos claves.',
    'Who an officer is was put under a seal of two keys.',
  ],
  reveal: [
    'Se autorizó revelar quién está detrás de un seudónimo.',
    'To reveal who is behind a pseudonym was approved.',
  ],
  'reveal-refusal': [
    'Se negó revelar quién está detrás de un seudónimo.',
    'To reveal who is behind a pseudonym was refused.',
  ],
  'node-heartbeat': ['El servicio de un país dio señal de vida.', 'A country’s service showed that it lives.'],
}

/** Returns what an entry of a kind says happened, in one sentence. */
export function titleOf(kind: Entry['kind'], language: Language): string {
  return TITLES[kind][language === 'es' ? 0 : 1]
}
