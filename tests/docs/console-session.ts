import { execFile } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PROJECT_DIR } from '../../demo/config.ts'

/** A command of a page's `console` blocks, with the output that the page shows below it. */
export interface ConsoleStep {
  readonly command: string
  readonly output: string
}

/**
 * Reads the steps of a page, in order, from its `console` blocks. A line that begins with `$ ` is a command. A command goes on after a line that
 * ends with a backslash.
 */
export function stepsOf(page: string): readonly ConsoleStep[] {
  return [...page.matchAll(/^```console\n(.*?)^```/gms)].flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const [command = '', output = ''] = text.split(/(?<!\\)\n(.*)/s)
        return { command, output }
      }),
  )
}

const MARK = '@@@ next'

/**
 * Runs commands one after another in one shell. `npx istmo` runs the project’s own program, and `npx NAME` one of the packages in `cwd`.
 *
 * @param cwd the folder in which the commands run.
 * @param env variables that are laid over the environment of this process.
 * @returns what each command wrote, on both outputs.
 */
export async function runSession(
  commands: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const bin = join(cwd, 'bin')
  await mkdir(bin, { recursive: true })
  const npx = join(bin, 'npx')
  const istmo = `'${process.execPath}' '${join(PROJECT_DIR, 'demo/istmo.ts')}'`
  const script = `name=$1\nshift\nif [ "$name" = istmo ]; then exec ${istmo} "$@"; fi\nexec "node_modules/.bin/$name" "$@"\n`
  await writeFile(npx, `#!/bin/sh\n${script}`)
  await chmod(npx, 0o755)
  // The session restores the exit code of the command after the mark, so that `echo $?` prints it.
  const session = commands.map((command) => `${command}\nrc=$?; echo '${MARK}'; (exit $rc)`).join('\n')
  const environment = { ...process.env, ...env, PATH: `${bin}:${process.env.PATH}` }
  const written = await new Promise<string>((resolve) => {
    execFile('bash', ['-c', `exec 2>&1\n${session}`], { cwd, env: environment }, (_, stdout) => resolve(stdout))
  })
  return written.split(`${MARK}\n`).slice(0, commands.length)
}

/** Replaces what differs from run to run: ids, times, hashes, keys and their fingerprints, pseudonyms, ports and numbers of entries. */
export function withoutChance(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replaceAll(/(?<=SHA-256 )[0-9a-f]{64}/g, 'SHA256')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*/g, '+KEY')
    .replaceAll(/[A-Za-z0-9+/]{43}=/g, 'HASH')
    .replaceAll(/\b1\.[\w-]{8,43}/g, 'REF')
    .replaceAll(/(?:[0-9a-f]{4} ){7}[0-9a-f]{4}/g, 'FINGERPRINT')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replaceAll(/\d{13}/g, 'MILLISECONDS')
    .replaceAll(
      /(?<="size":)\d+|\b\d+(?= (?:of \d+ entries|entries|in the index|events))|(?<=\bentry )\d+|(?<=\.p\/)\d+|^ +\d+(?= {2}\S)/gm,
      'N',
    )
    .trimEnd()
}
