import { readFileSync } from 'node:fs'

const ROOT = new URL('../../', import.meta.url)

/** Returns the fenced blocks of a page, by the words after the fence: `sh`, `csv labels`. */
export function blocksOf(page: string, language: string): readonly string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms')
  return [...readFileSync(new URL(page, ROOT), 'utf8').matchAll(fence)].map(([, text = '']) => text)
}

/**
 * Returns the commands of a page that begin with `start`, each as the words after it.
 * @param places what the test has in place of a word of the page
 */
export function commandsOf(
  page: string,
  start: string,
  places: Readonly<Record<string, string>>,
): readonly (readonly string[])[] {
  const lines = blocksOf(page, 'sh').flatMap((text) =>
    text
      .replaceAll(/\s*\\\n\s*/g, ' ')
      .trim()
      .split('\n'),
  )
  return lines
    .filter((line) => line.startsWith(`${start} `))
    .map((line) =>
      line
        .slice(start.length + 1)
        .split(' ')
        .map((word) => places[word] ?? word),
    )
}
