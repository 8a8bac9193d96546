import { SUSPENDED_KINDS, type SuspendedKind } from '../../../contract/trust/suspended-kinds.ts'
import { readSuspension, SUSPENSION_TYPE, SuspensionInvalidError } from '../../../contract/trust/suspension.ts'
import { UnsafeTextError, writeCommand } from '../components/shell-words.ts'

/**
 * The command with which a person suspends or resumes something. The browser signs nothing: a suspender's key lies on a machine of its owner, and
 * the statement goes into the folder of a process there (docs/design/trust.md, Stop).
 */

/** The flag of `istmo suspend` for each kind (cli/suspend.ts; a test compares). */
export const SUSPEND_FLAGS: Readonly<Record<SuspendedKind, string>> = {
  country: 'country',
  domain: 'domain',
  coordinate: 'field',
  agency: 'agency',
  authority: 'authority',
  task_force: 'task-force',
  officer: 'officer',
  token: 'token',
  key: 'key',
  mandate: 'mandate',
}

/** What somebody wrote into the form. */
export interface SuspendForm {
  readonly action: 'suspend' | 'resume'
  readonly kind: SuspendedKind
  readonly value: string
  readonly reason: string
  /** The path of the person's key on the person's machine. */
  readonly keyFile: string
  /** The folders of the processes, one a line. */
  readonly folders: string
}

/** The fields of the form that can be wrong. */
export type SuspendField = 'value' | 'reason' | 'keyFile' | 'folders'

/** The command, or the fields that are wrong. */
export type SuspendCommand =
  | { readonly command: string; readonly wrong: null }
  | { readonly command: null; readonly wrong: readonly SuspendField[] }

/** Makes the command of a form. It checks what and why as the readers of the statement do. */
export function makeSuspendCommand(form: SuspendForm): SuspendCommand {
  const [value, reason, keyFile] = [form.value.trim(), form.reason.trim(), form.keyFile.trim()]
  const folders = form.folders
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const wrong = [
    ...findWrongClaims({ action: form.action, kind: form.kind, value, reason }),
    ...(isPath(keyFile) ? [] : (['keyFile'] as const)),
    ...(folders.length > 0 && folders.every(isPath) ? [] : (['folders'] as const)),
  ]
  if (wrong.length > 0) return { command: null, wrong }
  try {
    const words = [
      'istmo',
      form.action,
      `--${SUSPEND_FLAGS[form.kind]}`,
      value,
      '--reason',
      reason,
      '--key-file',
      keyFile,
    ]
    return { command: writeCommand([...words, ...folders.flatMap((folder) => ['--folder', folder])]), wrong: null }
  } catch (error) {
    if (!(error instanceof UnsafeTextError)) throw error
    return { command: null, wrong: ['keyFile', 'folders'] }
  }
}

/** A path that no command could take for a flag. */
function isPath(text: string): boolean {
  return text !== '' && !text.startsWith('-') && !/\p{Cc}/u.test(text)
}

interface Claimed {
  readonly action: 'suspend' | 'resume'
  readonly kind: SuspendedKind
  readonly value: string
  readonly reason: string
}

/** Reads a statement with these claims and without a signature, as a process reads its form. */
function findWrongClaims({ action, kind, value, reason }: Claimed): readonly SuspendField[] {
  const isClaimed = (claims: object): boolean => {
    try {
      readSuspension(
        `${[{ alg: 'EdDSA', typ: SUSPENSION_TYPE, kid: 'A'.repeat(43) }, claims].map(encode).join('.')}.AA`,
      )
      return true
    } catch (error) {
      if (error instanceof SuspensionInvalidError) return false
      throw error
    }
  }
  const claims = { iss: 'somebody', seq: 1, iat: 0, action, what: { [kind]: value }, reason }
  const isValueRight = !value.startsWith('-') && isClaimed({ ...claims, reason: 'why' })
  // A reason that is too long makes the statement too long too.
  const isReasonRight = !reason.startsWith('-') && isClaimed({ ...claims, what: { country: 'GT' } })
  return [...(isValueRight ? [] : (['value'] as const)), ...(isReasonRight ? [] : (['reason'] as const))]
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

/** All kinds of what can be suspended, in the order of the form: the narrowest act first. */
export const KINDS_IN_ORDER: readonly SuspendedKind[] = SUSPENDED_KINDS.toReversed()
