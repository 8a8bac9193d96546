import { spawn } from 'node:child_process'
import { join } from 'node:path'

const PROJECT = join(import.meta.dirname, '../..')

/** What a command said. */
export interface Said {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs `istmo` as a person does, in a folder, in a language. `words`: what follows the program's name. */
export function runIstmo(words: readonly string[], folder: string, lang: string): Promise<Said> {
  const child = spawn(process.execPath, [join(PROJECT, 'cli/istmo.ts'), ...words], {
    ...{ cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    env: { ...process.env, LANG: `${lang}_NI.UTF-8`, LC_ALL: '' },
  })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })))
}
