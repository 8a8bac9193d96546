import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const PROJECT = join(import.meta.dirname, '../..')

/** Reads the commands that a page shows in its shell blocks, in their order, each as one line without comments. */
export async function readCommands(page: string): Promise<readonly string[]> {
  const text = await readFile(join(PROJECT, page), 'utf8')
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block
      .replaceAll('\\\n', ' ')
      .split('\n')
      .map((line) =>
        line
          .replace(/\s+# .*$/, '')
          .replaceAll(/\s+/g, ' ')
          .trim(),
      )
      .filter((line) => line !== ''),
  )
}

/**
 * Splits a command of a page into its arguments. Quotes hold words together.
 * @param names what stands on the page, with what takes its place in a test.
 */
export function argumentsOf(command: string, names: Readonly<Record<string, string>>): readonly string[] {
  const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
  return words.map((word) =>
    Object.entries(names).reduce(
      (text, [from, to]) => (text.startsWith(from) ? to + text.slice(from.length) : text),
      word,
    ),
  )
}
