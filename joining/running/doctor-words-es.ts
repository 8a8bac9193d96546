import type { FindingCode, FindingWords } from './doctor-words-en.ts'

/** The words of the findings in Spanish. */
export const SPANISH_FINDINGS: Readonly<Record<FindingCode, FindingWords>> = {
  SETTINGS_READ: ['los ajustes del nodo de {0}, para {1}', ''],
  SETTINGS_WRONG: ['{0}', 'Corrija los ajustes. No se miró nada más.'],
  SETTING_UNKNOWN: ['{0} no es un ajuste de un nodo, así que nadie lo lee', 'Quítelo, o corrija su nombre.'],
  SETTING_MISSPELT: ['{0} no es un ajuste de un nodo, así que nadie lo lee', '¿Quiso decir {1}? Corrija el nombre.'],
  DEVELOPMENT: [
    'el nodo arranca con --development, aunque algo sea peligroso',
    'Quite DEVELOPMENT antes de que haya registros reales.',
  ],
  DANGER: ['{0}', '{1}'],
  RULES_READ: ['el archivo del país {0} se puede usar', ''],
  RULES_NONE: ['no hay archivo del país: el nodo no reconoce a nadie', 'Ponga --rules (RULES_FILE).'],
  RULES_WRONG: [
    '{0}',
    'Corrija el archivo. Un nodo en marcha sigue con las reglas que tenía; uno que arranca no arranca.',
  ],
  RULES_IN_FORCE: ['el nodo decide según el archivo del país {0}', ''],
  RULES_OTHER: [
    'el nodo en marcha decide según otras reglas que las de {0}',
    'Busque la razón en su bitácora: un archivo que rechazó no cambia nada. Corrija el archivo, o envíe SIGHUP al nodo.',
  ],
  RULES_UNCOMPARED: [
    'no se sabe si el nodo en marcha decide según {0}: {1}',
    'Ponga --operator-listen (OPERATOR_LISTEN), por ejemplo 127.0.0.1:9465, para poder preguntarle.',
  ],
  RULES_CUT_OFF: [
    '{0} no termina con un salto de línea: puede estar cortado. Un nodo que lo tenía con uno sigue con sus reglas viejas',
    'Mire si el archivo está completo y termine su última línea.',
  ],
  RULES_CLOSED: [
    'el archivo del país no nombra `callers`: nadie recibe respuesta',
    'Nombre en `callers` las autoridades a las que cree (docs/access.md).',
  ],
  POLICY_SUSPECT: [
    'puede que la política {0} nunca permita, o nunca prohíba, lo que nombra: {1}',
    'Corríjala (docs/access.md, Write a policy) y pruebe las reglas con `istmo policy test`.',
  ],
  TASK_FORCE_OVER: ['el equipo conjunto {0} terminó el {1}', 'Renuévelo en el archivo del país, o quítelo.'],
  SUSPENSIONS_NONE: [
    'nadie puede suspender nada en este nodo',
    'Ponga --suspensions (SUSPENSIONS_DIR) (docs/emergencies.md).',
  ],
  CLOCK_WITH: ['el reloj coincide con el de {0}, con {1} ms de diferencia', ''],
  CLOCK_OFF: [
    'el reloj difiere del de {0} en {1} ms',
    'Ponga el reloj por NTP (`timedatectl set-ntp true`). Desde 5 s se rechazan los tokens de consulta.',
  ],
  CLOCK_SYNCED: ['el sistema operativo mantiene el reloj por NTP', ''],
  CLOCK_UNSYNCED: ['el sistema operativo no mantiene el reloj por NTP', 'Ejecute: timedatectl set-ntp true'],
  CLOCK_UNKNOWN: [
    'no se sabe si el reloj se mantiene por NTP: {0}',
    'Asegúrese de que algo mantenga el reloj, por ejemplo chrony.',
  ],
  KEY_READ: ['{0}: {1}', ''],
  KEY_NONE: ['falta: {1}', 'Ponga {0}.'],
  KEY_WRONG: [
    '{0}',
    'Restaure el archivo de una copia de respaldo, o haga una clave nueva (docs/running-a-node.md, Keys).',
  ],
  KEY_OPEN: ['{0}: otros usuarios de esta máquina pueden usar {1}', 'Ejecute: chmod 600 {1}'],
  KEY_SHARED: ['{0} y {1} son la misma clave', 'Haga una clave propia para cada uno (`istmo keys`).'],
  KEY_TWO: [
    'el archivo {0} tiene dos claves: se está reemplazando la clave del registro de auditoría',
    'Cuando la pasarela y los cofirmantes tengan la prueba de la rotación: istmo keys rotate audit-log-key --finish. Si la clave todavía no está reemplazada: istmo keys rotate audit-log-key.',
  ],
  KEY_UNKNOWN: [
    'el registro de auditoría lo firma {0}, y {1} no lleva a esa clave: una pasarela con este archivo descarta cada respuesta',
    'Ponga la prueba del cambio de clave junto al archivo del país y nómbrela en `receipts.rotations`. Después ejecute otra vez `istmo join` y entregue la carpeta nueva a quien opera la pasarela.',
  ],
  CERTIFICATE_READ: ['el certificado {0} ({1}) termina el {2}, en {3} días', ''],
  CERTIFICATE_SOON: [
    'el certificado {0} ({1}) termina el {2}, en {3} días',
    'Renuévelo: istmo ca renew (docs/running-a-node.md, TLS and a private CA).',
  ],
  CERTIFICATE_WRONG: [
    '{0}',
    'Renuévelo (`istmo ca renew CA TLS`). Si no lo emitió su autoridad, mueva el certificado y la clave a otro lugar y emita otros (`istmo ca issue`). O corrija el ajuste.',
  ],
  CERTIFICATE_CHAIN: [
    'detrás del certificado {0} está {1}, que no lo emitió',
    'Ponga primero el certificado y detrás cada autoridad que lo emitió, como en el archivo que escribe `istmo ca issue`.',
  ],
  CERTIFICATE_NAME: [
    'la pasarela pide {0}, y el certificado es para {1}',
    'Emita un certificado para {0}, o corrija `url` en el archivo del país.',
  ],
  CERTIFICATE_USE: ['el certificado {0} no es para servidores', 'Emítalo con `--use server`.'],
  TLS_NONE: ['el nodo habla HTTP sin TLS, solo en esta máquina', ''],
  DATABASE_READ: ['la base de datos responde: PostgreSQL {0}, {1} MB', ''],
  DATABASE_NONE: [
    'las filas están en la memoria del nodo y se pierden cuando termina',
    'Ponga --database-url o --database-folder.',
  ],
  DATABASE_SIDECAR: ['responde un servicio del país; el nodo no tiene filas', ''],
  DATABASE_UNREACHABLE: [
    'no se puede abrir la base de datos: {0}',
    'Arránquela, o corrija --database-url (DATABASE_URL).',
  ],
  DATABASE_IN_USE: [
    'la base de datos incluida está abierta en {0}: no se miraron sus tablas',
    'Detenga el nodo y ejecute esto de nuevo para mirarlas.',
  ],
  DATABASE_MISSING: ['no hay base de datos en {0}; la crea el primer arranque del nodo', ''],
  DATABASE_READ_ONLY: [
    'la base de datos no acepta escrituras: es una réplica, o default_transaction_read_only está activo; un nodo no arranca con ella',
    'Conéctese al servidor primario, o desactive default_transaction_read_only.',
  ],
  DATABASE_COUNTRY: ['la base de datos tiene los registros de {0}', 'Dé a cada país una base de datos propia.'],
  MIGRATIONS_DONE: ['las {0} migraciones se ejecutaron', ''],
  MIGRATIONS_WAIT: [
    '{0} migraciones no se ejecutaron todavía: {1}',
    'Las ejecuta el próximo arranque del nodo. `istmo upgrade --check` dice qué hacen.',
  ],
  MIGRATIONS_NEWER: [
    'la base de datos ejecutó {0}, que esta versión no tiene',
    'Instale la versión que la ejecutó, o una posterior.',
  ],
  MIGRATIONS_ALTERED: ['la migración {0} se cambió después de ejecutarse', 'Instale de nuevo esta versión de Istmo.'],
  READER_BOUND: ['la seguridad por filas vale para el rol istmo_reader', ''],
  READER_WRONG: [
    '{0}',
    'Como superusuario: alter role istmo_reader nosuperuser nobypassrls nologin; y que no sea dueño de nada (docs/running-a-node.md, PostgreSQL).',
  ],
  ROWS_OPEN: ['{0}: {1}', '{2}'],
  ROWS_HIDDEN: ['ninguna tabla muestra sus filas a una consulta sin equipo conjunto', ''],
  ROWS_THERE: ['cada dominio tiene filas', ''],
  ROWS_NONE: [
    'las tablas de {0} existen y no tienen ninguna fila: toda respuesta sale vacía, y parece un «no» verdadero',
    'Llénelas: istmo sync (docs/es/onboarding.md). Lo que su país no tiene, quítelo de --domains (DOMAINS) y del archivo del país.',
  ],
  UNCOVERED: ['{0}: {1}', '{2}'],
  INDEXES_THERE: ['los {0} índices están', ''],
  INDEX_MISSING: ['falta el índice {0}: {1}', 'Ejecute como dueño de las tablas: {1}'],
  STATISTICS_FRESH: ['las estadísticas de las tablas son del tamaño de hoy', ''],
  STATISTICS_OLD: ['faltan o son viejas las estadísticas de {0}', 'Ejecute: analyze {0}'],
  LOG_READ: ['el registro de auditoría {0} tiene {1} asientos; el último estado firmado es de {2}', ''],
  LOG_NONE: ['no hay registro de auditoría', 'Ponga --audit-log-dir, --audit-log-key y --audit-log-ref-keys.'],
  LOG_NEW: ['el registro de auditoría en {0} está vacío; lo comienza el primer arranque del nodo', ''],
  LOG_DAMAGED: [
    '{0}',
    'Ejecute `istmo audit verify` y restaure la copia más nueva (docs/operating.md, When an audit log is lost).',
  ],
  LOG_FILES: ['los archivos del registro de auditoría concuerdan, con los {0} asientos', ''],
  LOG_PART: [
    'los archivos del registro de auditoría se leyeron en parte: {0} de {1} asientos, los más nuevos y otros al azar. Concuerdan',
    'Para leerlos todos: istmo audit verify (docs/auditing.md).',
  ],
  LOG_KEY: ['el registro de auditoría en {0} no es de la clave de {1}: {2}', 'El registro y su clave van juntos.'],
  LOG_HELD: ['{0} tiene abierto el registro de auditoría', ''],
  LOG_FREE: ['ningún proceso tiene abierto el registro de auditoría', ''],
  LOG_STALE: [
    '{0} tiene abierto el registro de auditoría, y su último asiento es de hace {1} minutos; un nodo escribe uno cada diez minutos',
    'Mire la bitácora del nodo: puede que su disco esté lleno.',
  ],
  LOG_SALTS: [
    'falta la carpeta {0} de las sales, y sin ella no se abre el registro',
    'Restáurela junto con el registro.',
  ],
  LOG_AHEAD: [
    '{0} conoce {1} asientos del registro de auditoría, y este tiene {2}: se hizo retroceder',
    'Restaure la copia más nueva del registro (docs/operating.md, When an audit log is lost).',
  ],
  LOG_WITNESSED: ['el cofirmante {0} firmó {1} asientos', ''],
  LOG_UNWITNESSED: ['ningún cofirmante de la política de confianza ha visto este registro', ''],
  DISK_ROOM: ['{0} tiene {1} GB libres ({2} %)', ''],
  DISK_LOW: [
    '{0} tiene {1} GB libres ({2} %); con menos del 5 % el nodo no está listo',
    'Libere espacio, o agrande el disco.',
  ],
  DISK_GROWTH: [
    'al ritmo de los últimos {2} días, {0} se llena en {1} días',
    'Agrande el disco, o depure el registro (`istmo audit prune`).',
  ],
  DISK_UNKNOWN: ['{0}: {1}', 'Corrija el ajuste, o haga la carpeta.'],
  FOLDERS_OPEN: ['este usuario puede escribir en las carpetas del nodo', ''],
  FOLDER_CLOSED: [
    'el nodo no puede escribir en {0} ({1}): {2}',
    'Ejecute esto como el usuario del nodo. Si también está mal para ese usuario: chown -R istmo: {0} && chmod u+rwx {0}, o corrija el ajuste. Una unidad de systemd necesita además la carpeta en ReadWritePaths.',
  ],
  PORT_FREE: ['el puerto {0} está libre; allí no hay ningún nodo', ''],
  PORT_NODE: ['el nodo responde en el puerto {0}', ''],
  PORT_NODE_NOT_READY: ['el nodo del puerto {0} no está listo: {1}', 'Vea `/health/ready` y la bitácora del nodo.'],
  PORT_TAKEN: [
    'el puerto {0} es de otro programa',
    "`ss -ltnp 'sport = :{0}'` lo nombra. Deténgalo, o corrija el ajuste.",
  ],
  PORT_UNKNOWN: ['no se puede mirar {0}: {1}', 'Corrija el ajuste.'],
  REACHED: ['{0} responde: {1}', ''],
  UNREACHED: [
    'no se llega a {0}: {1}',
    'Mire la dirección, el cortafuegos y el otro lado. Qué hacer en cada caso: docs/running-a-node.md, Monitoring.',
  ],
  KEY_SET_EMPTY: ['{0} no tiene ninguna clave que firme', 'Pida al operador de la pasarela su leg.jwks.json.'],
  PROOF_GIVEN: ['{0} puede probar mandatos a este país: su cofirmante firmó allí {1} asientos', ''],
  PROOF_UNLISTED: [
    '{0} no pregunta a ningún cofirmante de los que nombra el archivo del país, así que el nodo no responde a ningún funcionario de esa autoridad',
    'Entregue a esa autoridad `bundle/{1}/witness.policy` (lo escribe `istmo join`): la línea va en su trustPolicy, y el nombre en `mandates.witnesses`, en {1} (docs/authority.md). En `callers` del archivo del país, `witnesses` debe tener la misma clave.',
  ],
  PROOF_NONE: [
    'ningún cofirmante de este país firmó el registro de {0}, así que el nodo no responde a ningún funcionario de esa autoridad',
    'Arranque el cofirmante (`systemctl start istmo-witness`), y abra su puerto para esa autoridad. Debe seguir el registro que está en `callers` del archivo del país: su salida dice qué rechazó.',
  ],
  PROOF_OLD: [
    'el cofirmante de este país firmó {1} de los {2} asientos de {0}, el último el {3}; el nodo no responde con ningún mandato más nuevo',
    'Arranque el cofirmante otra vez (`systemctl restart istmo-witness`), y mire su salida.',
  ],
  PROOF_WRONG: ['{0} no dice qué firmó el cofirmante de este país: {1}', 'Pregunte a quien opera esa autoridad.'],
  PROOF_UNKNOWN: ['{0} es de una versión que no dice qué firmó el cofirmante de este país', ''],
  WITNESS_REACHED: ['el cofirmante de este país responde en {0}', ''],
  WITNESS_UNREACHED: [
    'el cofirmante de este país no responde en {0}, la dirección que tienen los demás países: {1}. Sin él, ningún funcionario de otro país recibe respuesta con un mandato nuevo',
    'Arránquelo (`systemctl start istmo-witness`), y abra su puerto para las autoridades de los demás países. Si esta máquina no llega a su propia dirección pública, pregunte desde fuera: curl {0}vkey',
  ],
  WITNESS_OTHER: [
    'lo que responde en {0} tiene otra clave que el cofirmante de este país, cuyas firmas aceptan los demás países: {1}',
    'Arranque el cofirmante con la clave y los ajustes de esta carpeta (`istmo witness --config witness.yaml`), o ejecute `istmo join` otra vez y entregue el nuevo bundle a todos los demás países.',
  ],
  VERSION_ISTMO: ['Istmo {0}, Node.js {1}', ''],
  VERSION_NODE: [
    'esto lo ejecuta Node.js {0}. El nodo arranca con {1} o posterior, porque las versiones anteriores tienen fallos de seguridad conocidos',
    'Arránquelo como `istmo`, que usa el Node.js que trae el paquete, o instale un Node.js posterior.',
  ],
  VERSION_GATEWAY: ['la pasarela es de la versión {0}', ''],
  VERSION_BEHIND: [
    'la pasarela es de la versión {0}, y este nodo de la {1}',
    'Actualice la más vieja (`istmo upgrade --check`). Funcionan juntas mientras los dos primeros números sean iguales.',
  ],
  VERSION_UNKNOWN: ['no se sabe qué versión tiene la pasarela: {0}', ''],
}
