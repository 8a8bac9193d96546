import type { Expected } from './case.ts'
import { INDEX_CASES } from './cases/index-rows.ts'
import { PROOF_CASES } from './cases/proofs.ts'
import { CHAPTERS } from './cases.ts'

/** Formats docs/tampering.md from the cases. The tests check that each line of it is true. */

const HEAD = `# What tampering is found

For auditors and operators who want to know which acts the tools find, and which they do not. We make this page from the cases that \`tests/tampering\` runs:
each act is done to a copy of a gateway's log and a country's log, with four witnesses. The trust policy demands any three of them. Each cell is what the tool
said: **holds**, **does not hold** with the kinds of its findings, or **could not tell**; «held as of then» is the yes of \`--as-of\`. \`istmo audit verify\`
without further options reads both logs, and asks the witnesses where the row says so. «Python» is \`audit/independent/check.py\`, which shares no code with
Istmo, asks nobody, and reads of what entries mean only their times. An act that begins with «nothing» must not be found.

A row in which \`verify\` says «holds» although something was done is a limit: a single log cannot show it, and \`reconcile\`, a kept checkpoint or
the witnesses do.
`

const WORDS = {
  HELD: 'held as of then',
  HOLDS: 'holds',
  FAILS: '**does not hold**',
  UNTOLD: '*could not tell*',
} as const

function formatSaid(said: Pick<Expected, 'verdict'> & Partial<Expected>): string {
  const kinds = said.kinds ?? []
  return `${WORDS[said.verdict]}${kinds.length > 0 ? `: ${kinds.map((kind) => `\`${kind}\``).join(' ')}` : ''}`
}

function formatTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [columns, columns.map(() => '---'), ...rows]
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`
}

/** Returns the text of the page. */
export function formatPage(): string {
  const chapters = Object.entries(CHAPTERS).map(([name, cases]) => {
    const rows = cases.map(({ title, verify, reconcile, python }) => [
      title,
      formatSaid(verify),
      reconcile === undefined ? '' : formatSaid(reconcile),
      formatSaid({ verdict: python ?? verify.verdict }),
    ])
    return `## ${name}\n\n${formatTable(['somebody did', '`verify`', '`reconcile`', 'Python'], rows)}`
  })
  const proofs = PROOF_CASES.map(({ title, check, python }) => [
    title,
    formatSaid(check),
    formatSaid({ verdict: python ?? check.verdict }),
  ])
  const rows = INDEX_CASES.map(({ title, finds, isRepaired = true }) => [
    title,
    formatSaid({ verdict: 'FAILS', kinds: ['INDEX'] }),
    `${finds.length === 1 ? 'one row' : `${finds.length} rows`}${isRepaired ? '' : ', repaired by `--rebuild`'}`,
  ])
  return [
    HEAD,
    ...chapters,
    `## Proofs without a log\n\n${formatTable(['somebody did', '`check`', 'Python'], proofs)}`,
    `## The search index\n\n${formatTable(['somebody did', '`index --check`', 'names'], rows)}`,
  ].join('\n')
}
