import type { Language } from '../../contract/language.ts'
import type { NamedRotation } from './known-log-key.ts'

/** What `istmo keys rotate` says, in each language. */
export interface RotateWords {
  readonly gatewayUrl: (url: string) => string
  readonly gatewayKeys: (file: string, ids: readonly string[]) => string
  readonly epoch: (epoch: number) => string
  readonly prepared: (thumbprint: string, isNew: boolean, country: string) => string
  readonly switched: (thumbprint: string) => string
  readonly logKey: (replaced: ReplacedLogKey) => string
  readonly logKeyFinished: (vkey: string) => string
  readonly logKeyUnknown: (rules: string, vkey: string) => string
  readonly nameProof: (rules: string, named: NamedRotation, proof: string) => string
  readonly gatewayAware: (gateway: string) => string
  readonly gatewayUnaware: (gateway: string, vkey: string) => string
  readonly gatewaySilent: (gateway: string, why: string) => string
  readonly gatewayNotAsked: (gateway: string) => string
  readonly logNotRunning: string
  readonly lookIntoLog: string
  readonly notRunning: string
  readonly inUse: string
  readonly notInUse: string
}

/** What there is to say of a log’s key that was replaced. */
interface ReplacedLogKey {
  /** The index of the rotation’s entry. */
  readonly index: number
  /** The new verifier key. */
  readonly vkey: string
  /** The path of the proof. */
  readonly proof: string
  readonly isNew: boolean
  readonly country: string
}

const ENGLISH: RotateWords = {
  gatewayUrl: (url) =>
    `gateway-key: there is nothing to do. The node fetches the gateway’s keys at ${url}, also new ones`,
  gatewayKeys: (file, ids) => `${file} has these keys now: ${ids.join(', ')}`,
  epoch: (epoch) =>
    `The refs in the audit log are of epoch ${epoch} from now on. Keep the file: it finds those of older epochs.`,
  prepared: (thumbprint, isNew, country) =>
    [
      isNew
        ? 'The next key of the node is made. The node does not use it yet.'
        : 'The next key was made before. The node does not use it yet.',
      `Send this thumbprint to each partner, who adds it to the keys of ${country} in \`partners\` of their country’s file, beside the old one:`,
      thumbprint,
      'When all have it, run this again with --switch. Then the partners remove the old one.',
    ].join('\n'),
  switched: (thumbprint) =>
    `The node signs the ids that it gives with the key ${thumbprint} from now on. The partners may remove the old one in ten minutes, when no question with its ids is open any more.`,
  logKey: ({ index, vkey, proof, isNew, country }) =>
    [
      `${isNew ? 'The key of the audit log is replaced' : 'The key of the audit log was replaced before'}, at entry ${index}. From now on both keys sign, so nobody has to hurry. The new verifier key:`,
      vkey,
      'Send this proof, which has no secret in it, to the operator of the gateway and to the operators of your log’s witnesses:',
      proof,
      `The operator of the gateway puts it beside ${country}.yaml and names it in \`receipts.rotations\`; a witness starts again with --rotation FILE. When all have it, run this again with --finish.`,
    ].join('\n'),
  logKeyUnknown: (rules, vkey) =>
    `--finish: expected a country’s file that leads to the new key ${vkey}; ${rules} does not. A gateway with this file would drop each answer. Put the proof beside the file, name it in \`receipts.rotations\`, run \`istmo join\` again, and give the operator the new bundle. Nothing was changed`,
  logKeyFinished: (vkey) => `The old key is erased. The audit log is signed only with ${vkey} from now on.`,
  nameProof: (rules, { copy, lines }, proof) =>
    `For ${rules}, and for the gateway’s copy of it:\n  cp ${proof} ${copy}\nThis is the member \`receipts\` then:\n${lines}`,
  gatewayAware: (gateway) => `The gateway of ${gateway} takes the new key.`,
  gatewayUnaware: (gateway, vkey) =>
    `--finish: expected a gateway that takes the new key ${vkey}; that of ${gateway} does not yet, and it would drop each answer. Give its operator the proof and the country’s file that names it. Nothing was changed`,
  gatewaySilent: (gateway, why) =>
    `--finish: expected a gateway that says which keys it takes; that of ${gateway} does not answer: ${why}. Run this again when it does. Nothing was changed`,
  gatewayNotAsked: (gateway) =>
    `Whether the gateway takes the new key is not known: ${gateway} does not say it. If its operator has the proof, all is well; else each answer is dropped (RECEIPT_INVALID).`,
  logNotRunning: 'The node does not run. It signs in this way when it starts.',
  lookIntoLog:
    'Look into the log of the node: it names the key that it uses. (With --operator-listen, this command looks by itself.)',
  notRunning: 'The node does not run, or its operator’s server does not answer. It takes the key when it starts.',
  inUse: 'The node uses it.',
  notInUse: 'The node does not use it yet. Look into its log, and send it SIGHUP.',
}

const SPANISH: RotateWords = {
  gatewayUrl: (url) =>
    `gateway-key: no hay nada que hacer. El nodo busca las claves de la pasarela en ${url}, también las nuevas`,
  gatewayKeys: (file, ids) => `${file} tiene ahora estas claves: ${ids.join(', ')}`,
  epoch: (epoch) =>
    `Los seudónimos del registro de auditoría son desde ahora de la época ${epoch}. Guarde el archivo: con él se encuentran los de épocas anteriores.`,
  prepared: (thumbprint, isNew, country) =>
    [
      isNew
        ? 'La próxima clave del nodo está hecha. El nodo no la usa todavía.'
        : 'La próxima clave ya estaba hecha. El nodo no la usa todavía.',
      `Envíe esta huella a cada país asociado, que la agrega a las claves de ${country} en \`partners\` de su archivo, junto a la vieja:`,
      thumbprint,
      'Cuando todos la tengan, ejecute esto otra vez con --switch. Después los países asociados quitan la vieja.',
    ].join('\n'),
  switched: (thumbprint) =>
    `El nodo firma desde ahora los identificadores que da con la clave ${thumbprint}. Los países asociados pueden quitar la vieja en diez minutos, cuando ya no esté abierta ninguna consulta con sus identificadores.`,
  logKey: ({ index, vkey, proof, isNew, country }) =>
    [
      `${isNew ? 'La clave del registro de auditoría está reemplazada' : 'La clave del registro de auditoría ya estaba reemplazada'}, en el asiento ${index}. Desde ahora firman las dos claves, así que nadie tiene prisa. La nueva clave de verificación:`,
      vkey,
      'Envíe esta prueba, que no contiene ningún secreto, al operador de la pasarela y a los operadores de los cofirmantes de su registro:',
      proof,
      `El operador de la pasarela la pone junto a ${country}.yaml y la nombra en \`receipts.rotations\`; un cofirmante arranca otra vez con --rotation ARCHIVO. Cuando todos la tengan, ejecute esto otra vez con --finish.`,
    ].join('\n'),
  logKeyUnknown: (rules, vkey) =>
    `--finish: se esperaba un archivo del país que lleve a la clave nueva ${vkey}; ${rules} no lo hace. Una pasarela con este archivo descartaría cada respuesta. Ponga la prueba junto al archivo, nómbrela en \`receipts.rotations\`, ejecute otra vez \`istmo join\`, y entregue la carpeta nueva a quien opera la pasarela. No se cambió nada`,
  logKeyFinished: (vkey) =>
    `La clave vieja está borrada. El registro de auditoría se firma desde ahora solo con ${vkey}.`,
  nameProof: (rules, { copy, lines }, proof) =>
    `Para ${rules}, y para la copia de la pasarela:\n  cp ${proof} ${copy}\nEl miembro \`receipts\` es entonces:\n${lines}`,
  gatewayAware: (gateway) => `La pasarela de ${gateway} acepta la clave nueva.`,
  gatewayUnaware: (gateway, vkey) =>
    `--finish: se esperaba una pasarela que acepte la clave nueva ${vkey}; la de ${gateway} no la acepta todavía y descartaría cada respuesta. Entregue a quien la opera la prueba y el archivo del país que la nombra. No se cambió nada`,
  gatewaySilent: (gateway, why) =>
    `--finish: se esperaba una pasarela que diga qué claves acepta; la de ${gateway} no responde: ${why}. Ejecute esto otra vez cuando responda. No se cambió nada`,
  gatewayNotAsked: (gateway) =>
    `No se sabe si la pasarela acepta la clave nueva: ${gateway} no lo dice. Si quien la opera tiene la prueba, todo está bien; si no, se descarta cada respuesta (RECEIPT_INVALID).`,
  logNotRunning: 'El nodo no está en marcha. Firmará así cuando arranque.',
  lookIntoLog:
    'Mire la bitácora del nodo: nombra la clave que usa. (Con --operator-listen, esta orden lo mira por sí misma.)',
  notRunning: 'El nodo no está en marcha, o su servidor para el operador no responde. Tomará la clave cuando arranque.',
  inUse: 'El nodo la usa.',
  notInUse: 'El nodo no la usa todavía. Mire su bitácora y envíele SIGHUP.',
}

/** The words of each language. */
export const ROTATE_WORDS: Readonly<Record<Language, RotateWords>> = { en: ENGLISH, es: SPANISH }
