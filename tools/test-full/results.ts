/** Reads and writes the page `docs/test-full.md`, which has one row for each part, with its newest run. */

/** The result of one part. */
export interface Result {
  /** The day of the run, as `YYYY-MM-DD`. */
  readonly date: string
  /** The short hash of the commit. A `+` after it means that the working tree had other changes. */
  readonly commit: string
  readonly part: string
  /** The size of the run, in the unit that the part names. */
  readonly cases: number
  readonly result: 'passed' | 'failed'
  readonly seconds: number
}

const ROW = /^\| (\d{4}-\d\d-\d\d) \| `([^`]+)` \| ([\w-]+) \| ([\d,]+) \| (passed|failed) \| ([\d,]+) \|$/gm

/** Reads the results from the page. Skips lines that are not results. */
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

/** Returns the results with `result` in place of the earlier one of its part. */
export function withResult(results: readonly Result[], result: Result): readonly Result[] {
  return [...results.filter(({ part }) => part !== result.part), result]
}

/**
 * Writes the page.
 *
 * @param parts the parts that exist, in their order. The page shows only their results.
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

## At another date

\`node tools/test-full/moved-clock.ts 1 --configLoader native FILES\` runs these test files as if the year ended in two minutes; with 5 in place of 1, also at the other moments of
the part moved-clock. It needs Debian's \`libfaketime\`. Four things keep the real time:

- Deadlines and timers count from the start of the machine. A test takes as long as it always does.
- The kernel writes real times on files. A module in \`NODE_OPTIONS\` moves them for Node.js. A test that sets \`NODE_OPTIONS\` keeps what is in it, or an owner of an inbox takes each new file for an old one.
- A program that a test starts without its environment. Pass \`process.env\` on.
- A PostgreSQL server that runs already (\`ISTMO_TEST_DATABASE_URL\`) has its own clock. Use the embedded databases.

What was run so: two minutes before the end of 2026, the 302 files that start processes. 5,539 tests passed and 1 failed, which was mended afterwards. The other moments were not run
with all files: a month's end, 29 February, and a year and five years from now.

## Newest result of each part

| date | commit | part | cases | result | seconds |
|---|---|---|---:|---|---:|
${rows.map((row) => `${row}\n`).join('')}`
}

function formatRow({ date, commit, part, cases, result, seconds }: Result): string {
  const [many, long] = [cases, seconds].map((value) => value.toLocaleString('en'))
  return `| ${date} | \`${commit}\` | ${part} | ${many} | ${result} | ${long} |`
}
