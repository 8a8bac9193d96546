/** The page `docs/test-full.md`: one row for each part, with the newest run of it. */

/** How one part went. */
export interface Result {
  /** The day of the run, as `YYYY-MM-DD`. */
  readonly date: string
  /** The short hash of the commit; `+` behind it means that files had been changed since. */
  readonly commit: string
  readonly part: string
  /** The size of the run, in the unit that the part names. */
  readonly cases: number
  readonly result: 'passed' | 'failed'
  readonly seconds: number
}

const ROW = /^\| (\d{4}-\d\d-\d\d) \| `([^`]+)` \| ([\w-]+) \| ([\d,]+) \| (passed|failed) \| ([\d,]+) \|$/gm

/** Reads the results from the page. Lines that are no result are left out. */
export function parseResults(page: string): readonly Result[] {
  return [...page.matchAll(ROW)].map(([, date = '', commit = '', part = '', cases, result, seconds]) => ({
    date,
    commit,
    part,
    cases: toNumber(cases),
    result: result === 'passed' ? 'passed' : 'failed',
    seconds: toNumber(seconds),
  }))
}

function toNumber(text = ''): number {
  return Number(text.replaceAll(',', ''))
}

/** The results with `result` in place of the earlier one of its part. */
export function withResult(results: readonly Result[], result: Result): readonly Result[] {
  return [...results.filter(({ part }) => part !== result.part), result]
}

/**
 * Writes the page.
 *
 * @param parts the parts that exist, in their order: what each shows, and whose results the page keeps.
 */
export function formatPage(
  parts: readonly { readonly name: string; readonly shows: string }[],
  results: readonly Result[],
): string {
  const rows = parts.flatMap(({ name }) => results.filter(({ part }) => part === name)).map(formatRow)
  return `# The full tests

\`npm run test:full\` runs what takes too long for CI and writes this page. \`npm run test:full -- --only NAME\` runs one part, and
\`-- --dry\` runs each part for a moment and writes nothing. The parts are listed in \`tools/test-full/parts.ts\`.

| part | what it shows |
|---|---|
${parts.map(({ name, shows }) => `| ${name} | ${shows} |`).join('\n')}

## Newest result of each part

| date | commit | part | cases | result | seconds |
|---|---|---|---:|---|---:|
${rows.map((row) => `${row}\n`).join('')}`
}

function formatRow({ date, commit, part, cases, result, seconds }: Result): string {
  const [many, long] = [cases, seconds].map((value) => value.toLocaleString('en'))
  return `| ${date} | \`${commit}\` | ${part} | ${many} | ${result} | ${long} |`
}
