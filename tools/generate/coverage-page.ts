import { COVERAGE, QUESTIONS, type Question } from './coverage-table.ts'

/** Makes the table of docs/coverage.md: which entry answers what the law asks of a log, with the sample of each cell, and the gaps. */
export function coverageTable(): string {
  const questions = Object.keys(QUESTIONS) as Question[]
  const rows = COVERAGE.map(({ operation, entries, cells }) => {
    const answers = questions.map((question) => {
      const { members, sample } = cells[question]
      return sample === '' ? members : `${members}, as in «${sample}»`
    })
    return `| ${[operation, entries, ...answers].join(' | ')} |`
  })
  const head = ['processing', 'entries', ...Object.values(QUESTIONS)]
  const gaps = COVERAGE.flatMap(({ operation, gaps: all }) => all.map((gap) => `- ${operation}: ${gap}`))
  return [
    `| ${head.join(' | ')} |`,
    `|${'---|'.repeat(head.length)}`,
    ...rows,
    '',
    'What no entry answers:',
    '',
    ...gaps,
  ].join('\n')
}
