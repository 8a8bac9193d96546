/** Writes what the bench of Istmo by itself has measured as a page in Markdown. */
import type { Section } from './part.ts'
import { writeVerdict } from './verdict.ts'

/**
 * Writes the page.
 * @param setup lines about machine and method.
 */
export function writePage(setup: readonly string[], sections: readonly Section[]): string {
  const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}\n`).join('')
  const verdicts = sections.flatMap(({ judged }) => judged).map(writeVerdict)
  const parts = sections.map(({ title, about, table }) => `\n## ${title}\n\n${about}\n\n${table}`)
  const doubts = sections.flatMap((one) => one.doubts)
  return [
    '# Istmo by itself, as what it is asked grows\n\n',
    'Written by `npm run bench:growth`; [README.md](README.md), Growth, says how it measures.\n\n',
    list(setup),
    `\n## What must be reached\n\n${verdicts.join('')}`,
    ...parts,
    doubts.length === 0 ? '' : `\n## What disturbs these figures\n\n${list(doubts)}`,
  ].join('')
}
