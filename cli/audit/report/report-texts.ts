import type { Language } from '../../../contract/language.ts'

/** The texts of a report on one entry (report-page.ts), in each language. */

/** The texts of one language. */
export interface ReportTexts {
  readonly title: string
  readonly intro: string
  readonly happened: string
  readonly verdict: string
  readonly inQuorum: string
  readonly notInQuorum: string
  readonly noWitnesses: string
  readonly place: (index: number, origin: string, size: number) => string
  readonly witnesses: string
  readonly witness: string
  readonly witnessedAt: string
  readonly silent: string
  readonly proves: string
  readonly provesThat: readonly string[]
  readonly provesNot: string
  readonly doesNotProve: readonly string[]
  readonly verify: string
  readonly howToVerify: readonly string[]
  readonly bundle: (part: number) => string
  readonly rotation: (number: number) => string
  readonly save: string
  readonly policy: string
  readonly policyNote: string
  readonly raw: string
  readonly made: (time: string, reader: string) => string
}

const SPANISH: ReportTexts = {
  title: 'Informe sobre un asiento del registro de auditoría',
  intro:
    'Este informe dice qué asentó el registro de auditoría, quiénes son testigos de ello y qué se puede probar. No contiene nombres, fechas de nacimiento ni respuestas: el registro no los guarda.',
  happened: 'Qué ocurrió',
  verdict: 'Resultado de la comprobación',
  inQuorum: 'COMPROBADO. El asiento está en el registro y testigos suficientes lo confirman.',
  notInQuorum:
    'INCOMPLETO. El asiento está en el registro, pero todavía faltan testigos. Haga el informe otra vez más tarde; si siguen faltando, pregunte al operador.',
  noWitnesses:
    'COMPROBADO SIN TESTIGOS. El asiento está en el registro. La política de confianza no exige testigos, de modo que solo el dueño del registro responde por él.',
  place: (index, origin, size) => `Es el asiento ${index} de ${origin}, en un árbol de tamaño ${size}.`,
  witnesses: 'Testigos',
  witness: 'Testigo',
  witnessedAt: 'Firmó el',
  silent: 'no ha firmado este árbol',
  proves: 'Qué prueba este informe',
  provesThat: [
    'El asiento existía, con exactamente este contenido, cuando el primer testigo firmó.',
    'Nadie lo ha cambiado ni quitado desde entonces sin que los testigos que firmaron lo noten.',
    'La puerta de enlace escribió el asiento antes de enviar la respuesta.',
  ],
  provesNot: 'Qué no prueba',
  doesNotProve: [
    'Quién es la persona. El asiento tiene un seudónimo. Quien emitió la credencial puede decir de quién es, por orden de la autoridad competente.',
    'Qué decía la respuesta. El registro tiene un resumen criptográfico con sal de la respuesta, y el país tiene seudónimos de los registros que entregó.',
    'Que el país cuente lo mismo. Eso lo compara `istmo audit reconcile` con el registro del país.',
    'Que la consulta estuviera permitida. Eso lo decide otra vez `istmo audit was-allowed` con las reglas de aquel momento.',
  ],
  verify: 'Cómo comprobarlo usted',
  howToVerify: [
    'Guarde los archivos de prueba de abajo.',
    'Obtenga la política de confianza de alguien en quien confíe: no de quien le dio este informe ni de quien es auditado. Compárela con la que sigue.',
    'Abra la página de comprobación (`istmo audit check-page`) en un navegador sin red y suelte en ella la política y los archivos. O ejecute `istmo audit check ARCHIVO --policy POLÍTICA`, o el comprobador independiente en Python, `check.py`.',
  ],
  bundle: (part) => (part === 0 ? 'Prueba del asiento' : `Prueba de la parte ${part}`),
  rotation: (number) => `Prueba del cambio de clave ${number}`,
  save: 'guardar',
  policy: 'Política de confianza con la que se hizo este informe',
  policyNote: 'Es una copia para comparar, no un original en que confiar.',
  raw: 'El asiento, tal como está en el registro',
  made: (time, reader) =>
    `Hecho el ${time}${reader === '' ? '' : ` por ${reader}`}. Esta lectura también quedó asentada.`,
}

const ENGLISH: ReportTexts = {
  title: 'Report on an entry of the audit log',
  intro:
    'This report says what the audit log recorded, who witnessed it, and what can be proved. It contains no names, dates of birth or answers: the log does not hold them.',
  happened: 'What happened',
  verdict: 'Result of the check',
  inQuorum: 'VERIFIED. The entry is in the log, and enough witnesses confirm it.',
  notInQuorum:
    'INCOMPLETE. The entry is in the log, but witnesses are still missing. Make the report again later. If they are still missing, ask the operator.',
  noWitnesses:
    'VERIFIED WITHOUT WITNESSES. The entry is in the log. The trust policy demands no witnesses, so only the owner of the log answers for it.',
  place: (index, origin, size) => `It is entry ${index} of ${origin}, in a tree of size ${size}.`,
  witnesses: 'Witnesses',
  witness: 'Witness',
  witnessedAt: 'Signed on',
  silent: 'has not signed this tree',
  proves: 'What this report proves',
  provesThat: [
    'The entry existed, with exactly this content, when the first witness signed.',
    'Nobody has changed or removed it since then without the witnesses who signed noticing.',
    'The gateway wrote the entry before it sent the answer.',
  ],
  provesNot: 'What it does not prove',
  doesNotProve: [
    'Who the person is. The entry has a pseudonym. Whoever issued the token can say whose it is, on an order of the competent authority.',
    'What the answer said. The log has a salted hash of the answer, and the country has pseudonyms of the records that it gave.',
    'That the country tells the same. `istmo audit reconcile` compares it with the country’s log.',
    'That the request was allowed. `istmo audit was-allowed` decides it again by the rules of that time.',
  ],
  verify: 'How to check it yourself',
  howToVerify: [
    'Save the proof files below.',
    'Get the trust policy from somebody you trust: not from the one who gave you this report, nor from the one who is audited. Compare it with the one below.',
    'Open the checking page (`istmo audit check-page`) in a browser without a network, and drop the policy and the files onto it. Or run `istmo audit check FILE --policy POLICY`, or the independent checker in Python, `check.py`.',
  ],
  bundle: (part) => (part === 0 ? 'Proof of the entry' : `Proof of part ${part}`),
  rotation: (number) => `Proof of key rotation ${number}`,
  save: 'save',
  policy: 'The trust policy with which this report was made',
  policyNote: 'It is a copy to compare with, not an original to trust.',
  raw: 'The entry, as it stands in the log',
  made: (time, reader) => `Made on ${time}${reader === '' ? '' : ` by ${reader}`}. This reading has an entry too.`,
}

/** The texts of each language. */
export const REPORT_TEXTS: Readonly<Record<Language, ReportTexts>> = { es: SPANISH, en: ENGLISH }
