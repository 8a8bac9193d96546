import type { Language } from '../../contract/language.ts'
import type { AbsoluteName } from './absolute-names.ts'

/** What `istmo backup` and `istmo restore` say, in each language. */
export interface BackupWords {
  readonly rows: (count: number) => string
  readonly made: (folder: string, rows: number, log: string) => string
  readonly log: (name: string, size: number) => string
  readonly noLog: string
  readonly noRows: string
  readonly secret: string
  readonly withoutKeys: (paths: readonly string[]) => string
  readonly salts: string
  readonly manifest: (sha256: string) => string
  readonly good: (folder: string, madeAt: string, files: number) => string
  readonly damaged: (folder: string, faults: readonly string[]) => string
  readonly older: (ours: number, by: string, size: number) => string
  readonly forked: (ours: number, by: string, size: number) => string
  readonly unknown: string
  readonly waysOut: string
  readonly restored: (folder: string) => string
  readonly continues: (size: number, by: string, seen: number) => string
  readonly newLog: (vkey: string, oldFolder: string) => string
  /** The country’s file names files by absolute paths. */
  readonly absolute: (rules: string, names: readonly AbsoluteName[]) => string
  readonly next: (folder: string) => readonly string[]
}

const ENGLISH: BackupWords = {
  rows: (count) => `${count} rows`,
  made: (folder, rows, log) => `The backup is in ${folder}: ${rows} rows, ${log}.`,
  log: (name, size) => `the audit log ${name} with ${size} entries`,
  noLog: 'no audit log',
  noRows: 'The rows are not in it: back up the database by its own means (docs/running-a-node.md, PostgreSQL).',
  secret:
    'SECRET KEYS ARE IN IT, not encrypted. Only this user can read it. Encrypt it before it leaves this machine, for example: tar c FOLDER | age -r RECIPIENT > FILE',
  withoutKeys: (paths) =>
    `These files are not in it. Keep them elsewhere, or the node cannot be restored: ${paths.join(', ')}`,
  salts:
    'The salts of the audit log are in it. What is erased later at the node can still be opened with this copy: delete old backups in time, or give --without-salts.',
  manifest: (sha256) => `SHA-256 of the manifest, to note elsewhere: ${sha256}`,
  good: (folder, madeAt, files) =>
    `The backup in ${folder} of ${madeAt} is whole: ${files} files have their hashes, and the audit log holds from its first entry to its root.`,
  damaged: (folder, faults) =>
    `The backup in ${folder} is damaged, and nothing was restored:\n${faults.map((fault) => `- ${fault}`).join('\n')}`,
  older: (ours, by, size) =>
    `Nothing was restored: the audit log of this backup has ${ours} entries, and ${by} has seen ${size}. If it went on from there, it would have two histories: the gateway would refuse its receipts (RECEIPT_INVALID), and no auditor could believe it.`,
  forked: (ours, by, size) =>
    `Nothing was restored: the audit log of this backup has ${ours} entries, and ${by} has seen another tree of ${size}. Both histories are signed with the same key. Keep both, and tell the auditors.`,
  unknown:
    'Nothing was restored: nobody could say whether this is the newest copy of the audit log. If the log went on from an older one, it would have two histories.',
  waysOut: [
    'What you can do:',
    '- Find the newest copy. The folder of the audit log that the node had until now is best: --old-log FOLDER.',
    '- Ask the operator of the gateway for countries/heads.json of the gateway’s audit log, and give it: --gateway-checkpoint FILE. If it has seen no more than this copy, the log goes on.',
    '- If the newest copy is lost, begin a log with a new name: --new-log NAME, such as istmo.example/hn-2. The old one is kept for the auditors (docs/operating.md, When an audit log is lost).',
  ].join('\n'),
  restored: (folder) => `The node is restored in ${folder}.`,
  continues: (size, by, seen) => `Its audit log goes on with ${size} entries: ${by} has seen ${seen}.`,
  newLog: (vkey, oldFolder) =>
    `It begins a new audit log. Give its verifier key to everybody who has the old one (the gateway’s operator for receipts.vkey, witnesses, trust policies), and keep ${oldFolder} for the auditors:\n${vkey}`,
  absolute: (rules, names) =>
    [
      `${rules} names files by absolute paths: the node would read those files, which may be the old ones or missing, and not their copies in this folder. Write the paths of the copies there:`,
      ...names.map(
        ({ where, file, copy }) =>
          `- ${where}: ${copy === null ? `${file}. The backup has no copy of it` : `${copy} in place of ${file}`}`,
      ),
    ].join('\n'),
  next: (folder) => [
    'Before you start it:',
    `- istmo doctor --env ${folder}/node.env`,
    `- istmo suspensions ${folder}/suspensions: what was suspended after the backup is not suspended any more. Suspend it again.`,
    '- If it is a drill, do not start it beside the real node: both would answer as the same country.',
  ],
}

const SPANISH: BackupWords = {
  rows: (count) => `${count} filas`,
  made: (folder, rows, log) => `La copia de respaldo está en ${folder}: ${rows} filas, ${log}.`,
  log: (name, size) => `el registro de auditoría ${name} con ${size} asientos`,
  noLog: 'sin registro de auditoría',
  noRows: 'No contiene las filas: copie la base de datos con sus propios medios (docs/running-a-node.md, PostgreSQL).',
  secret:
    'CONTIENE CLAVES SECRETAS, sin cifrar. Solo este usuario puede leerla. Cífrela antes de que salga de esta máquina, por ejemplo: tar c CARPETA | age -r DESTINATARIO > ARCHIVO',
  withoutKeys: (paths) =>
    `No contiene estos archivos. Guárdelos en otro lugar, o el nodo no se podrá restaurar: ${paths.join(', ')}`,
  salts:
    'Contiene las sales del registro de auditoría. Lo que se borre después en el nodo se puede abrir todavía con esta copia: borre a tiempo las copias viejas, o use --without-salts.',
  manifest: (sha256) => `SHA-256 del manifiesto, para anotarlo en otro lugar: ${sha256}`,
  good: (folder, madeAt, files) =>
    `La copia en ${folder} del ${madeAt} está entera: ${files} archivos tienen su hash, y el registro de auditoría es consistente desde su primer asiento hasta su raíz.`,
  damaged: (folder, faults) =>
    `La copia en ${folder} está dañada, y no se restauró nada:\n${faults.map((fault) => `- ${fault}`).join('\n')}`,
  older: (ours, by, size) =>
    `No se restauró nada: el registro de auditoría de esta copia tiene ${ours} asientos, y ${by} ha visto ${size}. Si siguiera desde ahí, tendría dos historias: la pasarela rechazaría sus recibos (RECEIPT_INVALID), y ningún auditor podría creerle.`,
  forked: (ours, by, size) =>
    `No se restauró nada: el registro de auditoría de esta copia tiene ${ours} asientos, y ${by} ha visto otro árbol de ${size}. Las dos historias están firmadas con la misma clave. Guarde las dos y avise a los auditores.`,
  unknown:
    'No se restauró nada: nadie pudo decir si esta es la copia más nueva del registro de auditoría. Si siguiera desde una más vieja, tendría dos historias.',
  waysOut: [
    'Qué puede hacer:',
    '- Busque la copia más nueva. La mejor es la carpeta del registro de auditoría que el nodo tenía hasta ahora: --old-log CARPETA.',
    '- Pida al operador de la pasarela countries/heads.json del registro de auditoría de la pasarela, y delo: --gateway-checkpoint ARCHIVO. Si no ha visto más que esta copia, el registro sigue.',
    '- Si la copia más nueva se perdió, comience un registro con otro nombre: --new-log NOMBRE, por ejemplo istmo.example/hn-2. El viejo se guarda para los auditores (docs/operating.md, When an audit log is lost).',
  ].join('\n'),
  restored: (folder) => `El nodo está restaurado en ${folder}.`,
  continues: (size, by, seen) => `Su registro de auditoría sigue con ${size} asientos: ${by} ha visto ${seen}.`,
  newLog: (vkey, oldFolder) =>
    `Comienza un registro de auditoría nuevo. Dé su clave de verificación a todos los que tienen la vieja (el operador de la pasarela para receipts.vkey, los cofirmantes, las políticas de confianza), y guarde ${oldFolder} para los auditores:\n${vkey}`,
  absolute: (rules, names) =>
    [
      `${rules} nombra archivos con rutas absolutas: el nodo leería esos archivos, que pueden ser los viejos o faltar, y no sus copias en esta carpeta. Escriba ahí las rutas de las copias:`,
      ...names.map(
        ({ where, file, copy }) =>
          `- ${where}: ${copy === null ? `${file}, del que la copia de respaldo no tiene copia` : `${copy} en lugar de ${file}`}`,
      ),
    ].join('\n'),
  next: (folder) => [
    'Antes de arrancarlo:',
    `- istmo doctor --env ${folder}/node.env`,
    `- istmo suspensions ${folder}/suspensions: lo que se suspendió después de la copia ya no está en suspenso. Suspéndalo otra vez.`,
    '- Si es un simulacro, no lo arranque junto al nodo verdadero: los dos responderían como el mismo país.',
  ],
}

/** The words of each language. */
export const BACKUP_WORDS: Readonly<Record<Language, BackupWords>> = { en: ENGLISH, es: SPANISH }
