import type { Language } from '../../contract/language.ts'
import type { SuspendedKind } from '../../contract/trust/suspended-kinds.ts'

/** What `istmo suspend`, `resume` and `suspensions` say, in each language. */
export interface SuspendWords {
  readonly kinds: Readonly<Record<SuspendedKind, string>>
  readonly done: (action: 'suspend' | 'resume', what: string, folder: string) => string
  /** After a resumption of what was not suspended. `others`: what is. */
  readonly wasNot: (what: string, folder: string, others: readonly string[]) => string
  /** Who has not heard of it, after `done`. */
  readonly onlyHere: string
  readonly waiting: (folder: string) => string
  readonly refused: (folder: string, reason: string) => string
  readonly question: (code: string) => string
  readonly notConfirmed: string
  readonly nothing: (folder: string) => string
  readonly line: (what: string, since: string, by: string, reason: string) => string
  readonly waitingLine: (action: 'suspend' | 'resume', what: string, by: string) => string
}

const SPANISH: SuspendWords = {
  kinds: {
    country: 'país',
    domain: 'dominio',
    coordinate: 'campo',
    agency: 'institución',
    authority: 'autoridad de mandatos',
    task_force: 'equipo conjunto',
    officer: 'funcionario',
    token: 'credencial',
    key: 'clave o certificado',
    mandate: 'mandato',
  },
  done: (action, what, folder) =>
    action === 'suspend'
      ? `En suspenso desde ahora: ${what} (${folder}).`
      : `Reanudado desde ahora: ${what} (${folder}). Si otros también lo suspendieron, sigue en suspenso: istmo suspensions ${folder}`,
  wasNot: (what, folder, others) =>
    `${folder}: ${what} no estaba en suspenso, y nada cambió. En suspenso está: ${others.join(', ') || 'nada'}.`,
  onlyHere:
    'Lo aceptaron los procesos de las carpetas nombradas arriba, y los que siguen su lista. Otros procesos con carpeta propia, como otra pasarela del mismo nombre, no se enteran: repita la orden con --folder por cada uno.',
  waiting: (folder) =>
    `Escrito en ${folder}, pero todavía no vale: el proceso de esta carpeta no está en marcha, o tarda. Valdrá en cuanto arranque.`,
  refused: (folder, reason) => `${folder}: el proceso no lo aceptó, y nada cambió. ${reason}`,
  question: (code) =>
    `Nadie recibirá más datos de ${code} hasta que alguien lo reanude. Escriba ${code} para confirmarlo: `,
  notConfirmed: 'No se confirmó, y nada cambió. Con --yes no se pregunta.',
  nothing: (folder) => `${folder}: nada está en suspenso.`,
  line: (what, since, by, reason) => `${what}\n  desde ${since}, por ${by}: ${reason}`,
  waitingLine: (action, what, by) =>
    `${what}\n  por ${by}: ${action === 'suspend' ? 'la suspensión' : 'la reanudación'} espera a que el proceso la acepte`,
}

const ENGLISH: SuspendWords = {
  kinds: {
    country: 'country',
    domain: 'domain',
    coordinate: 'field',
    agency: 'agency',
    authority: 'mandate authority',
    task_force: 'task force',
    officer: 'officer',
    token: 'token',
    key: 'key or certificate',
    mandate: 'mandate',
  },
  done: (action, what, folder) =>
    action === 'suspend'
      ? `Suspended from now on: ${what} (${folder}).`
      : `Resumed from now on: ${what} (${folder}). If others suspended it too, it stays suspended: istmo suspensions ${folder}`,
  wasNot: (what, folder, others) =>
    `${folder}: ${what} was not suspended, and nothing changed. Suspended: ${others.join(', ') || 'nothing'}.`,
  onlyHere:
    'The processes of the folders named above have taken it, and those that follow their list. Other processes with folders of their own, such as another gateway of the same name, were not told: repeat the command with --folder for each.',
  waiting: (folder) =>
    `Written into ${folder}, but not in effect yet: the process of this folder does not run, or is slow. It takes effect when the process starts.`,
  refused: (folder, reason) => `${folder}: the process did not take it, and nothing changed. ${reason}`,
  question: (code) =>
    `Nobody will get anything more of ${code} until somebody resumes it. Type ${code} to confirm this: `,
  notConfirmed: 'It was not confirmed, and nothing changed. With --yes, nobody is asked.',
  nothing: (folder) => `${folder}: nothing is suspended.`,
  line: (what, since, by, reason) => `${what}\n  since ${since}, by ${by}: ${reason}`,
  waitingLine: (action, what, by) =>
    `${what}\n  by ${by}: the ${action === 'suspend' ? 'suspension' : 'resumption'} waits for the process to take it`,
}

/** The words of each language. */
export const SUSPEND_WORDS: Readonly<Record<Language, SuspendWords>> = { es: SPANISH, en: ENGLISH }
