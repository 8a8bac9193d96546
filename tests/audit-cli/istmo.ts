import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { runAudit } from '../../auditors/run.ts'

const PROJECT = join(import.meta.dirname, '..', '..')

/** The exit code of a command, and its output. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `istmo` with these arguments to its end, in a process of its own. `cwd` is by default the folder of the project. */
export function istmo(args: readonly string[], cwd: string = PROJECT): Promise<Ended> {
  return new Promise((resolve) => {
    const command = [join(PROJECT, 'cli/istmo.ts'), ...args]
    execFile(process.execPath, command, { cwd, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    )
  })
}

/**
 * Runs a command of `istmo audit` to its end in this process, with `cwd` as the present folder. It takes a second less than a process of its own, and
 * the arguments, files, texts and exit codes are the same.
 */
export async function auditHere(args: readonly string[], cwd: string): Promise<Ended> {
  const before = process.cwd()
  let [stdout, stderr] = ['', '']
  process.chdir(cwd)
  try {
    const code = await runAudit(args, {
      out: { write: (text: string) => (stdout += text) },
      err: { write: (text: string) => (stderr += text), isTTY: false },
    })
    return { code, stdout, stderr }
  } finally {
    process.chdir(before)
  }
}
